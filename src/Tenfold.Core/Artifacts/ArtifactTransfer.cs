using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Core.Artifacts;

/// <summary>A file of the manifest and its destination.</summary>
internal sealed record PlacedFile(ArtifactFile Artifact, string Target);

/// <summary>Downloads files one by one. Each is continued where an earlier fetch broke off, checked, and renamed.</summary>
internal sealed class ArtifactTransfer
{
    private const int BufferBytes = 1 << 18;
    private readonly IStoreReader _store;
    private readonly string _attemptId;
    private readonly IProgress<FetchProgress>? _progress;
    private readonly HashSet<string> _unchanged;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly int _filesTotal;
    private readonly long _bytesTotal;
    private int _filesDone;
    private long _bytesDone;

    public ArtifactTransfer(
        IStoreReader store, string attemptId, IProgress<FetchProgress>? progress, List<PlacedFile> files, IEnumerable<string> unchanged)
    {
        (_store, _attemptId, _progress, _unchanged, _filesTotal) = (store, attemptId, progress, [.. unchanged], files.Count);
        foreach (var file in files)
        {
            _bytesTotal += file.Artifact.SizeBytes;
            if (!IsUnchanged(file)) continue;
            _bytesDone += file.Artifact.SizeBytes;
            _filesDone++;
        }
    }

    public bool IsUnchanged(PlacedFile file) => _unchanged.Contains(file.Artifact.Path);

    // A later fetch continues the part, so its name follows from the file. File systems allow names of 255 bytes.
    private static string PartOf(PlacedFile file)
    {
        var ending = $".{file.Artifact.Sha256[..8]}.part";
        return Encoding.UTF8.GetByteCount(Path.GetFileName(file.Target)) + ending.Length <= 255
            ? file.Target + ending
            : Path.Combine(Path.GetDirectoryName(file.Target)!, $".{file.Artifact.Sha256[..32]}{ending}");
    }

    /// <summary>Fetches a file.</summary>
    /// <returns>False when the store's object is missing or not what was published.</returns>
    public async Task<bool> FetchAsync(PlacedFile file, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file.Target)!);
        var part = PartOf(file);
        var before = _bytesDone;
        var continued = Posix.Stat(part, follow: false, out var stat) == 0;
        // Only a plain file is continued, since a link could lead anywhere.
        if (continued && (stat.Kind != FileKind.File || stat.SizeBytes > file.Artifact.SizeBytes))
        {
            File.Delete(part);
            continued = false;
        }
        var good = await FillAsync(file.Artifact, part, cancellationToken);
        if (!good && continued)
        {
            // The part may have been damaged, so the file is fetched once more from the start.
            File.Delete(part);
            _bytesDone = before;
            good = await FillAsync(file.Artifact, part, cancellationToken);
        }
        if (!good)
        {
            File.Delete(part);
            _bytesDone = before;
            return false;
        }
        var error = Posix.Rename(part, file.Target);
        if (error != 0) throw DiskFault.Translate(error, file.Target, file.Target);
        MakeExecutable(file);
        _bytesDone = before + file.Artifact.SizeBytes;
        _filesDone++;
        Report(file.Artifact);
        return true;
    }

    /// <summary>Lets everybody who may read a program execute it.</summary>
    public static void MakeExecutable(PlacedFile file)
    {
        if (!file.Artifact.Executable) return;
        const UnixFileMode read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        var mode = File.GetUnixFileMode(file.Target);
        // Each right to execute is two bits below the right to read.
        var wanted = mode | (UnixFileMode)((int)(mode & read) >> 2);
        if (wanted != mode) File.SetUnixFileMode(file.Target, wanted);
    }

    /// <summary>Completes a part; true when it has the right SHA-256.</summary>
    private async Task<bool> FillAsync(ArtifactFile artifact, string part, CancellationToken cancellationToken)
    {
        await using var source = await _store.OpenReadAsync(ArtifactManifest.FilesKey(_attemptId) + artifact.Path, cancellationToken);
        if (source is null) return false;
        await using var target = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long there = 0;
        for (int read; (read = await target.ReadAsync(_buffer, cancellationToken)) > 0; there += read) hash.AppendData(_buffer, 0, read);
        await SkipAsync(source, there, cancellationToken);
        Report(artifact, there);
        while (there <= artifact.SizeBytes)
        {
            var read = await source.ReadAsync(_buffer, cancellationToken);
            if (read == 0) break;
            // A bigger object is wrong, and must not fill the disk.
            if (there + read > artifact.SizeBytes) return false;
            hash.AppendData(_buffer, 0, read);
            await target.WriteAsync(_buffer.AsMemory(0, read), cancellationToken);
            there += read;
            Report(artifact, read);
        }
        return there == artifact.SizeBytes && Convert.ToHexStringLower(hash.GetHashAndReset()) == artifact.Sha256;
    }

    private async Task SkipAsync(Stream source, long count, CancellationToken cancellationToken)
    {
        if (count == 0) return;
        if (source.CanSeek)
        {
            source.Seek(count, SeekOrigin.Begin);
            return;
        }
        while (count > 0)
        {
            var read = await source.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(count, _buffer.Length)), cancellationToken);
            if (read == 0) return;
            count -= read;
        }
    }

    private void Report(ArtifactFile artifact, long bytes = 0)
    {
        _bytesDone += bytes;
        _progress?.Report(new FetchProgress(_filesDone, _filesTotal, _bytesDone, _bytesTotal, artifact.Path));
    }
}
