using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>
/// Tells the states of attempts: from Slurm's listing, from its accounts what that has forgotten, and from the claims who carries out what.
/// </summary>
/// <param name="slurm">The cluster.</param>
/// <param name="store">The store, where the agents report.</param>
/// <param name="time">The clock.</param>
internal sealed class SlurmObserver(ISlurm slurm, IStore store, TimeProvider time)
{
    private readonly AccountingReader _accounts = new(slurm, time);
    private readonly ClaimReader _claims = new(store);
    private readonly StartFailureExplainer _neverStarted = new(store);

    /// <inheritdoc cref="ITarget.ObserveAsync"/>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var queue = await ListAsync(cancellationToken);
        var accounts = attempts.Any(attempt => Known(queue.Find(attempt)) is null) ? await _accounts.AskAsync(cancellationToken)
            : new AccountingAnswer(null);
        var look = new ClusterState(queue, accounts, new Lazy<Task<QueueView>>(() => ListAsync(cancellationToken)));
        // The listing first, the claims after: an element is dropped only after another has claimed its attempt.
        var waiting = attempts.Select(attempt => (Attempt: attempt, Job: look.Find(attempt)))
            .Where(element => element.Job is { State: "PENDING", Indices.Count: 1, HasMore: false });
        var taken = await _claims.FindCarriedAsync(waiting!, cancellationToken);
        return await Task.WhenAll(attempts.Select(attempt => look.Trouble(attempt) is { } trouble
            ? UntoldAsync(attempt, trouble, look, cancellationToken)
            : StateAsync(attempt, taken.Contains(attempt), look, cancellationToken)));
    }

    private async Task<QueueView> ListAsync(CancellationToken cancellationToken) => new(await slurm.ListJobsAsync(cancellationToken));

    // Forgotten, and the accounts don't answer: only a carrier that is there still tells something.
    private async Task<BackendState> UntoldAsync(string attempt, string trouble, ClusterState look, CancellationToken cancellationToken) =>
        (await _claims.ReadUncachedAsync(attempt, cancellationToken))?.Carrier is { } carrier && Known(look.Find(carrier)) is not null
            ? await ObserveCarriedAsync(carrier, look)
            : new BackendState(BackendKind.Unknown, new Reason.TargetFault(trouble));

    private async Task<BackendState> StateAsync(string attempt, bool isTakenUp, ClusterState look, CancellationToken cancellationToken)
    {
        if (look.Find(attempt) is not { } job) return new BackendState(BackendKind.Gone);
        var state = JobStates.Of(job);
        if (!isTakenUp && !job.HasMore && state.Kind != BackendKind.Gone) return state;
        var isDropped = job.State == JobStates.Unlisted || state.End == Ending.Cancelled;
        var claim = isDropped ? await _claims.ReadUncachedAsync(attempt, cancellationToken)
            : await _claims.ReadAsync(attempt, cancellationToken);
        if (claim?.Carrier is { } carrier) return await ObserveCarriedAsync(carrier, look);
        // Slurm drops an element that is cancelled while it waits without a word. That nobody has taken it up tells it from one that ended
        // long ago.
        if (job.HasMore) return claim is null ? state : JobStates.Of(job with { State = JobStates.Unlisted });
        if (state.End is null && JobStates.ScriptExit(job) is not null)
            return await _neverStarted.ExplainAsync(
                attempt, job, (claim ?? await _claims.ReadUncachedAsync(attempt, cancellationToken)) is not null, state, cancellationToken);
        return job.State == JobStates.Unlisted && claim is null ? JobStates.CancelledWaiting(job) : state;
    }

    // A carrier that waited when the listing was made may have begun since. One that still waits was put back into the queue: squeue tells
    // such an element with the others that wait, as if it had never begun. It has let go of what it carried.
    private static async Task<BackendState> ObserveCarriedAsync(string carrier, ClusterState look)
    {
        if (StateOf(look.Find(carrier)) is { Kind: not BackendKind.Waiting } listed) return listed;
        if (StateOf((await look.Again.Value).Find(carrier)) is { Kind: not BackendKind.Waiting } now) return now;
        return new BackendState(
            BackendKind.Gone, SlurmReason.Of($"Slurm put the job {look.Find(carrier)!.Handle}, which carried it out, back into the queue"),
            Ending.Lost);

        static BackendState StateOf(SlurmJob? job) => job is null ? new BackendState(BackendKind.Gone) : JobStates.Of(job);
    }

    private static SlurmJob? Known(SlurmJob? job) => job is { State: not JobStates.Unlisted } ? job : null;

    /// <summary>What Slurm says at one moment.</summary>
    /// <param name="Queue">Its listing.</param>
    /// <param name="Accounts">Its accounts.</param>
    /// <param name="Again">A later listing, made when it is asked for.</param>
    private sealed record ClusterState(QueueView Queue, AccountingAnswer Accounts, Lazy<Task<QueueView>> Again)
    {
        /// <summary>The element that is an attempt, from whoever still knows it; null when nobody does.</summary>
        public SlurmJob? Find(string attempt) => Known(Queue.Find(attempt)) ?? Known(Accounts.Ended?.Find(attempt)) ?? Queue.Find(attempt);

        /// <summary>Why nothing can be concluded of an attempt; null when something can.</summary>
        public string? Trouble(string attempt) => Known(Queue.Find(attempt)) is null ? Accounts.Trouble : null;
    }
}
