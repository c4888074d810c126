using Tenfold.Core.Attempts;

namespace Tenfold.Agent;

/// <summary>Reads a queue's waiting entries again and again at little cost: each entry's file is read once.</summary>
/// <param name="queue">The queue.</param>
internal sealed class QueueReader(WorkQueue queue)
{
    private readonly SharedSpecs _specs = new();
    private readonly Dictionary<string, Assignment> _read = [];
    private IReadOnlyList<QueueEntry> _waiting = [];
    private DateTime _stamp;
    private bool _mayHaveChanged = true;

    /// <summary>The waiting entries. The folder is listed only when its time stamp changed.</summary>
    public IReadOnlyList<QueueEntry> Waiting(TimeProvider time)
    {
        // Two changes within one tick of the file system's clock have the same stamp, so a recent stamp proves nothing.
        var stamp = queue.WaitingStamp();
        if (_mayHaveChanged || stamp != _stamp) (_waiting, _stamp) = (queue.Waiting(), stamp);
        _mayHaveChanged = _waiting.Count == 0 || (time.GetUtcNow().UtcDateTime - stamp).Duration() < TimeSpan.FromSeconds(1);
        return _waiting;
    }

    /// <summary>An entry's assignment, if it was read before.</summary>
    public Assignment? Known(QueueEntry entry) => _read.GetValueOrDefault(entry.Attempt);

    /// <summary>An entry's assignment; null when it is damaged or gone.</summary>
    public Assignment? Read(QueueEntry entry)
    {
        // The entry's name says the priority, which may have changed since the file was read.
        if (Known(entry) is { } known)
            return known.Priority == entry.Priority ? known : _read[entry.Attempt] = known with { Priority = entry.Priority };
        if (WorkQueue.Read(entry) is not { } assignment)
        {
            // A damaged entry is removed, or the agent would never end. The target then reports the attempt as gone, and it waits again.
            if (queue.TryTake(entry) is { } damaged) WorkQueue.Remove(damaged);
            return null;
        }

        return _read[entry.Attempt] = _specs.Share(assignment);
    }

    /// <summary>Moves an entry from the waiting ones to the running ones.</summary>
    /// <returns>Null when it no longer waits.</returns>
    public QueueEntry? Take(QueueEntry entry)
    {
        _read.Remove(entry.Attempt);
        return queue.TryTake(entry);
    }
}
