namespace Tenfold.Core.Snapshots;

/// <summary>A project's files at one time.</summary>
/// <param name="Id">SHA-256 of the canonical manifest (see <see cref="SnapshotManifest"/>), lower hexadecimal.</param>
/// <param name="FileCount">The number of files and links.</param>
/// <param name="SizeBytes">The sum of the files' sizes, not compressed.</param>
public sealed record Snapshot(string Id, int FileCount, long SizeBytes)
{
    /// <summary>The store's key of a snapshot's archive.</summary>
    public static string ArchiveKey(string id) => $"snapshots/{id}.tar.gz";

    /// <summary>The store's key of a snapshot's manifest. It is written after the archive.</summary>
    public static string ManifestKey(string id) => $"snapshots/{id}.json";

    /// <summary>The store's key of the time when a snapshot was last reused; see <see cref="Store.ContentUse"/>.</summary>
    public static string UseKey(string id) => $"snapshots/{id}.used";
}

/// <summary>Which files of a project a snapshot takes.</summary>
public sealed record SnapshotRequest
{
    /// <summary>The project's folder.</summary>
    public required string Root { get; init; }

    /// <summary>The user's home folder, which must not be the project; default: none.</summary>
    public string HomeFolder { get; init; } = "";

    /// <summary>
    /// Patterns in gitignore's syntax, relative to the project. They take precedence over every <c>.gitignore</c>; default none.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>True to compute the snapshot and store nothing; default false.</summary>
    public bool IsTrial { get; init; }

    /// <summary>
    /// Files and folders to leave out, each folder with everything below it; default none. Data channels are named here, because each is
    /// pinned by its own hash. Paths are full or relative to the project; those outside the project are ignored.
    /// </summary>
    public IReadOnlyList<string> ExcludedPaths { get; init; } = [];
}

/// <summary>The result of taking a snapshot.</summary>
public abstract record SnapshotOutcome
{
    private SnapshotOutcome()
    {
    }

    /// <summary>The store has the snapshot; or would have it, for <see cref="SnapshotRequest.IsTrial"/>.</summary>
    /// <param name="Snapshot">Its id and size.</param>
    /// <param name="AlreadyExisted">True when the store had it already, and nothing was written.</param>
    /// <param name="Skipped">Sockets, pipes and devices, which no snapshot can hold.</param>
    /// <param name="Warning">A warning for the user when the snapshot is big; null when it isn't.</param>
    public sealed record Stored(Snapshot Snapshot, bool AlreadyExisted, IReadOnlyList<string> Skipped, string? Warning) : SnapshotOutcome
    {
        /// <summary>The paths of its files and links, relative to the project, in no particular order.</summary>
        public required IEnumerable<string> Paths { get; init; }

        /// <summary>Files and folders that are left out because they hold credentials: by their names, or because they are private keys.
        /// A <c>!</c> pattern in <c>exclude</c> takes one in.</summary>
        public IReadOnlyList<string> Credentials { get; init; } = [];

        /// <summary>Files of the snapshot that look as if they hold a secret: by their names; of files that are new or have changed since
        /// the last snapshot also by their content.</summary>
        public IReadOnlyList<string> Suspects { get; init; } = [];

        /// <summary>Those of <see cref="SnapshotRequest.ExcludedPaths"/> that would be part of it otherwise.</summary>
        public IReadOnlyList<string> Excluded { get; init; } = [];
    }

    /// <summary>Some files can't be pinned; nothing was stored.</summary>
    /// <param name="Faults">Every fault, in the order of the paths.</param>
    public sealed record Refused(IReadOnlyList<FileFault> Faults) : SnapshotOutcome;

    /// <summary>Calls the function for the case.</summary>
    public T Match<T>(Func<Stored, T> stored, Func<Refused, T> refused) => this switch
    {
        Stored it => stored(it),
        Refused it => refused(it),
        _ => throw new InvalidOperationException(),
    };
}
