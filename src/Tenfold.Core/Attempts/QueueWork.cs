using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>
/// The steps of an attempt's life in a <see cref="WorkQueue"/> that must survive a crash between any two of their writes.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="stores">
/// The store of a URL, which takes the reports of the attempts that name it (<see cref="WorkSpec.Store"/>); of null, this machine's own.
/// </param>
/// <param name="time">The clock.</param>
public sealed class QueueWork(WorkQueue queue, Func<string?, IStore> stores, TimeProvider time)
{
    /// <summary>The environment variable by which every process of an attempt is known.</summary>
    public const string Marker = "TENFOLD_ATTEMPT";

    /// <summary>Ends an attempt: queues the next one if one follows, then reports the end, then takes the entry out.</summary>
    /// <remarks>
    /// In this order, since each step can be done again: queueing twice is once, and a reported attempt is never started.
    /// </remarks>
    public async Task FinishAsync(QueueEntry entry, Assignment assignment, AttemptReport report, CancellationToken cancellationToken)
    {
        var next = RetryPolicy.Next(assignment, report.State is AttemptState.Succeeded ? Ending.None : report.Ending);
        if (next is not null) queue.Add([next]);
        var final = report.Of(assignment) with { IsRetried = next is not null };
        await new AttemptReports(stores(assignment.Spec.Store)).WriteAsync(assignment.Attempt, final, cancellationToken);
        WorkQueue.Remove(entry);
    }

    /// <summary>
    /// Clears up after an agent that went away: ends what its commands left running, reports its attempts lost (or cancelled, when that
    /// was asked), and queues the next attempt, which resumes from the run's checkpoint.
    /// </summary>
    /// <remarks>The caller holds the queue's lock.</remarks>
    /// <returns>How many attempts were lost.</returns>
    public async Task<int> RecoverAsync(CancellationToken cancellationToken)
    {
        var lost = 0;
        foreach (var entry in queue.Running())
        {
            ProcessTable.KillMarked(Marker, entry.Attempt);
            // A damaged entry says nothing, not even where it was to be reported.
            if (WorkQueue.Read(entry) is not { } assignment)
            {
                WorkQueue.Remove(entry);
                continue;
            }

            var store = stores(assignment.Spec.Store);
            var report = await ReadAsync(store, entry.Attempt, cancellationToken);
            if (report is { State: var state } && state.IsFinal())
            {
                WorkQueue.Remove(entry);
                continue;
            }

            var cancelled = await store.ExistsAsync(AttemptKeys.StopMark(entry.Attempt), cancellationToken);
            lost++;
            report ??= new AttemptReport { State = AttemptState.Running };
            await FinishAsync(entry, assignment, report with
            {
                State = cancelled ? AttemptState.Cancelled : AttemptState.Lost,
                Ending = cancelled ? Ending.Cancelled : Ending.Lost,
                Reason = cancelled ? new Reason.Cancelled() : new Reason.AgentLost(),
                EndedAt = time.GetUtcNow(),
            }, cancellationToken);
        }

        return lost;
    }

    // A damaged report says nothing: the attempt is lost like one that never reported, and must not keep the others from their end.
    private static async Task<AttemptReport?> ReadAsync(IStore store, string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await new AttemptReports(store).ReadAsync(attempt, cancellationToken);
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            return null;
        }
    }
}
