using System.Security.Cryptography;
using Tenfold.Core.Store;

namespace Tenfold.Core.Data;

/// <summary>Downloads data from the store.</summary>
/// <param name="store">The store.</param>
public sealed class DataReader(IStore store)
{
    private const int AtOnce = 8, BufferBytes = 1 << 18;

    /// <summary>Fetches a channel's files, and checks each against its SHA-256.</summary>
    /// <param name="hash">The data's hash.</param>
    /// <param name="destination">The path of the file or folder to make. It must not exist, and appears complete or not at all.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <returns>What is wrong; null when the data is there.</returns>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    /// <exception cref="IOException">The path can't be written.</exception>
    public async Task<string?> FetchAsync(string hash, string destination, CancellationToken cancellationToken)
    {
        var (manifest, missing) = await ReadManifestAsync(hash, cancellationToken);
        if (manifest is null) return missing;
        if (manifest.Origin is { } origin) return $"{DataManifest.ManifestKey(hash)} in {store.Url} says that the data is at {origin}";
        var temporary = $"{destination}.{Guid.NewGuid():N}.tmp";
        string? fault = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
            var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(manifest.Files, options, async (file, token) =>
            {
                if (fault is null && !await FetchAsync(hash, file, manifest.IsFolder ? $"{temporary}/{file.Path}" : temporary, token))
                    fault = $"{DataManifest.FilesKey(hash)}{file.Path} in {store.Url} is missing or damaged: {StoreAgain(hash)}";
            });
            if (fault is not null) return fault;
            if (manifest.IsFolder) Directory.Move(temporary, destination);
            else File.Move(temporary, destination);
            return null;
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            File.Delete(temporary);
        }
    }

    /// <summary>Reads a channel's manifest.</summary>
    /// <param name="hash">The data's hash; the manifest is checked against it.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <returns>The manifest, or what is wrong with it.</returns>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    public async Task<(DataManifest? Manifest, string? Fault)> ReadManifestAsync(string hash, CancellationToken cancellationToken)
    {
        var key = DataManifest.ManifestKey(hash);
        if (await store.ReadAsync(key, cancellationToken) is not { } json) return (null, $"the store {store.Url} has no {key}");
        return DataManifest.FromJson(json) is { } manifest && manifest.ComputeHash() == hash
            ? (manifest, null)
            : (null, $"{key} in {store.Url} is damaged: {StoreAgain(hash)}");
    }

    private static string StoreAgain(string hash) => $"delete {DataManifest.Folder(hash)} there, then start again, which uploads the data";

    private async Task<bool> FetchAsync(string hash, DataFile file, string path, CancellationToken cancellationToken)
    {
        await using var source = await store.OpenReadAsync(DataManifest.FilesKey(hash) + file.Path, cancellationToken);
        if (source is null) return false;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        long size = 0;
        for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if ((size += read) > file.SizeBytes) return false;
            sum.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        // Several runs read the file, so no run may write to it.
        File.SetUnixFileMode(target.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return size == file.SizeBytes && Convert.ToHexStringLower(sum.GetHashAndReset()) == file.Sha256;
    }
}
