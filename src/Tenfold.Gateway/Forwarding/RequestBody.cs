using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tenfold.Core.Platform;

namespace Tenfold.Gateway.Forwarding;

/// <summary>Reads the whole body of a client's request: it is checked, logged, and perhaps sent again to a shadow.</summary>
internal static class RequestBody
{
    /// <summary>How long a body may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>What is longer is not read, checked or translated on a thread that waits for sockets.</summary>
    public const int MostInlineBytes = 64 << 10;

    /// <summary>Reads the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mostBytes">The longest allowed body.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancelled when the client is gone.</param>
    public static async ValueTask<BodyRead> ReadAsync(
        HttpRequest request, long mostBytes, TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.ContentLength > mostBytes) return BodyRead.Failed(StatusCodes.Status413PayloadTooLarge, TooLong(mostBytes));
        try
        {
            // Nearly every body is short and came with its headers.
            if (request.BodyReader.TryRead(out var first))
            {
                if (first.IsCompleted && first.Buffer.Length <= MostInlineBytes) return Take(request.BodyReader, first, mostBytes);
                request.BodyReader.AdvanceTo(first.Buffer.Start);
            }

            using var deadline = new Deadline(Limit, time, cancellationToken);
            var body = await ReadPartsAsync(request.BodyReader, mostBytes, deadline.Token);
            if (body.Body.Length > MostInlineBytes) await Task.Yield();
            return body;
        }
        catch (BadHttpRequestException e)
        {
            return BodyRead.Failed(e.StatusCode, e.StatusCode == 408 ? Slow : "the request's body is not valid HTTP");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return BodyRead.Failed(StatusCodes.Status408RequestTimeout, Slow);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return BodyRead.ClientGone;
        }
    }

    private const string Slow = "the request's body came too slowly";

    private static string TooLong(long mostBytes) => $"the request's body is longer than {mostBytes} bytes";

    private static BodyRead Take(PipeReader reader, ReadResult read, long mostBytes)
    {
        var result = read.Buffer.Length > mostBytes
            ? BodyRead.Failed(StatusCodes.Status413PayloadTooLarge, TooLong(mostBytes))
            : new BodyRead(read.Buffer.ToArray(), 0, null);
        reader.AdvanceTo(read.Buffer.End);
        return result;
    }

    // The memory grows with what arrives, not with what the client announces.
    private static async Task<BodyRead> ReadPartsAsync(PipeReader reader, long mostBytes, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var isTooLong = body.WrittenCount + read.Buffer.Length > mostBytes;
            if (!isTooLong)
                foreach (var part in read.Buffer) body.Write(part.Span);
            reader.AdvanceTo(read.Buffer.End);
            if (isTooLong) return BodyRead.Failed(StatusCodes.Status413PayloadTooLarge, TooLong(mostBytes));
            if (read.IsCompleted) return new BodyRead(body.WrittenMemory, 0, null);
        }
    }
}

/// <summary>What reading a body gave.</summary>
/// <param name="Body">The body.</param>
/// <param name="Status">The status of the refusal; 0 when the body was read; 499 when the client is gone.</param>
/// <param name="Message">Why it was refused; null when it was not.</param>
internal readonly record struct BodyRead(ReadOnlyMemory<byte> Body, int Status, string? Message)
{
    /// <summary>The client closed the connection.</summary>
    public static BodyRead ClientGone { get; } = new(default, 499, null);

    /// <summary>The body was refused.</summary>
    public static BodyRead Failed(int status, string message) => new(default, status, message);
}
