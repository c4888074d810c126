using Tenfold.Core.Reasons;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch.Observe;

/// <summary>
/// Explains why jobs wait when Batch gives no reason. Batch gives one only for the first job of a queue, and none for a quota or a disabled
/// queue.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="time">The clock.</param>
internal sealed class WaitingExplainer(BatchConnection connection, TimeProvider time)
{
    // An idle queue needs some minutes to start its first machine.
    private static readonly TimeSpan Normal = TimeSpan.FromMinutes(5), Long = TimeSpan.FromMinutes(15);

    /// <summary>Gives a reason to the jobs that have none.</summary>
    /// <param name="elements">All observed jobs.</param>
    /// <param name="index">Where the states are noted.</param>
    /// <param name="place">The place.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task ExplainAsync(
        IReadOnlyList<BatchElement> elements, JobIndex index, BatchPlace place, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var silent = elements.Where(one => one.WaitsWithoutReason && now - one.CreatedAt > Normal).ToList();
        if (silent.Count == 0) return;
        var queues = await connection.GetQueuesAsync(place.Queues, cancellationToken);
        foreach (var element in silent)
        {
            var queue = queues.FirstOrDefault(one => one.Is(element.Job.Queue));
            if (Explain(queue, now - element.CreatedAt > Long) is { } reason)
                index.Update(element with { State = new BackendState(BackendKind.Waiting, reason) });
        }
    }

    private static Reason.OfBackend? Explain(QueueFacts? queue, bool isLong)
    {
        if (queue?.Trouble is { } trouble) return trouble with { Words = $"waits: {trouble.Words}" };
        if (queue?.Fullness is { } fullness) return fullness;
        return isLong
            ? BatchReason.Of(
                BatchFact.WaitsWithoutReason,
                "waits for a machine, and AWS gives no reason: the account's quota of vCPUs may be used up (Service Quotas, Amazon EC2), " +
                "or the machines can't connect to ECS; check both in the AWS console",
                "RUNNABLE")
            : null;
    }
}
