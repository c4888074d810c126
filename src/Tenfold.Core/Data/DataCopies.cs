namespace Tenfold.Core.Data;

/// <summary>How copies of data that agents fetched from origins lie in a machine's cache: a folder each, and beside it its mark and its lock.</summary>
public static class DataCopies
{
    /// <summary>What the mark's name ends with: the SHA-256 of what was fetched, written last and touched with each use.</summary>
    public const string Mark = ".sha256";
}
