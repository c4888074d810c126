using Tenfold.Core.Store;

namespace Tenfold.Core.Data;

/// <summary>
/// Where data lies that has no path: a folder or an object of a bucket. Nobody copies it into the store. A run is pinned to what the origin says
/// of it, and the machine that runs it reads it from there.
/// </summary>
public interface IDataOrigin
{
    /// <summary>Lists what is there now; no file is read.</summary>
    /// <returns>What a run can be pinned to; or why it can't, which trying again does not mend.</returns>
    /// <exception cref="StoreException">It can't be reached; call again later.</exception>
    Task<PinOutcome> PinAsync(CancellationToken cancellationToken);

    /// <summary>Reads a part of a file, as long as the file is the one that was listed. Safe for several threads at once.</summary>
    /// <param name="file">The file, as it was listed.</param>
    /// <param name="from">Where the part begins.</param>
    /// <param name="into">What is filled, all of it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StoreException">It can't be reached; call again later.</exception>
    Task<OriginRead> ReadAsync(DataFile file, long from, Memory<byte> into, CancellationToken cancellationToken);

    /// <summary>The file's own URL, for messages.</summary>
    string UrlOf(DataFile file);
}

/// <summary>What became of reading from an origin.</summary>
/// <param name="Fault">Why it can't be read, which trying again does not mend: the file was replaced or removed, or access is denied. Null when
/// it was read.</param>
/// <param name="Md5">MD5 of the whole file, lower hexadecimal, when the origin knows it; else null.</param>
public sealed record OriginRead(string? Fault, string? Md5 = null);
