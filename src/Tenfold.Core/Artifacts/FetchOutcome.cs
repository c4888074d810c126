namespace Tenfold.Core.Artifacts;

/// <summary>What to bring out of the store, and where to.</summary>
public sealed record FetchRequest
{
    /// <summary>The attempt that left it.</summary>
    public required string AttemptId { get; init; }

    /// <summary>For a file: its new path, or a folder that is there to put it in. Otherwise the folder to put the files in.</summary>
    public required string Destination { get; init; }

    /// <summary>One file (<c>model/weights.bin</c>), or a folder of them (<c>model</c>), whose files then lose that start of their
    /// paths; null for everything.</summary>
    public string? Path { get; init; }

    /// <summary>True to replace files that are there and differ.</summary>
    public bool Overwrite { get; init; }
}

/// <summary>How far a fetch is.</summary>
/// <param name="FilesDone">Files that are complete, kept ones included.</param>
/// <param name="FilesTotal">Files that were asked for.</param>
/// <param name="BytesDone">Bytes that are in place, what an earlier fetch left included.</param>
/// <param name="BytesTotal">Their sizes together.</param>
/// <param name="Path">The file that is being fetched.</param>
public sealed record FetchProgress(int FilesDone, int FilesTotal, long BytesDone, long BytesTotal, string Path);

/// <summary>What became of a fetch. Paths are those of the manifest.</summary>
public sealed record FetchOutcome
{
    /// <summary>Files that were fetched and checked.</summary>
    public IReadOnlyList<string> Fetched { get; init; } = [];

    /// <summary>Files that were there already with the right content.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    /// <summary>Files that are there and differ; when there is one, nothing was touched. These are paths of this machine.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];

    /// <summary>Files whose object in the store is missing, or hasn't the SHA-256 of the manifest; nothing was written for them.</summary>
    public IReadOnlyList<string> Corrupted { get; init; } = [];

    /// <summary>What is wrong and what to do; null when all that was asked for is there.</summary>
    public string? Fault { get; init; }

    /// <summary>True when all that was asked for is there.</summary>
    public bool Succeeded => Fault is null;
}
