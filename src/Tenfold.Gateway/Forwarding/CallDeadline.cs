namespace Tenfold.Gateway.Forwarding;

/// <summary>
/// The time limit of a call to a model. It counts from the beginning, whatever bytes come. Only a stream extends it with each part that is
/// passed on, up to the limit of a whole stream.
/// </summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly TimeSpan _limit;
    private readonly TimeSpan _streamLimit;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _client;

    /// <summary>Starts the clock.</summary>
    /// <param name="limit">The limit of a call, and of the pause between two parts of a stream.</param>
    /// <param name="streamLimit">The limit of a whole stream.</param>
    /// <param name="time">The clock.</param>
    /// <param name="client">Cancelled when the client is gone.</param>
    public CallDeadline(TimeSpan limit, TimeSpan streamLimit, TimeProvider time, CancellationToken client)
    {
        (_limit, _streamLimit, _time, _started) = (limit, streamLimit, time, time.GetTimestamp());
        _timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), _source, limit, Timeout.InfiniteTimeSpan);
        _client = client.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    /// <summary>Cancelled when the time is over or the client is gone.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Gives a stream the time for its next part.</summary>
    public void ExtendForStream()
    {
        var left = _streamLimit - _time.GetElapsedTime(_started);
        _timer.Change(left < TimeSpan.Zero ? TimeSpan.Zero : left < _limit ? left : _limit, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _timer.Dispose();
        _source.Dispose();
    }
}
