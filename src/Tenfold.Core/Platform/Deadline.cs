namespace Tenfold.Core.Platform;

/// <summary>A cancellation token with a time limit that is measured by an injected clock.</summary>
/// <remarks>
/// <see cref="CancellationTokenSource.CreateLinkedTokenSource(CancellationToken)"/> has no overload that takes a clock, and
/// <c>CancelAfter</c> always uses the system's.
/// </remarks>
public sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _linked;

    /// <summary>Starts the clock.</summary>
    /// <param name="after">The time limit, counted from now.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the token before the limit.</param>
    public Deadline(TimeSpan after, TimeProvider time, CancellationToken cancellationToken)
    {
        _limit = new CancellationTokenSource(after, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, cancellationToken);
    }

    /// <summary>Cancelled when the limit has passed or the caller's token is cancelled.</summary>
    public CancellationToken Token => _linked.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _linked.Dispose();
        _limit.Dispose();
    }
}
