using Microsoft.AspNetCore.Http;
using Tenfold.Core.Platform;

namespace Tenfold.Gateway.Forwarding;

/// <summary>
/// Takes the body of a model's reply. A short body of known length is held back until the request is recorded. A longer body, and a body
/// of unknown length such as server-sent events, is passed on as it comes; then only its end waits until the request is recorded.
/// </summary>
/// <param name="response">The reply to the client; null for a shadow call, whose reply only the log sees.</param>
/// <param name="client">The body of that reply.</param>
/// <param name="holdsAll">True to hold back any body, because it will be translated.</param>
/// <param name="deadline">The call's time limit.</param>
internal sealed class ReplyBody(HttpResponse? response, Stream client, bool holdsAll, CallDeadline deadline) : WriteOnlyStream
{
    /// <summary>The longest body that is held back.</summary>
    public const int MostHeldBytes = 1 << 20;

    /// <summary>The longest beginning of a body that is passed on which the log keeps.</summary>
    public const int MostLoggedBytes = 6 << 20;

    /// <summary>The longest body that can be translated.</summary>
    public const int MostTranslatedBytes = 64 << 20;

    private byte[] _kept = [];
    private int _keptLength;
    private byte[]? _last;

    /// <summary>True once a part of the body was sent to the client.</summary>
    public bool IsPassedOn { get; private set; }

    /// <summary>True when a body of unknown length is passed on as it comes.</summary>
    public bool MayPassOn => !holdsAll && response is not null;

    /// <summary>The length of the body so far.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>The body, or its beginning when <see cref="IsCut"/>.</summary>
    public ReadOnlyMemory<byte> Kept => _kept.AsMemory(0, _keptLength);

    /// <summary>True when only the beginning of the body is kept.</summary>
    public bool IsCut => SizeBytes > _keptLength;

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return;
        SizeBytes += buffer.Length;
        var isHeld = holdsAll || response is null || (!IsPassedOn && response.ContentLength is { } length && length <= MostHeldBytes);
        if (isHeld)
        {
            if (SizeBytes > (holdsAll ? MostTranslatedBytes : MostLoggedBytes) && response is not null)
                throw new IOException("the reply is too long to be translated");
            Keep(buffer.Span, response is null ? MostLoggedBytes : MostTranslatedBytes);
            return;
        }

        Keep(buffer.Span, MostLoggedBytes);
        IsPassedOn = true;
        if (response!.ContentLength is null)
        {
            await client.WriteAsync(buffer, cancellationToken);
            deadline.ExtendForStream();
            return;
        }

        // With a Content-Length, the client has the whole reply with its last byte. So the last part waits for the record.
        if (_last is not null) await client.WriteAsync(_last, cancellationToken);
        _last = buffer.ToArray();
    }

    /// <summary>Sends what is held back: the request is recorded.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (_last is not null) await client.WriteAsync(_last, cancellationToken);
        else if (!IsPassedOn && _keptLength > 0) await client.WriteAsync(Kept, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Keep(ReadOnlySpan<byte> bytes, int most)
    {
        var take = Math.Min(bytes.Length, most - _keptLength);
        if (take <= 0) return;
        if (_keptLength + take > _kept.Length) Array.Resize(ref _kept, Math.Min(most, Math.Max(_keptLength + take, _kept.Length * 2)));
        bytes[..take].CopyTo(_kept.AsSpan(_keptLength));
        _keptLength += take;
    }
}
