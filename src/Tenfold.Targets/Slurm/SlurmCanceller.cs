using System.Buffers.Text;
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

    // The worker contract's 30 s for the command, and as much again to upload its results.
    private static readonly TimeSpan SilentAgentGrace = TimeSpan.FromMinutes(1);

    // A live agent may have much to upload.
    private static readonly TimeSpan LiveAgentGrace = TimeSpan.FromMinutes(15);

    private readonly ClaimReader _claims = new(store);

    /// <inheritdoc cref="Core.Targets.ITarget.StopAsync"/>
    public async Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var requestTimes = new Dictionary<string, DateTimeOffset>();
        foreach (var chunk in attempts.Distinct().Chunk(ReadsAtOnce))
        {
            var times = await Task.WhenAll(chunk.Select(attempt => ReadRequestTimeAsync(attempt, cancellationToken)));
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
        var job = (await _claims.ReadAsync(attempt, cancellationToken))?.HostAttempt is { } host ? queue.Find(host) : own;
        return job is null || JobStates.IsEnded(job.State) ? null : job;
    }

    private static IReadOnlyList<SlurmJob> MergeArrays(List<SlurmJob> jobs) =>
    [
        .. jobs.GroupBy(job => job.Id)
            .Select(array => array.First() with { Indices = [.. array.SelectMany(job => job.Indices).Distinct().Order()] }),
    ];

    // Older versions wrote marks without a time. Such a mark is old enough that the heartbeat alone decides.
    private async Task<DateTimeOffset> ReadRequestTimeAsync(string attempt, CancellationToken cancellationToken) =>
        await StopMarks.ReadTimeAsync(store, attempt, cancellationToken) ?? time.GetUtcNow() - SilentAgentGrace;

    private async Task<bool> IsStuckAsync(string attempt, DateTimeOffset requestedAt, CancellationToken cancellationToken)
    {
        var elapsed = time.GetUtcNow() - requestedAt;
        // An element may execute another attempt long after its own has ended.
        if (elapsed < SilentAgentGrace || await _claims.HasEndedAsync(attempt, cancellationToken)) return false;
        if (elapsed > LiveAgentGrace) return true;
        return await ReadHeartbeatAsync(attempt, cancellationToken) is not { } beat
            || (time.GetUtcNow() - beat).Duration() > SilentAgentGrace;
    }

    private async Task<DateTimeOffset?> ReadHeartbeatAsync(string attempt, CancellationToken cancellationToken) =>
        await store.ReadAsync(AttemptKeys.Heartbeat(attempt), cancellationToken) is { } bytes
            && Utf8Parser.TryParse(bytes, out long milliseconds, out _)
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
