namespace Tenfold.Gateway.Forwarding;

/// <summary>
/// The time limit of a call to a model. It counts from the beginning, whatever bytes come. Only a stream extends it with each part that is
/// passed on, up to the limit of a whole stream.
/// </summary>
internal sealed class CallDeadline : IDisposable
{
    // It is not disposed of: without a timer and a wait handle it holds nothing, and the clock may still cancel it.
    private readonly CancellationTokenSource _source = new();
    private readonly DeadlineClock _clock;
    private readonly TimeSpan _limit;
    private readonly TimeSpan _streamLimit;
    private readonly long _started;
    private readonly CancellationTokenRegistration _client;
    private long _dueAfterTicks;

    /// <summary>Starts the clock.</summary>
    /// <param name="limit">The limit of a call, and of the pause between two parts of a stream.</param>
    /// <param name="streamLimit">The limit of a whole stream.</param>
    /// <param name="clock">Cancels it.</param>
    /// <param name="client">Cancelled when the client is gone.</param>
    public CallDeadline(TimeSpan limit, TimeSpan streamLimit, DeadlineClock clock, CancellationToken client)
    {
        (_limit, _streamLimit, _clock, _started) = (limit, streamLimit, clock, clock.Time.GetTimestamp());
        _dueAfterTicks = limit.Ticks;
        _client = client.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        clock.Add(this);
    }

    /// <summary>Cancelled when the time is over or the client is gone.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The neighbours in the clock's list, which only the clock uses.</summary>
    internal CallDeadline? Next { get; set; }

    /// <inheritdoc cref="Next"/>
    internal CallDeadline? Previous { get; set; }

    /// <summary>True once the time is over.</summary>
    internal bool IsOver => _clock.Time.GetElapsedTime(_started).Ticks >= Volatile.Read(ref _dueAfterTicks);

    /// <summary>Gives a stream the time for its next part.</summary>
    public void ExtendForStream()
    {
        var due = _clock.Time.GetElapsedTime(_started) + _limit;
        Volatile.Write(ref _dueAfterTicks, (due < _streamLimit ? due : _streamLimit).Ticks);
    }

    /// <summary>Ends the call's token.</summary>
    internal void Cancel() => _source.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _clock.Remove(this);
    }
}
