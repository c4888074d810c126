using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>Ends attempts in a <see cref="WorkQueue"/>, in steps that survive a crash between any two writes.</summary>
/// <param name="queue">The queue.</param>
/// <param name="stores">
/// Opens the store of a URL (<see cref="WorkSpec.Store"/>), to which attempts are reported; null for this machine's own store.
/// </param>
/// <param name="time">The clock.</param>
/// <param name="beforeKill">
/// Called for each attempt of a dead agent before its processes are killed; null does nothing. It must not fail.
/// </param>
public sealed class QueueLifecycle(
    WorkQueue queue, Func<string?, IStore> stores, TimeProvider time, Func<Assignment, CancellationToken, Task>? beforeKill = null)
{
    /// <summary>The environment variable that identifies every process of an attempt.</summary>
    public const string Marker = "TENFOLD_ATTEMPT";

    /// <summary>Ends an attempt: queues the next one if one follows, then reports the end, then removes the entry.</summary>
    /// <remarks>
    /// In this order, each step can be repeated after a crash: an attempt is queued only once, and a reported attempt never starts.
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
    /// Cleans up after an agent that was killed: kills the processes that its commands left, reports its attempts lost (or cancelled, if
    /// the user cancelled them), and queues the next attempts, which resume from the runs' checkpoints.
    /// </summary>
    /// <remarks>The caller holds the queue's lock.</remarks>
    /// <returns>How many attempts were lost.</returns>
    public async Task<int> RecoverAsync(CancellationToken cancellationToken)
    {
        var lost = 0;
        foreach (var entry in queue.Running())
        {
            var read = WorkQueue.Read(entry);
            if (read is not null && beforeKill is not null) await beforeKill(read, cancellationToken);
            await ProcessTable.KillMarkedAsync(Marker, entry.Attempt, time);
            // A damaged entry doesn't even say to which store it should be reported.
            if (read is not { } assignment)
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

            var isCancelled = await store.ExistsAsync(AttemptKeys.StopMark(entry.Attempt), cancellationToken);
            lost++;
            report ??= new AttemptReport { State = AttemptState.Running };
            await FinishAsync(entry, assignment, report with
            {
                State = isCancelled ? AttemptState.Cancelled : AttemptState.Lost,
                Ending = isCancelled ? Ending.Cancelled : Ending.Lost,
                Reason = isCancelled ? new Reason.Cancelled() : new Reason.AgentLost(),
                EndedAt = time.GetUtcNow(),
            }, cancellationToken);
        }

        return lost;
    }

    // An attempt with a damaged report is lost, like one without a report. It must not keep the other attempts from being ended.
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
