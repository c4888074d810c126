using System.Buffers;
using Tenfold.Core.Store;

namespace Tenfold.Core.Data;

/// <summary>Downloads data from its origin: several files at once, and several parts of a large file at once.</summary>
/// <param name="origin">The origin.</param>
/// <remarks>
/// A file gets its name once it is complete and checked. So after a kill or a lost connection, the next call fetches only the missing
/// files. The caller must ensure that only one reader uses a path at a time, and that no run uses it before all files are there.
/// </remarks>
public sealed class OriginReader(IDataOrigin origin)
{
    private const int AtOnce = 8, Tries = 2;

    // Each of the parallel reads has one piece in memory: 64 MiB together.
    internal const int PieceBytes = 8 << 20;

    /// <summary>Fetches the missing files.</summary>
    /// <param name="manifest">All files of the data.</param>
    /// <param name="destination">The path of the file or folder to make.</param>
    /// <param name="cancellationToken">Stops the download; complete files stay.</param>
    /// <returns>What is wrong, which another try won't change; null when all files are there.</returns>
    /// <exception cref="StoreException">The origin can't be connected to; call again later to continue.</exception>
    /// <exception cref="IOException">The path can't be written. All of it is removed, since the disk may be full.</exception>
    public async Task<string?> FetchAsync(DataManifest manifest, string destination, CancellationToken cancellationToken)
    {
        var home = Path.GetDirectoryName(destination)!;
        var parts = DataCopy.PartOf(home);
        try
        {
            for (var tries = 1; ; tries++)
            {
                Remove(parts);
                Directory.CreateDirectory(home);
                List<DataFile> missing = [.. manifest.Files.Where(file => !IsComplete(PathOf(file), file.SizeBytes))];
                if (missing.Count == 0) return null;
                if (tries > Tries)
                {
                    return $"{origin.UrlOf(missing[0])} is damaged: its checksum differs from the server's. " +
                        "Upload it there again, then start again";
                }

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

        string PathOf(DataFile file) => manifest.IsFolder ? $"{destination}/{file.Path}" : destination;
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

        // One thread at a time asks for the next piece, when a reader is free. So only a few files are open.
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
        if (needed <= free) return null;
        return $"the data has {needed / 1e9:0.0} GB to fetch, and the disk of {folder} has {free / 1e9:0.0} GB free: " +
            "free space there, or put copies on another disk (TENFOLD_HOME on this machine, `scratch` of a cluster's target)";
    }

    private static bool IsComplete(string path, long sizeBytes) => new FileInfo(path) is { Exists: true } file && file.Length == sizeBytes;

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
