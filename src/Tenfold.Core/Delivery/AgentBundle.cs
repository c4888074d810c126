using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Tenfold.Core.Commands;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Delivery;

/// <summary>This program as a self-contained folder, copied to other machines once for each version. A version is named by the SHA-256 of
/// its content.</summary>
/// <param name="program">The folder that the program was published to.</param>
/// <param name="index">The folder that caches the hashes of unchanged files.</param>
/// <param name="time">The clock.</param>
public sealed class AgentBundle(string program, string index, TimeProvider time) : IAgentBundle, IAgentArchives
{
    /// <summary>The folder of versions, in a shared folder and in a store.</summary>
    public const string Folder = "agents";

    private const string Executable = "tenfold";
    private const int IdLength = 16;

    private const UnixFileMode Plain =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode Program = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly ContentHasher _hash = new(index, time);
    private IReadOnlyList<ProgramParts>? _parts;

    /// <summary>
    /// How long a link to the program in a store is valid at most; default 7 days, the longest that S3 gives, since a job may wait for
    /// days. The link also ends when the credentials that signed it expire: those of a role, SSO or STS usually last 1 to 12 hours.
    /// </summary>
    public TimeSpan LinkLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Names of the program's libraries that an agent never loads, so that other machines don't get them; default: none.</summary>
    public IReadOnlyCollection<string> LeftOut { get; init; } = [];

    /// <summary>The programs of the folder that are delivered; default: only <c>tenfold</c>.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [Executable];

    /// <summary>
    /// The folder of archives in a store. Garbage collection removes old archives from <see cref="Folder"/>, the default, and from no other
    /// folder.
    /// </summary>
    public string StoreFolder { get; init; } = Folder;

    /// <inheritdoc/>
    /// <remarks>
    /// Where other users may write, a program could be exchanged before it is executed. There the agent is an archive, of which each
    /// machine makes a private copy, with the digest that the job brings.
    /// </remarks>
    public Task<Outcome<AgentLaunch>> PutInFolderAsync(string folder, CancellationToken cancellationToken) =>
        SharedWriting.IsPossible(folder) ? PutInSharedFolderAsync(folder, cancellationToken)
            : Task.FromResult(PutInFolder(folder, cancellationToken));

