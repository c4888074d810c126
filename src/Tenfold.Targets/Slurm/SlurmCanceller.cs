using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;

namespace Tenfold.Targets.Slurm;

/// <summary>
/// Cancels attempts. Slurm cancels waiting jobs. Agents stop running attempts, and Slurm cancels the job of an agent that is stuck.
/// </summary>
/// <param name="slurm">The cluster.</param>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
internal sealed class SlurmCanceller(ISlurm slurm, IStore store, TimeProvider time)
{
    private const int ReadsAtOnce = 32;

    private readonly StoredAttempts _attempts = new(store);
    private readonly StuckAgents _stuck = new(store, time);

    /// <inheritdoc cref="Core.Targets.ITarget.StopAsync"/>
    public async Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var requestTimes = new Dictionary<string, DateTimeOffset>();
        foreach (var chunk in attempts.Distinct().Chunk(ReadsAtOnce))
        {
            var times = await Task.WhenAll(chunk.Select(attempt => _stuck.ReadRequestTimeAsync(attempt, cancellationToken)));
            foreach (var (attempt, requestedAt) in chunk.Zip(times)) requestTimes[attempt] = requestedAt;
        }

        var queue = new QueueView(await slurm.ListJobsAsync(cancellationToken));
        var unwanted = new List<SlurmJob>();
        foreach (var (attempt, requestedAt) in requestTimes)
        {
            if (queue.Find(attempt) is not { } job) continue;
            if (job.State == "PENDING") unwanted.Add(job);
            else if (await IsStuckAsync(attempt, requestedAt, cancellationToken)
                && await FindRunningAsync(attempt, job, queue, cancellationToken) is { } running)
                unwanted.Add(running);
        }

        if (unwanted.Count > 0) await slurm.CancelAsync(MergeArrays(unwanted), cancellationToken);
    }

    // The element that executes the attempt: its own, or another one of the array.
    private async Task<SlurmJob?> FindRunningAsync(string attempt, SlurmJob own, QueueView queue, CancellationToken cancellationToken)
    {
        var job = (await _attempts.FindClaimAsync(attempt, cancellationToken))?.HostAttempt is { } host ? queue.Find(host) : own;
        return job is null || JobStates.IsEnded(job.State) ? null : job;
    }

    private static IReadOnlyList<SlurmJob> MergeArrays(List<SlurmJob> jobs) =>
    [
        .. jobs.GroupBy(job => job.Id)
            .Select(array => array.First() with { Indices = [.. array.SelectMany(job => job.Indices).Distinct().Order()] }),
    ];

    // An element may execute another attempt long after its own has ended.
    private async Task<bool> IsStuckAsync(string attempt, DateTimeOffset requestedAt, CancellationToken cancellationToken) =>
        await _stuck.IsStuckAsync(attempt, requestedAt, cancellationToken) && !await _attempts.HasEndedAsync(attempt, cancellationToken);
}
