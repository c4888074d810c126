using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>How long a store that does not answer is waited for. One for all that an attempt asks of the store: when one part has given up, the
/// others try once. Safe for several threads at once.</summary>
/// <param name="limit">How long; zero gives up at once.</param>
/// <param name="time">The clock.</param>
/// <param name="say">Told once when the store fails, and once when it answers again; null for nobody.</param>
public sealed class StorePatience(TimeSpan limit, TimeProvider time, Action<string>? say = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250), LongestPause = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private TimeSpan _limit = limit;
    private long? _failingSince;
    private TimeSpan _pause = FirstPause;

    /// <summary>True once the store has failed for longer than the limit.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate) return _failingSince is { } since && time.GetElapsedTime(since) >= _limit;
        }
    }

    /// <summary>True for a failure that may pass: the store can't be reached, or is full. What it holds is not to blame.</summary>
    public bool MayPass(StoreException failure) => _limit > TimeSpan.Zero && !failure.IsDamaged;

    /// <summary>Counts from now on: a run has ended, and an outage that began long before must not leave its end without a wait.</summary>
    public void StartAnew()
    {
        lock (_gate)
            if (_failingSince is not null) _failingSince = time.GetTimestamp();
    }

    /// <summary>No longer than this from now on: the machine is being taken away.</summary>
    public void Hurry(TimeSpan atMost)
    {
        lock (_gate) _limit = atMost < _limit ? atMost : _limit;
        StartAnew();
    }

    /// <summary>Notes a failure.</summary>
    public void Failed(StoreException failure)
    {
        lock (_gate)
        {
            if (_failingSince is not null) return;
            (_failingSince, _pause) = (time.GetTimestamp(), FirstPause);
        }

        say?.Invoke($"{failure.Message.TrimEnd('.')}. Trying again");
    }

    /// <summary>Notes that the store answered.</summary>
    public void Answered()
    {
        lock (_gate)
        {
            if (_failingSince is null) return;
            _failingSince = null;
        }

        say?.Invoke("the store answers again");
    }

    /// <summary>Waits before the next try: longer from try to try.</summary>
    public Task PauseAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause;
        lock (_gate)
        {
            pause = _pause;
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }

        return Task.Delay(pause, time, cancellationToken);
    }

    /// <summary>Asks the store until it answers.</summary>
    /// <exception cref="StoreException">It did not within the limit, or its failure is none that passes.</exception>
    public async Task<T> TryAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var answer = await ask();
                Answered();
                return answer;
            }
            catch (StoreException e) when (MayPass(e))
            {
                Failed(e);
                if (IsOver) throw;
                await PauseAsync(cancellationToken);
            }
        }
    }

    /// <summary>The same for what has no answer.</summary>
    /// <exception cref="StoreException">It did not succeed within the limit, or the failure is none that passes.</exception>
    public Task TryAsync(Func<Task> ask, CancellationToken cancellationToken) => TryAsync(
        async () =>
        {
            await ask();
            return true;
        },
        cancellationToken);
}
