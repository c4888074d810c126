using System.Buffers.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;

namespace Tenfold.Targets.Slurm;

/// <summary>
/// Cancels attempts: Slurm cancels those that wait, and agents stop those that run. A stuck agent is cancelled by Slurm too.
/// </summary>
/// <param name="slurm">The cluster.</param>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
internal sealed class SlurmCanceller(ISlurm slurm, IStore store, TimeProvider time)
{
    private const int AtOnce = 32;

    private readonly ClaimReader _claims = new(store);

    // The worker contract's 30 s for the command, and as much again to keep what it left.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // An agent that lives may have much to bring into the store.
    private static readonly TimeSpan LongPatience = TimeSpan.FromMinutes(15);

    /// <inheritdoc cref="Core.Targets.ITarget.StopAsync"/>
    public async Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var asked = new Dictionary<string, DateTimeOffset>();
        foreach (var some in attempts.Distinct().Chunk(AtOnce))
        {
            var times = await Task.WhenAll(some.Select(attempt => ReadMarkTimeAsync(attempt, cancellationToken)));
            foreach (var (attempt, at) in some.Zip(times)) asked[attempt] = at;
        }

        var queue = new QueueView(await slurm.ListJobsAsync(cancellationToken));
        var unwanted = new List<SlurmJob>();
        foreach (var (attempt, at) in asked)
        {
            if (queue.Find(attempt) is not { } job) continue;
            if (job.State == "PENDING") unwanted.Add(job);
            else if (await IsStuckAsync(attempt, at, cancellationToken)
                && await RunningAsync(attempt, job, queue, cancellationToken) is { } running)
                unwanted.Add(running);
        }

        if (unwanted.Count > 0) await slurm.CancelAsync(Together(unwanted), cancellationToken);
    }

    // Its own element, or the one that has taken it up.
    private async Task<SlurmJob?> RunningAsync(string attempt, SlurmJob own, QueueView queue, CancellationToken cancellationToken)
    {
        var job = (await _claims.ReadAsync(attempt, cancellationToken))?.Carrier is { } carrier ? queue.Find(carrier) : own;
        return job is null || JobStates.IsEnded(job.State) ? null : job;
    }

    /// <summary>Elements of the same array as one entry each.</summary>
    private static IReadOnlyList<SlurmJob> Together(List<SlurmJob> jobs) =>
    [
        .. jobs.GroupBy(job => job.Id)
            .Select(array => array.First() with { Indices = [.. array.SelectMany(job => job.Indices).Distinct().Order()] }),
    ];

    // A mark without a time was written by an older version: by now its command has had its time to stop, and the heartbeat decides.
    private async Task<DateTimeOffset> ReadMarkTimeAsync(string attempt, CancellationToken cancellationToken) =>
        await StopMarks.ReadTimeAsync(store, attempt, cancellationToken) ?? time.GetUtcNow() - Patience;

    private async Task<bool> IsStuckAsync(string attempt, DateTimeOffset asked, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - asked;
        // An element may carry out another attempt long after its own has ended.
        if (since < Patience || await _claims.HasEndedAsync(attempt, cancellationToken)) return false;
        if (since > LongPatience) return true;
        return await ReadTimeAsync(AttemptKeys.Heartbeat(attempt), cancellationToken) is not { } beat
            || (time.GetUtcNow() - beat).Duration() > Patience;
    }

    private async Task<DateTimeOffset?> ReadTimeAsync(string key, CancellationToken cancellationToken) =>
        await store.ReadAsync(key, cancellationToken) is { } bytes && Utf8Parser.TryParse(bytes, out long milliseconds, out _)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
