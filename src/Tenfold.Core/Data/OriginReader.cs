using System.Buffers;
using Tenfold.Core.Store;

namespace Tenfold.Core.Data;

/// <summary>Brings data from its origin to this machine: many files at once, large ones by several parts at once.</summary>
/// <param name="origin">Where it lies.</param>
/// <remarks>
/// A file gets its name when it is whole and right, so a reader that was killed, or lost its connection, goes on with those that are missing.
/// Only who knows that all are there may use the place: one reader at a time, which the caller sees to.
/// </remarks>
public sealed class OriginReader(IDataOrigin origin)
{
    private const int AtOnce = 8, Tries = 2;

    // A piece at a time in memory for each that is read at once: 64 MiB.
    internal const int PieceBytes = 8 << 20;

    /// <summary>Fetches what is missing.</summary>
    /// <param name="manifest">What there is.</param>
    /// <param name="place">The path that it gets, a file's or a folder's.</param>
    /// <param name="cancellationToken">Stops it; what is whole stays.</param>
    /// <returns>What is wrong, which trying again does not mend; null when all is there.</returns>
    /// <exception cref="StoreException">The origin can't be reached; call again later, and it goes on.</exception>
    /// <exception cref="IOException">The place can't be written; it is removed, since a full disk has better use for the room.</exception>
    public async Task<string?> FetchAsync(DataManifest manifest, string place, CancellationToken cancellationToken)
    {
        var home = Path.GetDirectoryName(place)!;
        var parts = DataCopy.PartOf(home);
        try
        {
            for (var tries = 1; ; tries++)
            {
                Remove(parts);
                Directory.CreateDirectory(home);
                List<DataFile> missing = [.. manifest.Files.Where(file => !IsThere(PathOf(file), file.SizeBytes))];
                if (missing.Count == 0) return null;
                if (tries > Tries)
                    return $"{origin.UrlOf(missing[0])} is damaged: its checksum is not the one that its server gives. Put it there again, then start anew";
                if (tries == 1 && NoRoom(home, missing) is { } full) return full;
                Directory.CreateDirectory(parts);
                if (await FetchAsync(missing, parts, PathOf, cancellationToken) is { } fault) return fault;
            }
        }
        catch (IOException)
        {
            Remove(home);
            throw;
        }
        finally
        {
            Remove(parts);
        }

        string PathOf(DataFile file) => manifest.IsFolder ? $"{place}/{file.Path}" : place;
    }

    private async Task<string?> FetchAsync(
        List<DataFile> missing, string parts, Func<DataFile, string> pathOf, CancellationToken cancellationToken)
    {
        string? fault = null;
        var open = new List<PartialFile>();
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(Pieces(), options, async (piece, token) =>
            {
                if (fault is not null) return;
                var buffer = ArrayPool<byte>.Shared.Rent(piece.Length);
                try
                {
                    var bytes = buffer.AsMemory(0, piece.Length);
                    var read = await origin.ReadAsync(piece.Of.File, piece.From, bytes, token);
                    if (read.Fault is null) await piece.Of.WriteAsync(bytes, piece.From, read.Md5, token);
                    else fault ??= read.Fault;
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            });
            return fault;
        }
        finally
        {
            foreach (var file in open) file.Dispose();
        }

        // Asked for by one thread at a time, as readers get free: so only a few files are open.
        IEnumerable<(PartialFile Of, long From, int Length)> Pieces()
        {
            for (var i = 0; i < missing.Count && fault is null; i++)
            {
                open.RemoveAll(file => file.IsClosed);
                var file = new PartialFile(missing[i], $"{parts}/{i}", pathOf(missing[i]));
                open.Add(file);
                var size = missing[i].SizeBytes;
                for (long from = 0; from == 0 || from < size; from += PieceBytes)
                    yield return (file, from, (int)Math.Min(PieceBytes, size - from));
            }
        }
    }

    private static string? NoRoom(string folder, List<DataFile> missing)
    {
        var (needed, free) = (missing.Sum(file => file.SizeBytes), new DriveInfo(folder).AvailableFreeSpace);
        return needed <= free ? null : $"{needed / 1e9:0.0} GB are to be fetched, and the disk of {folder} has {free / 1e9:0.0} GB free: " +
            "free space there, or let copies lie on another disk (TENFOLD_HOME on this machine, `scratch` of a cluster's target)";
    }

    private static bool IsThere(string path, long sizeBytes) => new FileInfo(path) is { Exists: true } file && file.Length == sizeBytes;

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
