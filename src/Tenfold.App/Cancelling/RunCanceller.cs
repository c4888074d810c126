using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;

namespace Tenfold.App.Cancelling;

/// <summary>Cancels runs, groups and studies.</summary>
/// <param name="services">The services of this home.</param>
public sealed class RunCanceller(Services services)
{
    /// <summary>Records that runs are to be cancelled, and tells their targets. Idempotent.</summary>
    /// <param name="ids">Beginnings of the ids of studies, groups or runs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was cancelled; or NotFound when an id means nothing or several things: then the ids before it are cancelled.</returns>
    public async Task<Outcome<CancelResult>> CancelAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await services.Controller.ReconcileAsync(cancellationToken);
        var cancelled = new List<string>();
        var studies = new List<StudyRecord>();
        var runs = new List<string>();
        foreach (var prefix in ids)
        {
            if (!(await services.Ids.AnyAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
            if (await services.Studies.StudyAsync(id, cancellationToken) is { } study)
            {
                cancelled.AddRange(await CancelStudyAsync(id, cancellationToken));
                studies.Add(study);
            }
            else runs.AddRange((await services.Ids.RunsOfAsync(id, cancellationToken)).Select(run => run.Id));
        }

        cancelled.AddRange(await services.Ledger.RequestCancelAsync(
            [.. runs.Distinct()], services.Time.GetUtcNow(), null, cancellationToken));
        // The first round asks the targets. The second one sees that what had not started is gone.
        await services.Controller.ReconcileAsync(cancellationToken);
        var round = await services.Controller.ReconcileAsync(cancellationToken);
        return new CancelResult(cancelled, studies, round.Faults, await OtherControllersAsync(cancelled, cancellationToken));
    }

    /// <summary>Ends a study: it asks for no more trials, and its runs are cancelled.</summary>
    /// <returns>The runs that are cancelled.</returns>
    public async Task<IReadOnlyList<string>> CancelStudyAsync(string id, CancellationToken cancellationToken)
    {
        // The study comes first: a driver that reads it in between must not ask for more trials.
        await services.Studies.ChangeStudyAsync(id, StudyState.Cancelled, null, services.Time.GetUtcNow(), cancellationToken);
        var running = (await services.Studies.RunsOfStudyAsync(id, cancellationToken)).Where(run => !run.State.IsFinal());
        return await services.Ledger.RequestCancelAsync(
            [.. running.Select(run => run.Id)], services.Time.GetUtcNow(), null, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> OtherControllersAsync(IEnumerable<string> runs, CancellationToken cancellationToken)
    {
        var others = new List<string>();
        foreach (var id in runs.Select(RunNames.GroupOf).Distinct())
        {
            try
            {
                var group = (await services.Ledger.GroupAsync(id, cancellationToken))!;
                if (await services.Targets.OtherControllerAsync(group, cancellationToken) is { } other) others.Add(other);
            }
            catch (Exception e) when (e is TargetException or StoreException)
            {
                // The round has reported it, and the next round asks again.
            }
        }

        return [.. others.Distinct()];
    }
}

/// <summary>What was cancelled, and who carries it out.</summary>
/// <param name="Runs">The runs that are cancelled.</param>
/// <param name="Studies">The studies that were named, as they were before.</param>
/// <param name="Faults">Why some runs could not be told yet. Each later round tries again.</param>
/// <param name="OtherControllers">Which other machines or users carry it out, in words.</param>
public sealed record CancelResult(
    IReadOnlyList<string> Runs, IReadOnlyList<StudyRecord> Studies, IReadOnlyList<string> Faults, IReadOnlyList<string> OtherControllers);
