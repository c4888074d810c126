using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>
/// Retries a store that does not answer. One object serves all requests of an attempt: when one of them has used up the time limit, the
/// others try once. Safe for several threads at once.
/// </summary>
/// <param name="limit">How long to retry; zero gives up at once.</param>
/// <param name="time">The clock.</param>
/// <param name="notify">Told once when the store fails, and once when it answers again; null for nobody.</param>
/// <param name="log">Receives events; null for none.</param>
public sealed class StoreRetry(TimeSpan limit, TimeProvider time, Action<string>? notify = null, ILogger? log = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250), LongestPause = TimeSpan.FromSeconds(10);
    private readonly ILogger _log = log ?? NullLogger.Instance;
    private readonly Lock _gate = new();
    private TimeSpan _limit = limit;
    private long? _failingSince;
    private TimeSpan _pause = FirstPause;

    /// <summary>True once the store has failed for longer than the limit.</summary>
    public bool IsExhausted
    {
        get
        {
            lock (_gate) return _failingSince is { } since && time.GetElapsedTime(since) >= _limit;
        }
    }

    /// <summary>True for a failure that may pass: the store can't be reached, or is full. Damaged content does not mend itself.</summary>
    public bool IsTransient(StoreException failure) => _limit > TimeSpan.Zero && !failure.IsDamaged;

    /// <summary>Counts the limit from now on: a run has ended, and its end must be retried even if the outage began long before.</summary>
    public void Restart()
    {
        lock (_gate)
            if (_failingSince is not null) _failingSince = time.GetTimestamp();
    }

    /// <summary>Retries no longer than this from now on: the host ends the job.</summary>
    public void LimitTo(TimeSpan atMost)
    {
        lock (_gate) _limit = atMost < _limit ? atMost : _limit;
        Restart();
    }

    /// <summary>Notes that a request failed.</summary>
    public void RecordFailure(StoreException failure)
    {
        lock (_gate)
        {
            if (_failingSince is not null) return;
            (_failingSince, _pause) = (time.GetTimestamp(), FirstPause);
        }

        _log.StoreFailed(failure);
        notify?.Invoke($"{failure.Message.TrimEnd('.')}. Trying again");
    }

    /// <summary>Notes that the store answered.</summary>
    public void RecordSuccess()
    {
        lock (_gate)
        {
            if (_failingSince is null) return;
            _failingSince = null;
        }

        _log.StoreRecovered();
        notify?.Invoke("the store answers again");
    }

    /// <summary>Waits before the next try. Each pause is twice the one before, up to 10 s.</summary>
    public Task BackOffAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause;
        lock (_gate)
        {
            pause = _pause;
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }

        return Task.Delay(pause, time, cancellationToken);
    }

    /// <summary>Repeats a request until the store answers.</summary>
    /// <exception cref="StoreException">The store did not answer within the limit, or the failure is not transient.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var answer = await request();
                RecordSuccess();
                return answer;
            }
            catch (StoreException e) when (IsTransient(e))
            {
                RecordFailure(e);
                if (IsExhausted) throw;
                await BackOffAsync(cancellationToken);
            }
        }
    }

    /// <summary>Repeats a request that has no answer until it succeeds.</summary>
    /// <exception cref="StoreException">It did not succeed within the limit, or the failure is not transient.</exception>
    public Task RunAsync(Func<Task> request, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            await request();
            return true;
        },
        cancellationToken);
}
