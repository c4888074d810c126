using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.App.Cancelling;

/// <summary>Makes work that another home recorded this home's own, so that the control loop here starts and stops it.</summary>
/// <param name="services">The services of this home.</param>
public sealed class RunAdopter(Services services)
{
    /// <summary>Signs the live runs that the ids name, and the studies; then submits what is pending.</summary>
    /// <param name="ids">Prefixes of the ids of studies, groups or runs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was adopted; or NotFound when a prefix matches nothing or several things, and then nothing was adopted.</returns>
    public async Task<Outcome<AdoptResult>> AdoptAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var (names, runs) = (new List<string>(), new List<string>());
        foreach (var prefix in ids)
        {
            if (!(await services.Ids.ResolveAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
            names.Add(id);
            runs.AddRange((await services.Ids.ListRunsAsync(id, cancellationToken)).Select(run => run.Id));
        }

        var now = services.Time.GetUtcNow();
        var studies = new List<string>();
        foreach (var id in names.Distinct())
            if (await services.Studies.AdoptStudyAsync(id, now, cancellationToken)) studies.Add(id);
        var adopted = await services.Ledger.AdoptAsync([.. runs.Distinct()], now, cancellationToken);
        var groups = new List<GroupRecord>();
        foreach (var id in adopted.Select(RunNames.GroupOf).Distinct())
            groups.Add((await services.Ledger.FindGroupAsync(id, cancellationToken))!);
        return new AdoptResult(adopted, groups, studies, await services.ReconcileAsync(cancellationToken));
    }
}

/// <summary>What was adopted.</summary>
/// <param name="Runs">The runs, without those that were this home's own already.</param>
/// <param name="Groups">Their groups.</param>
/// <param name="Studies">The ids of the studies.</param>
/// <param name="Faults">Why some runs could not be submitted yet.</param>
public sealed record AdoptResult(
    IReadOnlyList<string> Runs, IReadOnlyList<GroupRecord> Groups, IReadOnlyList<string> Studies, IReadOnlyList<ControlFault> Faults);

/// <summary>Says what adopted work executes.</summary>
public static class AdoptedWork
{
    /// <summary>The group in a line: its command or script, target, environment, store and maker.</summary>
    public static string Describe(GroupRecord group)
    {
        var spec = group.Spec;
        var work = spec.Command is { } command ? $"`{command}`" : spec.Script;
        var secrets = spec.Secrets.Count == 0 ? "" : $" with the secrets {string.Join(", ", spec.Secrets)}";
        return $"{group.Id} executes {work} of snapshot {Short(spec.Snapshot)} on {group.Target}{secrets}; made by " +
            $"{spec.User ?? "an unknown user"} on {group.Host}, by its record";
    }

    private static string Short(string id) => id.Length > 12 ? id[..12] : id;
}
