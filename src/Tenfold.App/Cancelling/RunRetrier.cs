using Tenfold.App.Fitting;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.App.Cancelling;

/// <summary>Adds another attempt to runs that failed or were cancelled.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="isOfServer">
/// True in a server: another part of the process runs the control loop, so no round is run here. And only work of this home is retried,
/// since the user who asks may not be the one whose word makes it the home's own.
/// </param>
public sealed class RunRetrier(Services services, bool isOfServer = false)
{
    /// <summary>Records the new attempts. The control loop's next round submits them.</summary>
    /// <param name="ids">Prefixes of the ids of groups or runs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What is retried; or a refusal: a prefix matches no group or run, or no run has failed or was cancelled.</returns>
    public async Task<Outcome<RetryResult>> RetryAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (!isOfServer) await services.Controller.ReconcileAsync(cancellationToken);
        var retried = new List<string>();
        var foreign = new HashSet<string>();
        var refused = new List<string>();
        var runs = new List<RunRecord>();
        foreach (var prefix in ids)
        {
            if (!(await services.Ids.ResolveGroupOrRunAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal))
                return refusal;
            runs.AddRange(await services.Ids.ListRunsAsync(id, cancellationToken));
        }

        foreach (var run in runs.DistinctBy(run => run.Id))
        {
            var answer = await services.Ledger.RequestRetryAsync(run.Id, services.Time.GetUtcNow(), cancellationToken, isOfServer);
            if (answer is RetryAnswer.Added or RetryAnswer.AddedToForeign) retried.Add(run.Id);
            if (answer == RetryAnswer.AddedToForeign) foreign.Add(run.Group);
            if (answer == RetryAnswer.Foreign) refused.Add(run.Id);
        }

        if (retried.Count == 0 && refused.Count > 0) return Refusal.BadInput(NotOwn(refused));
        if (retried.Count == 0)
        {
            return Refusal.BadInput(
                "nothing to retry: none of these runs has failed or was cancelled; `tenfold fit --like ID` repeats a run that succeeded");
        }

        var groups = new List<RetriedGroup>();
        foreach (var id in retried.Select(RunNames.GroupOf).Distinct())
        {
            var group = (await services.Ledger.FindGroupAsync(id, cancellationToken))!;
            var (spec, run) = (group.Spec, retried.First(name => RunNames.GroupOf(name) == id));
            groups.Add(new RetriedGroup(group, await services.Targets.ExplainUnavailableAsync(group, cancellationToken))
            {
                Foreign = foreign.Contains(id) ? AdoptedWork.Describe(group) : null,
                Note = VariableArguments.NotPassed(
                    services, spec.Shell, spec.Variables ?? new Dictionary<string, string>(), spec.Secrets, retried: run),
            });
        }

        return new RetryResult(retried, groups) { NotOwn = refused.Count > 0 ? NotOwn(refused) : null };
    }

    private static string NotOwn(List<string> runs) =>
        $"not retried, since another home recorded it, or its record has changed since: {string.Join(", ", runs)}; "
        + "`tenfold adopt` on the server makes it the server's own";
}

/// <summary>What is retried.</summary>
/// <param name="Runs">The runs with a new attempt.</param>
/// <param name="Groups">Their groups.</param>
public sealed record RetryResult(IReadOnlyList<string> Runs, IReadOnlyList<RetriedGroup> Groups)
{
    /// <summary>Which runs are not retried because they are not this home's own, in words; null when there are none.</summary>
    public string? NotOwn { get; init; }
}

/// <summary>A group with runs that are retried.</summary>
/// <param name="Group">The group.</param>
/// <param name="WhyNotHere">Why this machine can't submit its runs; null when it can.</param>
public sealed record RetriedGroup(GroupRecord Group, string? WhyNotHere)
{
    /// <summary>What a user should know before the runs start; null when there is nothing.</summary>
    public string? Note { get; init; }

    /// <summary>
    /// What the runs execute, when another home recorded them or their record has changed since; null for this home's runs.
    /// </summary>
    public string? Foreign { get; init; }
}
