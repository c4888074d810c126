namespace Tenfold.Core.Artifacts;

/// <summary>Which artifacts to fetch, and where to.</summary>
public sealed record FetchRequest
{
    /// <summary>The attempt that made them.</summary>
    public required string AttemptId { get; init; }

    /// <summary>For one file: its new path, or an existing folder. Otherwise the folder for the files.</summary>
    public required string Destination { get; init; }

    /// <summary>One file (<c>model/weights.bin</c>), or a folder (<c>model</c>), whose name is then removed from the paths of its files;
    /// null for all files.</summary>
    public string? Path { get; init; }

    /// <summary>True to replace existing files that differ; default false.</summary>
    public bool Overwrite { get; init; }
}

/// <summary>The progress of a fetch.</summary>
/// <param name="FilesDone">The number of complete files, unchanged ones included.</param>
/// <param name="FilesTotal">The number of requested files.</param>
/// <param name="BytesDone">The number of bytes on this machine, those of an earlier fetch included.</param>
/// <param name="BytesTotal">The sum of the requested files' sizes.</param>
/// <param name="Path">The file that is being fetched.</param>
public sealed record FetchProgress(int FilesDone, int FilesTotal, long BytesDone, long BytesTotal, string Path);

/// <summary>The result of a fetch. Paths are those of the manifest.</summary>
public sealed record FetchOutcome
{
    /// <summary>Files that were fetched and checked.</summary>
    public IReadOnlyList<string> Fetched { get; init; } = [];

    /// <summary>Files that existed already with the right content.</summary>
    public IReadOnlyList<string> Unchanged { get; init; } = [];

    /// <summary>Files that exist and differ; when there is one, nothing was changed. These are paths of this machine.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];

    /// <summary>Files whose object in the store is missing, or has another SHA-256 than the manifest says. They were not written.</summary>
    public IReadOnlyList<string> Corrupted { get; init; } = [];

    /// <summary>What is wrong and what to do; null when all requested files are there.</summary>
    public string? Fault { get; init; }

    /// <summary>True when all requested files are there.</summary>
    public bool Succeeded => Fault is null;
}
