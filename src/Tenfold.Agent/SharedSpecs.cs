using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;

namespace Tenfold.Agent;

/// <summary>Lets the assignments of a group share one specification in memory, however many wait.</summary>
internal sealed class SharedSpecs
{
    private readonly Dictionary<string, WorkSpec> _specs = [];

    /// <summary>Forgets the specifications of all other groups.</summary>
    public void KeepOnly(IEnumerable<string> groups)
    {
        foreach (var gone in _specs.Keys.Except(groups).ToList()) _specs.Remove(gone);
    }

    /// <summary>The assignment with the shared specification. Parameters that only its run has stay its own.</summary>
    public Assignment Share(Assignment assignment)
    {
        if (!_specs.TryGetValue(assignment.Group, out var spec)) _specs[assignment.Group] = spec = assignment.Spec;
        var own = assignment.Spec.Parameters;
        return assignment with { Spec = own.GetRawText() == spec.Parameters.GetRawText() ? spec : spec with { Parameters = own } };
    }
}
