using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>
/// Finds the states of attempts. squeue comes first; accounting answers for jobs that slurmctld has forgotten; claims in the store tell
/// which element executes an attempt.
/// </summary>
/// <param name="slurm">The cluster.</param>
/// <param name="store">The store in which the agents report.</param>
/// <param name="home">The user's home folder; empty for none.</param>
/// <param name="secrets">The secrets that this host has, which no reason may contain.</param>
/// <param name="time">The clock.</param>
internal sealed class SlurmObserver(ISlurm slurm, IStore store, string home, SecretSource secrets, TimeProvider time)
{
    private const int ListingTries = 3;

    // slurmctld delivers what it could not deliver while the accounting database was down within minutes. An hour also covers busy
    // clusters; after it, the job was purged from accounting or never got there.
    private static readonly TimeSpan AccountingDelay = TimeSpan.FromHours(1), EmptyDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ListingPause = TimeSpan.FromSeconds(1);

    private readonly AccountingReader _accounting = new(slurm, time);
    private readonly ClaimReader _claims = new(store);
    private readonly StoredAttempts _attempts = new(store);
    private readonly StartFailureExplainer _startFailures = new(store, home, secrets);
    private readonly MissingAttempts _missing = new(store, time);

    /// <inheritdoc cref="ITarget.ObserveAsync"/>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var (queue, isEmpty) = await ListCheckedAsync(cancellationToken);
        var accounting = attempts.Any(attempt => Listed(queue.Find(attempt)) is null)
            ? await _accounting.AskAsync(cancellationToken)
            : new AccountingAnswer(null);
        var cluster = new ClusterState(queue, isEmpty, accounting, new Lazy<Task<QueueView>>(() => ListAsync(cancellationToken)));
        // Claims are read after the listing, because an element is cancelled only after another one has claimed its attempt.
        var waiting = attempts.Select(attempt => (Attempt: attempt, Job: cluster.Find(attempt)))
            .Where(element => element.Job is { State: "PENDING", Indices.Count: 1, HasMore: false });
        var hosted = await _claims.FindHostedAsync(waiting!, cancellationToken);
        return await Task.WhenAll(attempts.Select(async attempt => await FaultOfAsync(attempt, cluster, cancellationToken) is { } fault
            ? await ObserveForgottenAsync(attempt, fault, cluster, cancellationToken)
            : await ObserveKnownAsync(attempt, hosted.Contains(attempt), cluster, cancellationToken)));
    }

    private async Task<QueueView> ListAsync(CancellationToken cancellationToken) => new(await slurm.ListJobsAsync(cancellationToken));

    // A busy or restarting cluster now and then lists nothing and reports no error, so an empty listing is requested again.
    private async Task<(QueueView Queue, bool IsEmpty)> ListCheckedAsync(CancellationToken cancellationToken)
    {
        for (var i = 1; ; i++)
        {
            var jobs = await slurm.ListJobsAsync(cancellationToken);
            if (jobs.Count > 0 || i == ListingTries) return (new QueueView(jobs), jobs.Count == 0);
            await Task.Delay(ListingPause, time, cancellationToken);
        }
    }

    // A job that neither Slurm nor accounting lists counts as gone only after some time.
    private async Task<Reason?> FaultOfAsync(string attempt, ClusterState cluster, CancellationToken cancellationToken)
    {
        if (Listed(cluster.Queue.Find(attempt)) is not null)
        {
            await _missing.ForgetAsync(attempt, cancellationToken);
            return null;
        }

        if (cluster.Accounting.Fault is { } fault) return fault;
        if (cluster.Find(attempt) is not null) return null;
        if (cluster.Accounting.Ended is not null)
        {
            return await _missing.IsLongerThanAsync(attempt, AccountingDelay, cancellationToken) ? null
                : SlurmReason.OfFact(
                    SlurmFact.EndNotAccounted,
                    "Slurm no longer lists the job, and accounting does not know its end yet; Tenfold asks again.");
        }

        // An attempt that was never submitted can't be missing.
        if (!cluster.IsEmpty || !await store.ExistsAsync(AttemptKeys.Assignment(attempt), cancellationToken)) return null;
        return await _missing.IsLongerThanAsync(attempt, EmptyDelay, cancellationToken) ? null
            : SlurmReason.OfFact(
                SlurmFact.NothingListed, "Slurm lists no job at all, which may be a passing fault; Tenfold asks again for a minute.");
    }

    // slurmctld has forgotten the job and accounting does not answer, so only a listed host can tell the attempt's state.
    private async Task<BackendState> ObserveForgottenAsync(
        string attempt, Reason fault, ClusterState cluster, CancellationToken cancellationToken) =>
        (await _claims.ReadUncachedAsync(attempt, cancellationToken))?.HostAttempt is { } host && Listed(cluster.Find(host)) is not null
            ? await ObserveHostedAsync(host, cluster)
            : new BackendState(BackendKind.Unknown, fault);

    private async Task<BackendState> ObserveKnownAsync(
        string attempt, bool isCarried, ClusterState cluster, CancellationToken cancellationToken)
    {
        if (cluster.Find(attempt) is not { } job) return new BackendState(BackendKind.Gone);
        var state = JobStates.ToBackendState(job);
        if (!isCarried && !job.HasMore && state.Kind != BackendKind.Gone) return state;
        var isCancelled = job.State == JobStates.Unlisted || state.End == Ending.Cancelled;
        var claim = isCancelled ? await _claims.ReadUncachedAsync(attempt, cancellationToken)
            : await _attempts.FindClaimAsync(attempt, cancellationToken);
        if (claim?.HostAttempt is { } host) return await ObserveHostedAsync(host, cluster);
        // Slurm stops listing an element that was cancelled while it waited. An element that ended long ago isn't listed either, but
        // its attempt has a claim.
        if (job.HasMore) return claim is null ? state : JobStates.ToBackendState(job with { State = JobStates.Unlisted });
        if (state.End is null && JobStates.ScriptExit(job) is not null)
        {
            claim ??= await _claims.ReadUncachedAsync(attempt, cancellationToken);
            return await _startFailures.ExplainAsync(attempt, job, isClaimed: claim is not null, state, cancellationToken);
        }

        return job.State == JobStates.Unlisted && claim is null ? JobStates.CancelledWhileWaiting(job) : state;
    }

    // A host that waited in the first listing may have begun since. One that still waits was requeued, since squeue lists a requeued
    // element with the waiting ones, as if it had never begun. It no longer executes the attempt.
    private static async Task<BackendState> ObserveHostedAsync(string host, ClusterState cluster)
    {
        if (StateOf(cluster.Find(host)) is { Kind: not BackendKind.Waiting } listed) return listed;
        if (StateOf((await cluster.Relisted.Value).Find(host)) is { Kind: not BackendKind.Waiting } relisted) return relisted;
        var handle = cluster.Find(host)!.Handle;
        return new BackendState(
            BackendKind.Gone,
            SlurmReason.OfFact(SlurmFact.Requeued, $"Slurm requeued the job {handle}, which ran the attempt", null, ("job", handle)),
            Ending.Lost);

        static BackendState StateOf(SlurmJob? job) =>
            job is null ? new BackendState(BackendKind.Gone) : JobStates.ToBackendState(job);
    }

    private static SlurmJob? Listed(SlurmJob? job) => job is { State: not JobStates.Unlisted } ? job : null;

    /// <summary>What Slurm reports in one round.</summary>
    /// <param name="Queue">The listing of squeue.</param>
    /// <param name="IsEmpty">True when the listing has no job of the user at all.</param>
    /// <param name="Accounting">The answer of accounting.</param>
    /// <param name="Relisted">A later listing, requested when it is first needed.</param>
    private sealed record ClusterState(
        QueueView Queue, bool IsEmpty, AccountingAnswer Accounting, Lazy<Task<QueueView>> Relisted)
    {
        /// <summary>Finds the element of an attempt in the listing or in accounting; null when neither has it.</summary>
        public SlurmJob? Find(string attempt) =>
            Listed(Queue.Find(attempt)) ?? Listed(Accounting.Ended?.Find(attempt)) ?? Queue.Find(attempt);
    }
}
