using Tenfold.Core.Platform;

namespace Tenfold.App.Serving.Replicas;

/// <summary>
/// One process of a version: it is started, watched, restarted after a pause when it fails, and drained when it is stopped.
/// </summary>
internal sealed class Replica : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private readonly ServedVersion _version;
    private readonly ReplicaOwner _owner;
    private readonly ReplicaOptions _options;
    private readonly Action _changed;
    private readonly CancellationTokenSource _stop = new();
    private readonly ReplicaLog _log;
    private readonly string _id = $"{Guid.NewGuid():N}";
    private readonly Task _running;
    private volatile ReplicaStatus _status;

    /// <summary>Starts the replica.</summary>
    /// <param name="version">The version.</param>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="owner">The process that owns it.</param>
    /// <param name="options">The times.</param>
    /// <param name="changed">Called after each change of <see cref="Status"/>.</param>
    public Replica(ServedVersion version, int number, ReplicaOwner owner, ReplicaOptions options, Action changed)
    {
        (_version, _owner, _options, _changed) = (version, owner, options, changed);
        _log = new ReplicaLog(Path.Combine(version.Logs, $"{number}.log"), options.MaxLogBytes);
        _status = new ReplicaStatus(number, ReplicaState.Starting, null, null, 0, null, _log.Path);
        _running = Task.Run(RunAsync);
    }

    /// <summary>The replica as it is now.</summary>
    public ReplicaStatus Status => _status;

    private TimeProvider Time => _owner.Time;

    /// <summary>Drains and ends the process, and starts no other.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            var end = await RunOnceAsync(failures);
            if (_stop.IsCancellationRequested) break;
            failures = end.WasStable ? 1 : failures + 1;
            Set(_status with
            {
                State = ReplicaState.Waiting,
                Endpoint = null,
                Process = null,
                Failures = failures,
                Fault = end.Fault,
            });
            _log.Rotate();
            if (!await PauseAsync(_options.BackoffAfter(failures))) break;
        }

        Set(_status with { State = ReplicaState.Stopped, Endpoint = null, Process = null });
    }

    // Runs one process from its start until none of its group is left.
    private async Task<ReplicaEnd> RunOnceAsync(int failures)
    {
        if (ServiceProcess.Start(_version, _owner, _id, _log, out var fault) is not { } service)
            return new ReplicaEnd(fault, WasStable: false);
        Set(_status with
        {
            State = ReplicaState.Starting,
            Endpoint = service.Endpoint,
            Process = service.Process.Id,
            Failures = failures,
        });
        try
        {
            return await WatchAsync(service);
        }
        finally
        {
            await EndAsync(service);
        }
    }

    private async Task<ReplicaEnd> WatchAsync(ServiceProcess service)
    {
        var process = service.Process;
        var (startedAt, pause) = (Time.GetTimestamp(), FirstPause);
        long? readyAt = null, unreadyAt = null;
        var (refused, slow) = (0, 0);
        while (await WaitAsync(process, readyAt is null ? pause : _options.WatchPause))
        {
            var answer = await AskAsync(service.Endpoint, process);
            if (process.Ended.IsCompleted || _stop.IsCancellationRequested) break;
            if (answer.Kind == PingKind.Ready)
            {
                (refused, slow, unreadyAt) = (0, 0, null);
                readyAt ??= Time.GetTimestamp();
                var isStable = Time.GetElapsedTime(readyAt.Value) >= _options.StableTime;
                Set(isStable
                    ? _status with { State = ReplicaState.Ready, Failures = 0, Fault = null }
                    : _status with { State = ReplicaState.Ready });
            }
            else if (readyAt is null)
            {
                var taken = Time.GetElapsedTime(startedAt);
                if (taken >= _options.StartTimeout)
                    return End(new ReplicaFault.NotReady(_options.StartTimeout, answer.Words, service.LastLines));
                pause = pause * 2 < _options.StartPause ? pause * 2 : _options.StartPause;
                if (taken + pause > _options.StartTimeout) pause = _options.StartTimeout - taken;
            }
            else
            {
                (refused, slow) = answer.Kind == PingKind.Refused ? (refused + 1, slow) : (refused, slow + 1);
                if (refused < _options.RefusedPings && slow < _options.SlowPings) continue;
                unreadyAt ??= Time.GetTimestamp();
                var fault = new ReplicaFault.Unready(answer.Words);
                Set(_status with { State = ReplicaState.Unready, Fault = fault });
                if (Time.GetElapsedTime(unreadyAt.Value) >= _options.UnreadyTimeout) return End(fault);
            }

            _log.Rotate();
        }

        if (_stop.IsCancellationRequested) return End(null);
        return End(await service.DescribeEndAsync(readyAt is not null));

        ReplicaEnd End(ReplicaFault? fault) =>
            new(fault, readyAt is { } at && Time.GetElapsedTime(at) >= _options.StableTime);
    }

    // A ping is given up as soon as the process has ended.
    private async Task<PingAnswer> AskAsync(Uri endpoint, ChildProcess process)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            var asking = PingProbe.AskAsync(endpoint, _options.PingTimeout, Time, given.Token);
            if (await Task.WhenAny(asking, process.Ended) != asking) await given.CancelAsync();
            return await asking;
        }
        catch (OperationCanceledException)
        {
            return new PingAnswer(PingKind.Refused, "it is ending");
        }
    }

    /// <returns>False when the process has ended or the replica is to stop.</returns>
    private async Task<bool> WaitAsync(ChildProcess process, TimeSpan pause)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(process.Ended, Task.Delay(pause, Time, waiting.Token));
        await waiting.CancelAsync();
        return !process.Ended.IsCompleted && !_stop.IsCancellationRequested;
    }

    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, Time, _stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task EndAsync(ServiceProcess service)
    {
        if (service.IsAlive)
        {
            Set(_status with { State = ReplicaState.Draining });
            service.Terminate();
            await service.WaitForEndAsync(_options.DrainTimeout);
        }

        await service.KillAsync();
    }

    private void Set(ReplicaStatus status)
    {
        if (status == _status) return;
        _status = status;
        _changed();
    }

    /// <summary>How one process ended.</summary>
    /// <param name="Fault">Why; null when it was stopped.</param>
    /// <param name="WasStable">True when it had been ready for long enough to forget earlier failures.</param>
    private sealed record ReplicaEnd(ReplicaFault? Fault, bool WasStable);
}
