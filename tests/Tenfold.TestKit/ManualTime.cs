namespace Tenfold.TestKit;

/// <summary>A clock whose timers fire only when the test says so.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];

    /// <summary>How many timers are waiting.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _timers.Count;
        }
    }

    /// <summary>Fires all waiting timers.</summary>
    public void Fire()
    {
        List<Timer> timers;
        lock (_gate)
        {
            timers = [.. _timers];
            _timers.Clear();
        }

        foreach (var timer in timers) timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private void Set(Timer timer, bool waits)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (waits) _timers.Add(timer);
        }
    }

    private sealed class Timer(ManualTime time, Action fire) : ITimer
    {
        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Set(this, dueTime != Timeout.InfiniteTimeSpan);
            return true;
        }

        public void Dispose() => time.Set(this, waits: false);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
