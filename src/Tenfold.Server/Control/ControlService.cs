using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.App.Sweeping;
using Tenfold.Server.Watching;

namespace Tenfold.Server.Control;

/// <summary>
/// The control loop without a terminal: submits what waits, observes what runs, and asks studies for their next trials. Several servers
/// and command lines may do so at the same time, since leases divide the work.
/// </summary>
/// <param name="options">The pause between rounds.</param>
/// <param name="parts">The services.</param>
/// <param name="metrics">Where it counts its rounds.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class ControlService(ServerOptions options, ServerParts parts, ServerMetrics metrics, ILogger<ControlService> logger)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _named = new();
    private readonly SemaphoreSlim _wakes = new(0, 1);
    private readonly StudyRounds _studies = new(parts.Services);
    private static readonly TimeSpan NamedFor = TimeSpan.FromHours(1);
    private HashSet<string> _reported = [];
    private long _took;
    private volatile ControlRound _last = new(null, 0, []);

    /// <summary>The last complete round; with the fault of the last round, when that failed as a whole.</summary>
    public ControlRound Last => _last;

    /// <summary>How long the last round took.</summary>
    public TimeSpan Took => TimeSpan.FromTicks(Interlocked.Read(ref _took));

    /// <summary>Begins a round at once.</summary>
    public void Wake()
    {
        try
        {
            _wakes.Release();
        }
        catch (SemaphoreFullException)
        {
            // A round is about to begin already.
        }
    }

    /// <summary>Stops runs that a user has named, also those of other homes. Their cancellation is recorded already.</summary>
    public void StopNamed(IReadOnlyList<string> runs)
    {
        foreach (var run in runs) _named[run] = parts.Services.Time.GetUtcNow();
        Wake();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _wakes.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var since = parts.Services.Time.GetTimestamp();
            try
            {
                await RunRoundAsync(stoppingToken);
                metrics.RecordRound(_last, parts.Services.Time.GetElapsedTime(since));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The server outlives whatever fails: the next round may succeed.
                logger.RoundFailed(e);
                // Whoever asks how the server is must not hear of the last round that succeeded alone.
                _last = _last with { Faults = [$"the last round failed: {e.Message}"] };
                metrics.CountFailedRound(_last);
            }

            // A round that takes long must not occupy the machine.
            var took = parts.Services.Time.GetElapsedTime(since);
            Interlocked.Exchange(ref _took, took.Ticks);
            var pause = took > options.ControlPause ? took : options.ControlPause;
            await ((Task)_wakes.WaitAsync(pause, stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunRoundAsync(CancellationToken cancellationToken)
    {
        // A target may not answer at once, so the names stay for a while.
        var now = parts.Services.Time.GetUtcNow();
        foreach (var (run, at) in _named)
            if (now - at > NamedFor) _named.TryRemove(run, out _);
        var named = _named.IsEmpty ? null : _named.Keys.ToHashSet();
        var round = await parts.Services.Controller.ReconcileAsync(named, cancellationToken);
        var studies = await _studies.RunAsync(cancellationToken);
        var all = round.Faults.Select(fault => (fault.Place, fault.Detail))
            .Concat(studies.Select(fault => (Place: fault.Study, fault.Detail))).ToList();
        foreach (var (place, detail) in all)
            if (!_reported.Contains(detail)) logger.NotReconciled(place, detail);
        var faults = all.Select(fault => fault.Detail).ToHashSet();
        _reported = faults;
        _last = new ControlRound(parts.Services.Time.GetUtcNow(), round.Live, [.. faults]);
    }
}

/// <summary>A round of the control loop.</summary>
/// <param name="At">When it ended; null before the first one.</param>
/// <param name="Live">How many attempts had not ended.</param>
/// <param name="Faults">What could not be reconciled; or why a later round failed as a whole.</param>
internal sealed record ControlRound(DateTimeOffset? At, int Live, IReadOnlyList<string> Faults);
