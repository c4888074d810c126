using System.Globalization;

namespace Tenfold.Core.Reasons;

/// <content>The words of reasons of routes and experiments.</content>
public static partial class ReasonText
{
    private static string OfServing(Reason reason) => reason switch
    {
        Reason.FirstVersion first => $"{first.Version} is the first version",
        Reason.TrafficSet => "set by a user",
        Reason.VersionReverted reverted => $"{reverted.Version} was reverted",
        Reason.VersionNotReady it => RolledBack(it.Version, "none of its replicas was ready", it.Fault),
        Reason.VersionCrashes it => RolledBack(it.Version, "a replica failed again and again", it.Fault),
        Reason.VersionFaulty it => RolledBack(it.Version, Comparison(it), null),
        Reason.ExperimentStopped => "stopped by a user",
        _ => reason.Code,
    };

    private static string RolledBack(string version, string why, string? fault) =>
        $"{version} was rolled back: {why}{(string.IsNullOrWhiteSpace(fault) ? "" : $": {fault}")}";

    private static string Comparison(Reason.VersionFaulty it)
    {
        var kind = it.Kind == RequestFault.Failed ? "failed"
            : $"slow{(it.SlowFrom is { } limit ? $" (over {limit.TotalMilliseconds:0.#} ms)" : "")}";
        var share = (100 * it.Share).ToString("0.##", CultureInfo.InvariantCulture);
        var p = it.PValue.ToString("G2", CultureInfo.InvariantCulture);
        return $"{it.Events} of its users had {kind} requests beside {it.BaselineEvents} of {it.Baseline}, at {share} % of the traffic "
            + $"of both (p = {p})";
    }
}
