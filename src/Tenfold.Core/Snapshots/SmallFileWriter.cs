using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Threading.Channels;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// Writes an archive's small files on several threads: to create a file takes longer than to read its content from the archive.
/// </summary>
/// <param name="withHashes">True to compute the SHA-256 of each file.</param>
internal sealed class SmallFileWriter(bool withHashes) : IAsyncDisposable
{
    /// <summary>The largest file that this writer takes.</summary>
    public const int MaxBytes = 1 << 18;

    private const int Waiting = 32, MaxThreads = 4;
    private const UnixFileMode Plain = (UnixFileMode)0x1B6, Program = (UnixFileMode)0x1FF; // 666, 777, less the umask

    private readonly Channel<SmallFile> _files = Channel.CreateBounded<SmallFile>(Waiting);
    private readonly Dictionary<string, string> _hashes = [];
    private readonly Lock _gate = new();
    private Task[]? _threads;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Creates a file that does not exist. Nobody else knows it, so it isn't locked.</summary>
    public static FileStream Create(string path, bool executable) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        UnixCreateMode = executable ? Program : Plain,
    });

    /// <summary>Takes a file to be written later.</summary>
    /// <exception cref="IOException">An earlier file could not be written.</exception>
    public async ValueTask AddAsync(SmallFile file, CancellationToken cancellationToken)
    {
        _failure?.Throw();
        _threads ??= [.. Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, MaxThreads)).Select(_ => Task.Run(WriteAllAsync))];
        await _files.Writer.WriteAsync(file, cancellationToken);
    }

    /// <summary>Waits until all files are written.</summary>
    /// <returns>The SHA-256 of each file by its path, unless they are not wanted.</returns>
    /// <exception cref="IOException">A file could not be written.</exception>
    public async Task<IReadOnlyDictionary<string, string>> FinishAsync()
    {
        await DisposeAsync();
        _failure?.Throw();
        return _hashes;
    }

    /// <summary>Ends the threads. Files that were taken are written.</summary>
    public async ValueTask DisposeAsync()
    {
        _files.Writer.TryComplete();
        await Task.WhenAll(_threads ?? []);
    }

    private async Task WriteAllAsync()
    {
        await foreach (var file in _files.Reader.ReadAllAsync())
        {
            try
            {
                // After a failure, files are still taken, so that nobody waits for room.
                if (_failure is null) Write(file);
            }
            catch (Exception e)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(file.Buffer);
            }
        }
    }

    private void Write(SmallFile file)
    {
        var content = file.Buffer.AsSpan(0, file.Length);
        using (var stream = Create($"{file.Folder}/{file.Path}", file.Executable))
        {
            stream.Write(content);
            if (file.ChangedAt is { } time) File.SetLastWriteTimeUtc(stream.SafeFileHandle, time);
        }

        if (!withHashes) return;
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        lock (_gate) _hashes.Add(file.Path, sha256);
    }
}

/// <summary>A small file of an archive.</summary>
/// <param name="Folder">The archive's folder.</param>
/// <param name="Path">Relative to it. The folder above the file exists.</param>
/// <param name="Buffer">Rented from the shared pool, to which the writer returns it.</param>
/// <param name="Length">How many bytes of the buffer are the file's content.</param>
/// <param name="Executable">True when its owner may execute it.</param>
/// <param name="ChangedAt">The time of change that it gets; null for now.</param>
internal sealed record SmallFile(string Folder, string Path, byte[] Buffer, int Length, bool Executable, DateTime? ChangedAt);
