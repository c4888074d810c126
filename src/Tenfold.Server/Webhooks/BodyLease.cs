using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Tenfold.Server.Webhooks;

/// <summary>The body of a request in memory, while its share of the budget is taken.</summary>
/// <param name="budget">The budget.</param>
internal sealed class BodyLease(BodyBudget budget) : IDisposable
{
    private const int PartBytes = 64 << 10;

    private long _taken;

    /// <summary>Reads the body. What has not arrived takes nothing: its announced length may be anybody's invention.</summary>
    /// <returns>The body; null when the budget is spent.</returns>
    /// <exception cref="BadHttpRequestException">The body is longer than the server accepts, or was not sent to its end.</exception>
    public async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var parts = new List<byte[]>();
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                // Twice, since the body is put together from its parts.
                if (!budget.TryTake(2L * read)) return null;
                _taken += 2L * read;
                parts.Add(buffer[..read]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var whole = new byte[_taken / 2];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(whole, at);
            at += part.Length;
        }

        return whole;
    }

    /// <inheritdoc/>
    public void Dispose() => budget.Return(Interlocked.Exchange(ref _taken, 0));
}
