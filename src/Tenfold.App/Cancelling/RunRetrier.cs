using Tenfold.App.Fitting;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.App.Cancelling;

/// <summary>Adds another attempt to runs that failed or were cancelled.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="isObserved">True when another part of the process runs the control loop: no round is run here then.</param>
public sealed class RunRetrier(Services services, bool isObserved = false)
{
    /// <summary>Records the new attempts. The control loop's next round submits them.</summary>
    /// <param name="ids">Prefixes of the ids of groups or runs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What is retried; or a refusal: a prefix matches no group or run, or no run has failed or was cancelled.</returns>
    public async Task<Outcome<RetryResult>> RetryAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (!isObserved) await services.Controller.ReconcileAsync(cancellationToken);
        var retried = new List<string>();
        var foreign = new HashSet<string>();
        foreach (var prefix in ids)
        {
            if (!(await services.Ids.ResolveGroupOrRunAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal))
                return refusal;
            foreach (var run in await services.Ids.ListRunsAsync(id, cancellationToken))
            {
                var answer = await services.Ledger.RequestRetryAsync(run.Id, services.Time.GetUtcNow(), cancellationToken);
                if (answer != RetryAnswer.Refused) retried.Add(run.Id);
                if (answer == RetryAnswer.AddedToForeign) foreign.Add(run.Group);
            }
        }

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

        return new RetryResult(retried, groups);
    }
}

/// <summary>What is retried.</summary>
/// <param name="Runs">The runs with a new attempt.</param>
/// <param name="Groups">Their groups.</param>
public sealed record RetryResult(IReadOnlyList<string> Runs, IReadOnlyList<RetriedGroup> Groups);

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
