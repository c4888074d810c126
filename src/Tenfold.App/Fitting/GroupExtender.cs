using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.App.Fitting;

/// <summary>Adds repeats to a group: with its code, data and parameters, and the seeds that follow its own.</summary>
/// <param name="services">The services of this home.</param>
public sealed class GroupExtender(Services services)
{
    /// <summary>The most repeats of a group.</summary>
    public const int MaxRepeats = 10_000;

    /// <summary>Records further runs of a group. The control loop's next round submits them.</summary>
    /// <param name="prefix">A prefix of the group's id.</param>
    /// <param name="more">How many repeats; at least 1. Of a group that varies several sources, each is a block of runs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The extended group; or a refusal: the prefix matches no group, or the group can't be extended.</returns>
    public async Task<Outcome<ExtendedGroup>> ExtendAsync(string prefix, int more, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveGroupAsync(prefix, cancellationToken)).Succeeded(out var group, out var refusal)) return refusal;
        return await ExtendAsync(group, group.Repeat + more * (group.Spec.Variation?.BlockSize ?? 1), cancellationToken);
    }

    /// <summary>Records further runs of a group once, however often it is asked for.</summary>
    /// <param name="prefix">A prefix of the group's id.</param>
    /// <param name="more">How many repeats, as in <see cref="ExtendAsync(string, int, CancellationToken)"/>.</param>
    /// <param name="after">How many runs the group had when it was asked for.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The group, without further runs when it had got them before; or a refusal, also when it has grown otherwise.</returns>
    public async Task<Outcome<ExtendedGroup>> ExtendOnceAsync(string prefix, int more, int after, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveGroupAsync(prefix, cancellationToken)).Succeeded(out var group, out var refusal)) return refusal;
        var repeats = after + (long)more * (group.Spec.Variation?.BlockSize ?? 1);
        if (group.Repeat == after || group.Repeat == repeats)
            return await ExtendAsync(group, (int)Math.Min(repeats, int.MaxValue), cancellationToken);
        return Refusal.AlreadyExists(
            $"{group.Id} has {group.Repeat} runs and not {after}, so it has grown meanwhile; look at it, and try again: "
            + $"tenfold show {group.Id}");
    }

    /// <summary>Records runs of a group until it has a number of repeats.</summary>
    internal async Task<Outcome<ExtendedGroup>> ExtendAsync(GroupRecord group, int repeats, CancellationToken cancellationToken)
    {
        var runs = await services.Ledger.ListRunsAsync(group.Id, cancellationToken);
        if (Fault(group, runs, repeats) is { } fault) return Refusal.BadInput($"{group.Id} can't be extended: {fault}");
        if (repeats > group.Repeat && !await services.Comparisons.IsOwnGroupAsync(group.Id, cancellationToken))
        {
            return Refusal.BadInput(
                $"{group.Id} can't be extended here: another home recorded it, and this home starts only work that its own user asked for. "
                + $"Extend it in that home, or run it again as a group of your own: tenfold fit --like {group.Id}");
        }

        if (await new RerunPlanner(services).ChangedDataAsync(group, cancellationToken) is { } changed) return changed;
        var further = Enumerable.Range(group.Repeat + 1, Math.Max(0, repeats - group.Repeat))
            .Select(i => RunRecord.New(group, i, group.SeedOf(i)) with { CreatedAt = services.Time.GetUtcNow() });
        var added = new AddedRuns(group.Id, group.Repeat, [.. further]);
        if (added.Runs.Count > 0 && !await services.Comparisons.AddRunsAsync(added, services.Time.GetUtcNow(), cancellationToken))
        {
            return Refusal.Unavailable(
                $"another process has extended {group.Id} just now; look at it, and try again: tenfold show {group.Id}");
        }

        var extended = (await services.Ledger.FindGroupAsync(group.Id, cancellationToken))!;
        var spec = group.Spec;
        return new ExtendedGroup(extended, added.Runs, await services.Targets.ExplainUnavailableAsync(group, cancellationToken))
        {
            Note = added.Runs.Count == 0 ? null : VariableArguments.NotPassed(
                services, spec.Shell, spec.Variables ?? new Dictionary<string, string>(), spec.Secrets, retried: added.Runs[0].Id),
        };
    }

    private static string? Fault(GroupRecord group, IReadOnlyList<RunWithMetrics> runs, int repeats)
    {
        if (RunNames.StudyOf(group.Id) is { } study) return $"it belongs to the study {study}, which decides how often its points run";
        if (repeats > MaxRepeats) return $"a group has at most {MaxRepeats} repeats, not {repeats}";
        var isRegular = runs.Count == group.Repeat && runs.All(run => run.Run.Seed == group.SeedOf(run.Run.Repeat))
            && runs.Select((run, i) => run.Run.Repeat == i + 1).All(isNext => isNext);
        return isRegular ? null : "its seeds don't follow from its base seed; run a new group: tenfold fit --repeat N";
    }
}

/// <summary>A group with further runs.</summary>
/// <param name="Group">The group with its new number of repeats.</param>
/// <param name="Runs">The further runs.</param>
/// <param name="WhyNotHere">Why this machine can't submit them; null when it can.</param>
public sealed record ExtendedGroup(GroupRecord Group, IReadOnlyList<RunRecord> Runs, string? WhyNotHere)
{
    /// <summary>What a user should know before the runs start; null when there is nothing.</summary>
    public string? Note { get; init; }
}
