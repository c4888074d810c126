using Tenfold.Core.Control;
using Tenfold.Projects;

namespace Tenfold.App.Queueing;

/// <summary>The limits that <c>server.yaml</c> sets for all runs of the home. Every command reads them, not the server alone.</summary>
/// <param name="path">The file, which need not exist.</param>
internal sealed class HomeLimitsFile(string path)
{
    /// <summary>Reads the limits.</summary>
    public HomeLimits Read() => !File.Exists(path) ? new HomeLimits(null) : ServerReader.ReadFile(path).Match(
        read => new HomeLimits(read.Limits),
        faults => new HomeLimits(null, new ControlFault(
            ControlFaultKind.Record, path, $"no run starts, because the limits of this home can't be read: {faults[0]}")));
}
