namespace Tenfold.Gateway.Forwarding;

/// <summary>
/// Ends the calls of models whose time is over, up to 50 ms late. One timer serves all calls, because a timer for each call costs more
/// than anything else that a call needs besides its bytes. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class DeadlineClock(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly Lock _gate = new();
    private CallDeadline? _first;
    private ITimer? _timer;
    private bool _isTicking;

    /// <summary>The time.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Watches a call.</summary>
    public void Add(CallDeadline deadline)
    {
        lock (_gate)
        {
            deadline.Next = _first;
            if (_first is not null) _first.Previous = deadline;
            _first = deadline;
            if (_isTicking) return;
            _isTicking = true;
            _timer ??= Time.CreateTimer(
                static clock => ((DeadlineClock)clock!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Pause, Pause);
        }
    }

    /// <summary>Forgets a call that has ended.</summary>
    public void Remove(CallDeadline deadline)
    {
        lock (_gate)
        {
            if (deadline.Previous is { } previous) previous.Next = deadline.Next;
            else if (_first == deadline) _first = deadline.Next;
            if (deadline.Next is { } next) next.Previous = deadline.Previous;
            (deadline.Previous, deadline.Next) = (null, null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Tick()
    {
        List<CallDeadline>? over = null;
        lock (_gate)
        {
            // An idle gateway has no timer.
            if (_first is null)
            {
                _isTicking = false;
                _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }

            for (var deadline = _first; deadline is not null; deadline = deadline.Next)
                if (deadline.IsOver) (over ??= []).Add(deadline);
        }

        // What waits for the token goes on in this call, so it must not run under the lock. A call that has just ended is not harmed.
        foreach (var deadline in over ?? []) deadline.Cancel();
    }
}
