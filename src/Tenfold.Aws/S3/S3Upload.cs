using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Uploads a file, in parts when it is large.</summary>
internal sealed class S3Upload(S3Calls calls, string fullKey, string path)
{
    private const int MaxParts = 10_000, MiB = 1 << 20;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var facts = Facts.Of(file);
            if (facts.SizeBytes <= 2L * calls.Options.PartBytes) await UploadSmallAsync(file, facts, cancellationToken);
            else await UploadLargeAsync(file, facts, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} can't be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    private async Task UploadSmallAsync(SafeFileHandle file, Facts facts, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)facts.SizeBytes);
        try
        {
            var content = buffer.AsMemory(0, (int)facts.SizeBytes);
            await ReadAsync(file, content, 0, cancellationToken);
            ThrowIfChanged(file, facts);
            await new S3Body(content).PutAsync(calls, fullKey, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task UploadLargeAsync(SafeFileHandle file, Facts facts, CancellationToken cancellationToken)
    {
        var partBytes = PartBytes(facts.SizeBytes, calls.Options.PartBytes);
        for (var round = 0; ; round++)
        {
            // Only the first round resumes an upload. Otherwise, two processes that send to one key could abort each other's upload
            // forever.
            var upload = round == 0
                ? await S3MultipartUpload.RestoreAsync(calls, fullKey, facts.SizeBytes, partBytes, cancellationToken)
                : await S3MultipartUpload.BeginAsync(calls, fullKey, facts.SizeBytes, partBytes, cancellationToken);
            try
            {
                await Parallel.ForEachAsync(
                    Enumerable.Range(1, upload.Parts),
                    new ParallelOptions { MaxDegreeOfParallelism = calls.Options.Parallel, CancellationToken = cancellationToken },
                    (number, token) => UploadPartAsync(file, upload, number, token));
                if (Facts.Of(file) != facts)
                {
                    await S3Leftovers.AbortAsync(calls, fullKey, upload.Id, cancellationToken);
                    ThrowIfChanged(file, facts);
                }
                await upload.CompleteAsync(cancellationToken);
                return;
            }
            catch (UploadGoneException) when (round < 3)
            {
                // Another process aborted the upload or completed one for this key. The next round starts a new upload.
            }
            catch (UploadGoneException e)
            {
                throw new StoreException($"s3://{calls.Location.Bucket}/{fullKey}: another process aborted the upload several times. " +
                    "Check whether a lifecycle rule of the bucket, or another program, aborts uploads", e);
            }
        }
    }

    private async ValueTask UploadPartAsync(SafeFileHandle file, S3MultipartUpload upload, int number, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(upload.LengthOf(number));
        try
        {
            var content = buffer.AsMemory(0, upload.LengthOf(number));
            await ReadAsync(file, content, upload.OffsetOf(number), cancellationToken);
            await upload.SendAsync(number, new S3Body(content), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The part size for a file in bytes: the setting, or larger to stay within S3's limit on the number of parts.</summary>
    internal static int PartBytes(long sizeBytes, int usual)
    {
        var needed = (sizeBytes + MaxParts - 1) / MaxParts;
        return needed <= usual ? usual : checked((int)((needed + MiB - 1) / MiB * MiB));
    }

    private async Task ReadAsync(SafeFileHandle file, Memory<byte> into, long offset, CancellationToken cancellationToken)
    {
        while (!into.IsEmpty)
        {
            var read = await RandomAccess.ReadAsync(file, into, offset, cancellationToken);
            if (read == 0) throw Changed();
            into = into[read..];
            offset += read;
        }
    }

    private void ThrowIfChanged(SafeFileHandle file, Facts facts)
    {
        if (Facts.Of(file) != facts) throw Changed();
    }

    private StoreException Changed() => new($"{path} was changed while it was sent: nothing was stored. Send it again once it is complete");

    private readonly record struct Facts(long SizeBytes, DateTime ModifiedAt)
    {
        public static Facts Of(SafeFileHandle file) => new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
    }
}
