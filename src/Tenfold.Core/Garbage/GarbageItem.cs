namespace Tenfold.Core.Garbage;

/// <summary>Something that exists and that nothing needs any more.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Where">The target's name, the store's URL, or a folder of this machine.</param>
/// <param name="Name">The attempt's name, the folder of keys in the store, or the path.</param>
/// <param name="SizeBytes">How much its removal frees; null when that is unknown, or when it has no size.</param>
/// <param name="Why">The rule by which it can go, as a sentence.</param>
public sealed record GarbageItem(GarbageKind Kind, string Where, string Name, long? SizeBytes, string Why)
{
    /// <summary>
    /// Removes it; idempotent. Call it through <see cref="GarbageScan.RemoveAsync"/>, which turns failures into messages.
    /// </summary>
    public required Func<CancellationToken, Task> RemoveAsync { get; init; }
}

/// <summary>The kinds of garbage.</summary>
public enum GarbageKind
{
    /// <summary>An attempt that runs or waits on a target although the ledger doesn't want it.</summary>
    Orphan,

    /// <summary>Checkpoints of a run that won't resume from them.</summary>
    Checkpoints,

    /// <summary>Files of an attempt that its ledger doesn't know.</summary>
    Attempt,

    /// <summary>A snapshot or data set that no group refers to.</summary>
    Content,

    /// <summary>A version of the agent that is no longer in use.</summary>
    Agent,

    /// <summary>An incomplete write.</summary>
    Leftover,

    /// <summary>A machine or a disk of a target that no attempt needs.</summary>
    Machine,

    /// <summary>Something else at a backend that no run needs, such as a half-made stack or a stored secret.</summary>
    Resource,

    /// <summary>An environment or a copy on this machine that no run has used for long. A run that needs it makes it again.</summary>
    Cache,
}
