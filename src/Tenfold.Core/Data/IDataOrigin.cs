using Tenfold.Core.Store;

namespace Tenfold.Core.Data;

/// <summary>
/// The location of data that isn't a path of this machine: a folder or an object of a bucket. The data isn't copied to the store. A run is
/// pinned to the origin's list of files, and its machine reads the files from the origin.
/// </summary>
public interface IDataOrigin
{
    /// <summary>Lists the current files; reads none of them.</summary>
    /// <returns>The manifest to pin a run to, or why there is none; another try would give the same answer.</returns>
    /// <exception cref="StoreException">The origin can't be connected to; call again later.</exception>
    Task<PinOutcome> PinAsync(CancellationToken cancellationToken);

    /// <summary>Reads a part of a file, if the file is still the listed one. Safe for several threads at once.</summary>
    /// <param name="file">The file from the list.</param>
    /// <param name="from">The offset of the part's first byte.</param>
    /// <param name="into">The buffer, which is filled completely.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="StoreException">The origin can't be connected to; call again later.</exception>
    Task<OriginRead> ReadAsync(DataFile file, long from, Memory<byte> into, CancellationToken cancellationToken);

    /// <summary>The file's own URL, for messages.</summary>
    string UrlOf(DataFile file);
}

/// <summary>The result of reading from an origin.</summary>
/// <param name="Fault">Why the file can't be read: it was replaced or removed, or access is denied. Another try would fail too. Null when
/// it was read.</param>
/// <param name="Md5">MD5 of the whole file, lower hexadecimal; null when the origin doesn't know it.</param>
public sealed record OriginRead(string? Fault, string? Md5 = null);
