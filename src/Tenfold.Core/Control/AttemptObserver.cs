using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>
/// Combines the reports of agents with the states of their backend, and finds the changes that the ledger doesn't know yet.
/// </summary>
/// <param name="store">The store in which the agents report.</param>
/// <param name="time">The clock.</param>
/// <param name="reportsLive">False when agents report only at their end; see <see cref="TargetCapabilities.ReportsLive"/>.</param>
internal sealed class AttemptObserver(IStore store, TimeProvider time, bool reportsLive)
{
    private const int ReadsAtOnce = 32;

    // A shared file system may show an agent's last report later than the scheduler shows that its job has ended.
    private static readonly TimeSpan ReportDelay = TimeSpan.FromSeconds(60);

    // How wrong another machine's clock may be. munge, without which no cluster works, refuses larger differences.
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(5);

    private readonly ReadingTurns _turns = new(time);
    private readonly AttemptReports _reports = new(store);

    // What this controller has recorded of each attempt, so that a round in which nothing happened writes nothing.
    private readonly Dictionary<string, string> _confirmed = [];
    private readonly ConcurrentDictionary<string, string> _unconfirmed = [];
    private readonly ConcurrentDictionary<string, long> _goneSince = [];

    /// <summary>Observes submitted attempts, and forgets all others.</summary>
    /// <param name="attempts">The attempts, each with its backend's state.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The changes. An attempt without news has none.</returns>
    public async Task<IReadOnlyList<AttemptChange>> ObserveAsync(
        IReadOnlyList<(LiveAttempt Attempt, BackendState State)> attempts, CancellationToken cancellationToken)
    {
        _unconfirmed.Clear();
        Forget(attempts.Select(pair => pair.Attempt.Attempt.Id).ToHashSet());
        var changes = new List<AttemptChange>();
        foreach (var chunk in _turns.Choose(attempts).Chunk(ReadsAtOnce))
        {
            var found = await Task.WhenAll(chunk.Select(pair => ObserveAsync(pair.Attempt, pair.State, cancellationToken)));
            changes.AddRange(found.OfType<AttemptChange>());
        }

        return changes;
    }

    /// <summary>The ledger has recorded the changes of the last round, so the next round doesn't return them again.</summary>
    public void Confirm()
    {
        foreach (var (id, stamp) in _unconfirmed) _confirmed[id] = stamp;
    }

    private void Forget(HashSet<string> live)
    {
        foreach (var id in _confirmed.Keys.Where(id => !live.Contains(id)).ToList()) _confirmed.Remove(id);
        foreach (var id in _goneSince.Keys.Where(id => !live.Contains(id)).ToList()) _goneSince.TryRemove(id, out _);
    }

