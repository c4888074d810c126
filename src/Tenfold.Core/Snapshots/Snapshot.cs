namespace Tenfold.Core.Snapshots;

/// <summary>The project's files as they were.</summary>
/// <param name="Id">SHA-256 of the canonical manifest (see <see cref="SnapshotManifest"/>), lower hexadecimal.</param>
/// <param name="FileCount">How many files and links.</param>
/// <param name="SizeBytes">Their sizes together, not compressed.</param>
public sealed record Snapshot(string Id, int FileCount, long SizeBytes)
{
    /// <summary>The store's key of a snapshot's archive.</summary>
    public static string ArchiveKey(string id) => $"snapshots/{id}.tar.gz";

    /// <summary>The store's key of a snapshot's manifest. It is written last: where it is, the archive is.</summary>
    public static string ManifestKey(string id) => $"snapshots/{id}.json";
}

/// <summary>Which files to take.</summary>
public sealed record SnapshotRequest
{
    /// <summary>The project's folder.</summary>
    public required string Root { get; init; }

    /// <summary>Patterns in gitignore's syntax, relative to the project, that are stronger than any <c>.gitignore</c>.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Files and folders that are left out with all below them: data channels, which are pinned by their own hash. Full paths, or
    /// relative to the project; those outside the project don't matter.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

/// <summary>What became of taking a snapshot.</summary>
public abstract record SnapshotOutcome
{
    private SnapshotOutcome()
    {
    }

    /// <summary>The snapshot is in the store.</summary>
    /// <param name="Snapshot">It.</param>
    /// <param name="WasStored">True when the store had it already: nothing of it was written.</param>
    /// <param name="Skipped">Sockets, pipes and devices, which no snapshot can hold.</param>
    /// <param name="Warning">Said to the user when the snapshot is big; null when it isn't.</param>
    public sealed record Taken(Snapshot Snapshot, bool WasStored, IReadOnlyList<string> Skipped, string? Warning) : SnapshotOutcome
    {
        /// <summary>The paths of the snapshot's files and links, relative to the project, in no particular order.</summary>
        public IEnumerable<string> Paths { get; init; } = [];
    }

    /// <summary>Some files can't be pinned; nothing was stored.</summary>
    /// <param name="Faults">Every fault, in the order of the paths.</param>
    public sealed record Refused(IReadOnlyList<FileFault> Faults) : SnapshotOutcome;

    /// <summary>Calls the function for the case.</summary>
    public T Match<T>(Func<Taken, T> taken, Func<Refused, T> refused) => this switch
    {
        Taken it => taken(it),
        Refused it => refused(it),
        _ => throw new InvalidOperationException(),
    };
}
