namespace Tenfold.Core.Data;

/// <summary>How copies of data that agents fetched from origins lie in a machine's cache: a folder each, and beside it what these say.</summary>
public static class DataCopies
{
    /// <summary>What the mark's name ends with: the SHA-256 of what was fetched, written last and touched with each use.</summary>
    public const string Mark = ".sha256";

    /// <summary>What the folder's name ends with that is there while somebody fetches: it has the files that are not whole.</summary>
    public const string Part = ".part";
}