    private async Task<Outcome<AgentLaunch>> PutInSharedFolderAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            var launch = await PutInStoreAsync(new FolderStore(folder), cancellationToken);
            if (Version(cancellationToken).Succeeded(out var id, out _)) _ = Posix.Touch($"{folder}/{StoreFolder}/{id}");
            return launch;
        }
        catch (StoreException e)
        {
            return Refusal.CannotWrite(
                $"the agent could not be copied to {folder}: {e.Message.TrimEnd('.')}. " +
                "Free space or give write permission there, or name another shared folder");
        }
    }

    private Outcome<AgentLaunch> PutInFolder(string folder, CancellationToken cancellationToken)
    {
        if (!VersionFolder(folder, cancellationToken).Succeeded(out var version, out var refusal)) return refusal;
        var temporary = $"{version}.{Guid.NewGuid():N}.tmp";
        try
        {
            if (Directory.Exists(version))
            {
                // `tenfold gc` removes versions that nothing has touched for days. In another user's folder this may fail, without harm.
                _ = Posix.Touch(version);
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

                // Of several processes that copy at once, the first one wins.
                var error = Posix.Rename(temporary, version);
                if (error is not (0 or Posix.Enotempty or Posix.Eexist)) throw new IOException(Posix.Describe(error));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refusal.CannotWrite(
                $"the agent could not be copied to {version}: {e.Message.TrimEnd('.')}. " +
                "Free space or give write permission there, or name another shared folder");
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }

        return LaunchAt(version);
    }

    /// <inheritdoc/>
    public async Task<Outcome<AgentLaunch>> LaunchOfAsync(string folder, CancellationToken cancellationToken) =>
        SharedWriting.IsPossible(folder) ? await ReadLaunchAsync(new FolderStore(folder), cancellationToken)
            : VersionFolder(folder, cancellationToken).Match<Outcome<AgentLaunch>>(version => LaunchAt(version), refusal => refusal);

    /// <inheritdoc/>
    public async Task<Outcome<AgentLaunch>> PutInStoreAsync(IStore store, CancellationToken cancellationToken)
    {
        if (store is not (FolderStore or IStoreLinks))
            return Refusal.BadInput(
                $"the store {store.Url} has no links through which machines could fetch the agent: name a folder that they share");
        if (!(await UploadAsync(store, cancellationToken)).Succeeded(out var archive, out var refusal)) return refusal;
        var source = store is IStoreLinks links
            ? links.LinkTo(archive.Key, LinkLifetime).AbsoluteUri : $"{store.Url}/{archive.Key}";
        return new AgentLaunch(Bootstrap.Fetch(archive.Version, source, archive.Sha256, store.Url), Bootstrap.Variable);
    }

    /// <inheritdoc/>
    public async Task<Outcome<AgentArchive>> UploadAsync(IStore store, CancellationToken cancellationToken)
    {
        if (!Version(cancellationToken).Succeeded(out var id, out var refusal)) return refusal;
        // What a job executes has the digest that is computed here, never one that is read from the store: others may write there.
        if (ReadDigest(id) is { } known && await store.ExistsAsync(known.Key, cancellationToken)) return known;
        return await PackAsync(id, store, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Outcome<AgentArchive>> ArchiveOfAsync(IStore store, CancellationToken cancellationToken)
    {
        if (!Version(cancellationToken).Succeeded(out var id, out var refusal)) return refusal;
        return ReadDigest(id) ?? await PackAsync(id, null, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Outcome<AgentLaunch>> ReadLaunchAsync(IStore store, CancellationToken cancellationToken)
    {
        if (!(await ArchiveOfAsync(store, cancellationToken)).Succeeded(out var archive, out var refusal)) return refusal;
        var preamble = Bootstrap.Fetch(archive.Version, $"{store.Url}/{archive.Key}", archive.Sha256, store.Url);
        return new AgentLaunch(preamble, Bootstrap.Variable);
    }

    // Packing takes a second, and gives the same archive each time. So this machine keeps the digest, in its user's own folder.
    private string DigestFile(string id) => Path.Combine(index, $"archive-{StoreFolder.Replace('/', '-')}-{id}");

    private AgentArchive? ReadDigest(string id)
    {
        try
        {
            return File.Exists(DigestFile(id)) && File.ReadAllText(DigestFile(id)) is var text && Digest.IsSha256(text)
                ? ArchiveOf(id, text) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void KeepDigest(string id, string sha256)
    {
        var temporary = $"{DigestFile(id)}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(index);
            File.WriteAllText(temporary, sha256);
            File.Move(temporary, DigestFile(id), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next upload packs the program again.
        }
    }

    private AgentArchive ArchiveOf(string id, string sha256) => new($"{StoreFolder}/{id}/{sha256}.tar.gz", sha256);

    private Outcome<string> VersionFolder(string folder, CancellationToken cancellationToken) =>
        Version(cancellationToken).Match<Outcome<string>>(
            id => $"{Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))}/{Folder}/{id}", refusal => refusal);

    private static AgentLaunch LaunchAt(string version)
    {
        var executable = $"{version}/{Executable}";
        return new AgentLaunch(Bootstrap.AwaitShared(executable), ShellWord(executable));
    }

    // Makes the archive and uploads it to the store. Without a store it only computes the archive's key.
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
                        await using var content = File.OpenRead(source);
                        var entry = new UstarTarEntry(TarEntryType.RegularFile, relative)
                        {
                            DataStream = content,
                            Mode = File.GetUnixFileMode(source).HasFlag(UnixFileMode.UserExecute) ? Program : Plain,
                            // Equal files must give an equal archive, so their times and the installer's umask are left out.
                            ModificationTime = DateTimeOffset.UnixEpoch,
                        };
                        await tar.WriteEntryAsync(entry, cancellationToken);
                    }

                file.Position = 0;
                sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
            }

            var archive = ArchiveOf(id, sha256);
            if (store is not null && !await store.ExistsAsync(archive.Key, cancellationToken))
                await store.PutFileAsync(archive.Key, path, move: false, cancellationToken);
            KeepDigest(id, sha256);
            return archive;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>
    /// This version's id: the first 16 characters of the SHA-256 of its content; or a refusal: this program needs .NET beside it, or can't
    /// be read.
    /// </summary>
    public Outcome<string> Version(CancellationToken cancellationToken)
    {
        if (!File.Exists($"{program}/libcoreclr.so") || !File.Exists($"{program}/{Executable}"))
        {
            return Refusal.Unavailable(
                $"the program in {program} needs .NET beside it, which other machines may not have: " +
                "build it with ./build, and start that program");
        }

        return _hash.Compute(program, cancellationToken).Match<Outcome<string>>(
            hashed => hashed.Sha256[..IdLength],
            refused => Refusal.Unavailable(
                $"the program in {program} can't be read: {string.Join("; ", refused.Faults.Select(fault => fault.Message))}"));
    }

    // The program's files, without those that other machines don't need. .NET misses a library only when it is to be loaded.
    private IEnumerable<(string Path, string Relative)> Files()
    {
        var parts = _parts ??= [.. Programs.Select(name => new ProgramParts(program, name))];
        return Directory.EnumerateFiles(program, "*", SearchOption.AllDirectories)
            .Select(path => (Path: path, Relative: Path.GetRelativePath(program, path)))
            .Where(file => !file.Relative.EndsWith(".pdb", StringComparison.Ordinal))
            .Where(file => !file.Relative.StartsWith("samples/", StringComparison.Ordinal))
            .Where(file => !LeftOut.Contains(file.Relative))
            .Where(file => parts.Any(part => part.Contains(file.Relative)))
            .OrderBy(file => file.Relative, StringComparer.Ordinal);
    }

    private static string ShellWord(string text) => ShellQuoting.Quote(text, ShellContext.Plain, glued: false)!;
}
