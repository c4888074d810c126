using Tenfold.Core.Control;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;

namespace Tenfold.App.Cancelling;

/// <summary>Cancels runs, groups and studies.</summary>
/// <param name="services">The services of this home.</param>
public sealed class RunCanceller(Services services)
{
    /// <summary>Records that runs are to be cancelled, and asks their targets to cancel them. Idempotent.</summary>
    /// <param name="ids">Prefixes of the ids of studies, groups or runs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// What was cancelled; or NotFound when a prefix matches nothing or several things. Nothing is cancelled then.
    /// </returns>
    public async Task<Outcome<CancelResult>> CancelAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await services.Controller.ReconcileAsync(cancellationToken);
        if (!(await RequestAsync(ids, cancellationToken)).Succeeded(out var result, out var refusal)) return refusal;
        // The first round asks the targets to cancel. The second round observes that waiting runs are gone.
        var named = result.Runs.ToHashSet();
        await services.Controller.ReconcileAsync(named, cancellationToken);
        var round = await services.Controller.ReconcileAsync(named, cancellationToken);
        return result with { Faults = round.Faults };
    }

    /// <summary>Records that runs are to be cancelled. The next round of the control loop asks their targets. Idempotent.</summary>
    /// <inheritdoc cref="CancelAsync"/>
    public async Task<Outcome<CancelResult>> RequestAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var cancelled = new List<string>();
        var studies = new List<StudyRecord>();
        var runs = new List<string>();
        var found = new List<string>();
        foreach (var prefix in ids)
        {
            if (!(await services.Ids.ResolveAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
            found.Add(id);
        }

        foreach (var id in found)
        {
            if (await services.Studies.FindStudyAsync(id, cancellationToken) is { } study)
            {
                cancelled.AddRange(await CancelStudyAsync(id, cancellationToken));
                studies.Add(study);
            }
            else runs.AddRange((await services.Ids.ListRunsAsync(id, cancellationToken)).Select(run => run.Id));
        }

        // The user names these runs, so they are stopped even if another home recorded them.
        cancelled.AddRange(await services.Ledger.RequestCancelAsync(
            [.. runs.Distinct()], services.Time.GetUtcNow(), null, cancellationToken));
        return new CancelResult(cancelled, studies, [], await FindOtherControllersAsync(cancelled, cancellationToken));
    }

    /// <summary>Cancels a study: it asks for no more trials, and its live runs are cancelled.</summary>
    /// <returns>The runs that are cancelled.</returns>
    public async Task<IReadOnlyList<string>> CancelStudyAsync(string id, CancellationToken cancellationToken)
    {
        // The study comes first: a driver that reads it in between must not ask for more trials.
        await services.Studies.ChangeStudyAsync(id, StudyState.Cancelled, null, services.Time.GetUtcNow(), cancellationToken);
        var running = (await services.Studies.ListStudyRunsAsync(id, cancellationToken)).Where(run => !run.State.IsFinal());
        return await services.Ledger.RequestCancelAsync(
            [.. running.Select(run => run.Id)], services.Time.GetUtcNow(), null, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> FindOtherControllersAsync(IEnumerable<string> runs, CancellationToken cancellationToken)
    {
        var others = new List<string>();
        foreach (var id in runs.Select(RunNames.GroupOf).Distinct())
        {
            try
            {
                var group = (await services.Ledger.FindGroupAsync(id, cancellationToken))!;
                if (await services.Targets.FindOtherControllerAsync(group, cancellationToken) is { } other) others.Add(other);
            }
            catch (Exception e) when (e is TargetException or StoreException)
            {
                // The round has reported the fault, and the next round asks again.
            }
        }

        return [.. others.Distinct()];
    }
}

/// <summary>What was cancelled.</summary>
/// <param name="Runs">The runs that are being cancelled.</param>
/// <param name="Studies">The named studies, as they were before.</param>
/// <param name="Faults">Why some targets could not be asked yet. Each later round tries again.</param>
/// <param name="OtherControllers">The other machines or users that control some of the runs, in words.</param>
public sealed record CancelResult(
    IReadOnlyList<string> Runs, IReadOnlyList<StudyRecord> Studies, IReadOnlyList<ControlFault> Faults,
    IReadOnlyList<string> OtherControllers);
