using Tenfold.Aws.Batch.Observe;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch;

/// <summary>
/// Stops attempts. It ends waiting jobs, and a whole array when all its attempts are unwanted. Agents stop running attempts, and Batch
/// ends the job of an agent that is stuck.
/// </summary>
/// <remarks>Always TerminateJob: from STARTING on, CancelJob succeeds and does nothing.</remarks>
/// <param name="connection">AWS.</param>
/// <param name="store">The store.</param>
/// <param name="index">The jobs that this process has seen.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchCanceller(BatchConnection connection, IStore store, JobIndex index, TimeProvider time)
{
    private const int ReadsAtOnce = 32, CallsAtOnce = 8;

    // The control loop calls again in every round until the attempt has ended.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly RecentlyUsed<string, long> _ended = new(10 * Patience, time);
    private readonly StuckAgents _stuck = new(store, time);

    /// <summary>The jobs that waited when they were last seen, and that this process has not ended yet.</summary>
    public IReadOnlyList<BatchElement> FindWaiting(IReadOnlyList<string> attempts) =>
    [
        .. attempts.Select(index.Find).OfType<BatchElement>()
            .Where(one => one.State.Kind == BackendKind.Waiting && IsNew(one.Id) && IsNew(one.Job.Id)),
    ];

    /// <summary>Stops attempts whose jobs the index has.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var unwanted = new List<BatchElement>();
        foreach (var chunk in attempts.Distinct().Chunk(ReadsAtOnce))
        {
            var found = await Task.WhenAll(chunk.Select(attempt => FindUnwantedAsync(attempt, cancellationToken)));
            unwanted.AddRange(found.OfType<BatchElement>());
        }

        var ids = unwanted.Where(one => IsNew(one.Job.Id)).GroupBy(one => one.Job.Id).SelectMany(IdsOf).Where(IsNew).ToList();
        foreach (var chunk in ids.Chunk(CallsAtOnce)) await Task.WhenAll(chunk.Select(id => EndAsync(id, cancellationToken)));
    }

    private async Task<BatchElement?> FindUnwantedAsync(string attempt, CancellationToken cancellationToken)
    {
        if (index.Find(attempt) is not { HasEnded: false } element) return null;
        if (element.State.Kind == BackendKind.Waiting) return element;
        var requestedAt = await _stuck.ReadRequestTimeAsync(attempt, cancellationToken);
        return await _stuck.IsStuckAsync(attempt, requestedAt, cancellationToken) ? element : null;
    }

    // One call ends a whole array.
    private IEnumerable<string> IdsOf(IGrouping<string, BatchElement> array)
    {
        var unwanted = array.Select(one => one.Attempt).ToHashSet();
        var isWhole = array.First().Job.Attempts.All(attempt =>
            unwanted.Contains(attempt) || index.Find(attempt) is { HasEnded: true } or null);
        return isWhole ? [array.Key] : array.Select(one => one.Id);
    }

    private bool IsNew(string id) => !_ended.TryGet(id, out var at) || time.GetElapsedTime(at) > Patience;

    private async Task EndAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Batch.TerminateJobAsync(new(id, BatchStates.StoppedByTenfold), cancellationToken);
        }
        catch (AwsException e) when (e.Fault is AwsFault.NotFound)
        {
            // The job ended long ago.
        }

        _ended.Set(id, time.GetTimestamp());
    }
}
