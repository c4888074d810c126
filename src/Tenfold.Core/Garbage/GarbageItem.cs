namespace Tenfold.Core.Garbage;

/// <summary>Something that exists and that nobody wants any more.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Where">The target's place, the store's URL, or a folder of this machine.</param>
/// <param name="Name">The attempt's name, the folder of keys in the store, or the path.</param>
/// <param name="SizeBytes">How much is freed; null when that is not known, or is no matter of bytes.</param>
/// <param name="Why">By which rule it goes, in plain words.</param>
public sealed record GarbageItem(GarbageKind Kind, string Where, string Name, long? SizeBytes, string Why)
{
    /// <summary>Removes it; idempotent. <see cref="GarbageScan.RemoveAsync"/> calls it, and puts what may go wrong into words.</summary>
    public required Func<CancellationToken, Task> RemoveAsync { get; init; }
}

/// <summary>What can be left behind.</summary>
public enum GarbageKind
{
    /// <summary>Runs on a target, or waits there, and its ledger does not want it.</summary>
    Orphan,

    /// <summary>Checkpoints of a run that will not go on from them.</summary>
    Checkpoints,

    /// <summary>Files of an attempt that its ledger does not know.</summary>
    Attempt,

    /// <summary>A snapshot or data that no group was made from.</summary>
    Content,

    /// <summary>The agent of a version that is not in use any more.</summary>
    Agent,

    /// <summary>What a broken-off write left.</summary>
    Leftover,

    /// <summary>An environment, or a copy, that runs on this machine have not used for long; made anew when one needs it.</summary>
    Cache,
}
