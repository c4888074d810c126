using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Commands;
using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Delivery;

/// <summary>This very program as a folder that needs no .NET, brought to other machines: once for each version, which its content names.</summary>
/// <param name="program">The folder that the program was published to.</param>
/// <param name="index">Where hashes of unchanged files are remembered.</param>
/// <param name="time">The clock.</param>
public sealed class AgentBundle(string program, string index, TimeProvider time) : IAgentBundle
{
    /// <summary>The folder of versions, in a shared folder as in a store.</summary>
    public const string Folder = "agents";

    private const string Executable = "tenfold";
    private const int IdLength = 16;
    private readonly ContentHash _hash = new(index, time);

    /// <summary>
    /// How long a link to the program in a store is good for at most: the longest that S3 gives, since a job may wait for days. With credentials that end
    /// earlier (of a role, SSO or STS: 1-12 h as a rule) the link ends with them.
    /// </summary>
    public TimeSpan LinkLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <inheritdoc/>
    /// <exception cref="TargetException">The folder can't be written, or this program needs .NET beside it.</exception>
    public Task<AgentLaunch> InFolderAsync(string folder, CancellationToken cancellationToken)
    {
        var place = PlaceIn(folder, cancellationToken);
        var temporary = $"{place}.{Guid.NewGuid():N}.tmp";
        try
        {
            if (Directory.Exists(place))
            {
                // Cleaning up counts from the last use. In another's folder that can't always be noted, which is no reason not to use it.
                _ = Posix.Touch(place);
            }
            else
            {
                TeamFolder.Create(temporary);
                var isTeams = TeamFolder.Is(temporary);
                foreach (var (path, relative) in Files())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    TeamFolder.Create(Path.GetDirectoryName($"{temporary}/{relative}")!);
                    File.Copy(path, $"{temporary}/{relative}");
                    if (isTeams) TeamFolder.LetRead($"{temporary}/{relative}");
                }

                // Of several who bring it at once, the first one's stays.
                var error = Posix.Rename(temporary, place);
                if (error is not (0 or Posix.Enotempty or Posix.Eexist)) throw new IOException(Posix.Describe(error));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"the agent could not be brought to {place}: {e.Message.TrimEnd('.')}. Free space or give write permission there, or name another shared folder", e);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }

        return Task.FromResult(LaunchAt(place));
    }

    /// <inheritdoc/>
    /// <exception cref="TargetException">This program needs .NET beside it.</exception>
    public AgentLaunch LaunchOf(string folder, CancellationToken cancellationToken) => LaunchAt(PlaceIn(folder, cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="StoreException">The store can't be reached.</exception>
    /// <exception cref="TargetException">The store gives no links, or this program needs .NET beside it.</exception>
    public async Task<AgentLaunch> InStoreAsync(IStore store, CancellationToken cancellationToken)
    {
        var id = Version(cancellationToken);
        var archive = await NotedAsync(store, id, cancellationToken);
        if (archive is null)
        {
            archive = await PackAsync(id, store, cancellationToken);
            await store.WriteAsync(NoteOf(id), JsonSerializer.SerializeToUtf8Bytes(archive, BundleJson.Default.AgentArchive), cancellationToken);
        }

        var source = store switch
        {
            FolderStore folder => $"{folder.Url}/{archive.Key}",
            IStoreLinks links => links.LinkTo(archive.Key, LinkLifetime).AbsoluteUri,
            _ => throw new TargetException($"the store {store.Url} gives no links over which machines could fetch the agent: name a folder that they share"),
        };
        return new AgentLaunch(Bootstrap.Fetch(id, source, archive.Sha256, store.Url), Bootstrap.Variable);
    }

    /// <inheritdoc/>
    /// <exception cref="StoreException">The store can't be reached.</exception>
    /// <exception cref="TargetException">This program needs .NET beside it.</exception>
    public async Task<AgentLaunch> LaunchOfAsync(IStore store, CancellationToken cancellationToken)
    {
        var id = Version(cancellationToken);
        var archive = await NotedAsync(store, id, cancellationToken) ?? await PackAsync(id, null, cancellationToken);
        return new AgentLaunch(Bootstrap.Fetch(id, $"{store.Url}/{archive.Key}", archive.Sha256, store.Url), Bootstrap.Variable);
    }

    // The note is written after the archive that it names: where it is, the archive is.
    private static async Task<AgentArchive?> NotedAsync(IStore store, string id, CancellationToken cancellationToken) =>
        await store.ReadAsync(NoteOf(id), cancellationToken) is { } json ? JsonSerializer.Deserialize(json, BundleJson.Default.AgentArchive) : null;

    private static string NoteOf(string id) => $"{Folder}/{id}/archive.json";

    private string PlaceIn(string folder, CancellationToken cancellationToken) =>
        $"{Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))}/{Folder}/{Version(cancellationToken)}";

    private static AgentLaunch LaunchAt(string place) => new(Bootstrap.AwaitShared($"{place}/{Executable}"), ShellWord($"{place}/{Executable}"));

    // Into the store; without one, only to know what it would be.
    private async Task<AgentArchive> PackAsync(string id, IStore? store, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"tenfold-agent-{Guid.NewGuid():N}.tar.gz");
        try
        {
            string sha256;
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                await using (var zip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
                await using (var tar = new TarWriter(zip, TarEntryFormat.Ustar))
                    foreach (var (source, relative) in Files())
                    {
                        // Only what the files are, nothing of who made them and when.
                        await using var content = File.OpenRead(source);
                        var entry = new UstarTarEntry(TarEntryType.RegularFile, relative) { DataStream = content, Mode = File.GetUnixFileMode(source), ModificationTime = DateTimeOffset.UnixEpoch };
                        await tar.WriteEntryAsync(entry, cancellationToken);
                    }

                file.Position = 0;
                sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
            }

            var archive = new AgentArchive($"{Folder}/{id}/{sha256}.tar.gz", sha256);
            if (store is not null) await store.PutFileAsync(archive.Key, path, move: false, cancellationToken);
            return archive;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The name of this version: the start of its content's SHA-256.</summary>
    /// <exception cref="TargetException">This program needs .NET beside it, or can't be read.</exception>
    public string Version(CancellationToken cancellationToken)
    {
        if (!File.Exists($"{program}/libcoreclr.so") || !File.Exists($"{program}/{Executable}"))
            throw new TargetException($"the program in {program} needs .NET beside it, which other machines may not have: build it with ./build, and start that one");
        return _hash.Compute(program, cancellationToken).Match(
            hashed => hashed.Sha256[..IdLength],
            refused => throw new TargetException($"the program in {program} can't be read: {string.Join("; ", refused.Faults.Select(fault => fault.Message))}"));
    }

    // Without what only those who debug it need, and the samples.
    private IEnumerable<(string Path, string Relative)> Files() =>
        Directory.EnumerateFiles(program, "*", SearchOption.AllDirectories).Select(path => (path, Path.GetRelativePath(program, path)))
            .Where(file => !file.Item2.EndsWith(".pdb", StringComparison.Ordinal) && !file.Item2.StartsWith("samples/", StringComparison.Ordinal))
            .OrderBy(file => file.Item2, StringComparer.Ordinal);

    private static string ShellWord(string text) => ShellQuoting.Quote(text, ShellContext.Plain, glued: false)!;
}

/// <summary>The archive of a version in a store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Sha256">SHA-256 of it, lower hexadecimal.</param>
internal sealed record AgentArchive(string Key, string Sha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AgentArchive))]
internal sealed partial class BundleJson : JsonSerializerContext;