    private async Task<AttemptChange?> ObserveAsync(LiveAttempt live, BackendState state, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(live, state, cancellationToken);
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            // One damaged file must not hide the other attempts. A live agent will write the file again.
            var fault = new Reason.StoreFault(e.Message) { Store = store.Url };
            return state.Kind == BackendKind.Gone ? Ended(live, AttemptState.Failed, fault, []) : null;
        }
    }

    private async Task<AttemptChange?> ReadAsync(LiveAttempt live, BackendState state, CancellationToken cancellationToken)
    {
        var id = live.Attempt.Id;
        var report = await _reports.ReadAsync(id, cancellationToken);
        if (state.Kind != BackendKind.Gone) _goneSince.TryRemove(id, out _);
        else if (report?.State.IsFinal() != true) report = await ReadPastCacheAsync(id, cancellationToken);
        var metrics = report is null ? [] : await _reports.ReadMetricsAsync(id, cancellationToken);
        if (state.Kind == BackendKind.Gone && report?.State.IsFinal() != true)
            return await EndAsync(live, state, metrics, cancellationToken);
        if (report is null) return null;
        var stamp = string.Join(
            ' ', report.State, report.Process, report.Reason is null ? "" : ReasonJson.Write(report.Reason),
            metrics.Sum(metric => metric.Count));
        if (_confirmed.GetValueOrDefault(id) == stamp) return null;
        _unconfirmed[id] = stamp;
        return ToChange(id, report, metrics);
    }

    private AttemptChange ToChange(string id, AttemptReport report, IReadOnlyList<MetricSummary> metrics) => new()
    {
        Attempt = id,
        // The time at which it happened, not the time of this round.
        At = report.EndedAt ?? report.StartedAt ?? time.GetUtcNow(),
        State = report.State,
        Reason = report.Reason,
        Warnings = report.Warnings,
        StartedAt = report.StartedAt,
        EndedAt = report.EndedAt,
        ExitCode = report.ExitCode,
        Signal = report.Signal,
        Host = report.Host,
        PeakMemoryBytes = report.PeakMemoryBytes,
        CpuTime = report.CpuSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        IsResumed = report.IsResumed,
        IsRetried = report.IsRetried,
        Metrics = metrics.Count > 0 ? metrics : null,
    };

    // Ends an attempt that is gone without a final report.
    private async Task<AttemptChange?> EndAsync(
        LiveAttempt live, BackendState state, IReadOnlyList<MetricSummary> metrics, CancellationToken cancellationToken)
    {
        var id = live.Attempt.Id;
        var isAsked = live.Run.CancelRequestedAt is not null;
        // If agents report only at their end, silence is normal: only the backend can say that an attempt ended without a report.
        if (state.End is null && !reportsLive && !isAsked) return null;
        // Only its own home may conclude from silence that an attempt was lost, since the attempt must then be stopped and may be retried.
        if (state.End is null && !live.IsOwn) return null;
        if (state.End is null && await MayStillReportAsync(id, cancellationToken)) return null;
        // The machine may only be disconnected. Once it is back, the agent finds this mark and stops, so nothing runs twice.
        if (live.IsOwn) await StopMarks.WriteAsync(store, [id], time, cancellationToken);
        // The ledger knows that the user cancelled the run; the backend knows only that a job ended.
        var reason = isAsked ? new Reason.Cancelled(BeforeStart: live.Attempt.StartedAt is null)
            : state.Reason ?? new Reason.NeverReported(live.Group.Target);
        return (isAsked ? Ending.Cancelled : state.End ?? Ending.Lost) switch
        {
            Ending.Cancelled => Ended(live, AttemptState.Cancelled, reason, metrics),
            Ending.Lost => Ended(live, AttemptState.Lost, reason, metrics, Ending.Lost),
            var end => Ended(live, AttemptState.Failed, reason, metrics, end),
        };
    }

    // NFS caches a file's content, and also that a file doesn't exist. Listing its folder refreshes the cache.
    private async Task<AttemptReport?> ReadPastCacheAsync(string attempt, CancellationToken cancellationToken)
    {
        var key = AttemptKeys.State(attempt);
        await foreach (var entry in store.ListAsync($"{Path.GetDirectoryName(key)}/", cancellationToken))
            if (entry.Key == key) break;
        return await _reports.ReadAsync(attempt, cancellationToken);
    }

    // The agent's last report may still be on its way. Another machine's clock may be wrong, so this controller's clock counts too, from
    // the round that first saw the attempt gone. A command that runs a single round leaves the conclusion to a later command.
    private async Task<bool> MayStillReportAsync(string attempt, CancellationToken cancellationToken)
    {
        var since = _goneSince.GetOrAdd(attempt, time.GetTimestamp());
        var claimed = await ReadClaimTimeAsync(attempt, cancellationToken);
        if ((await ReadHeartbeatAsync(attempt, cancellationToken) ?? claimed) is not { } lastSign) return false;
        var age = (time.GetUtcNow() - lastSign).Duration();
        return age < ReportDelay || (claimed is not null && age < MaxClockSkew && time.GetElapsedTime(since) < ReportDelay);
    }

    private async Task<DateTimeOffset?> ReadHeartbeatAsync(string attempt, CancellationToken cancellationToken)
    {
        var beat = await store.ReadAsync(AttemptKeys.Heartbeat(attempt), cancellationToken);
        return Utf8Parser.TryParse(beat, out long at, out _) ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
    }

    private async Task<DateTimeOffset?> ReadClaimTimeAsync(string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(AttemptKeys.Claim(attempt), cancellationToken) is { } json
                ? JsonSerializer.Deserialize(json, AttemptJson.Default.AttemptClaim)?.At : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private AttemptChange Ended(
        LiveAttempt live, AttemptState state, Reason reason, IReadOnlyList<MetricSummary> metrics, Ending ending = Ending.None)
    {
        var now = time.GetUtcNow();
        return new AttemptChange
        {
            Attempt = live.Attempt.Id,
            At = now,
            State = state,
            Reason = reason,
            EndedAt = now,
            IsRetried = ending != Ending.None && RetryPolicy.Next(live.ToAssignment(), ending) is not null,
            Metrics = metrics.Count > 0 ? metrics : null,
        };
    }
}
