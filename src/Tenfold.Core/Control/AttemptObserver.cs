using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>What an agent's report and its backend's word together say of an attempt.</summary>
/// <param name="store">The store, where the agents report.</param>
/// <param name="time">The clock.</param>
internal sealed class AttemptObserver(IStore store, TimeProvider time)
{
    // A shared file system may show a machine's last words later than the scheduler tells that it is done.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(60);

    // Another machine's clock may be wrong, but not by more: with munge, a cluster does not work then.
    private static readonly TimeSpan ClocksApart = TimeSpan.FromMinutes(5);

    private readonly AttemptReports _reports = new(store);
    private readonly Dictionary<string, string> _known = [];
    private readonly ConcurrentDictionary<string, string> _seen = [];
    private readonly ConcurrentDictionary<string, long> _goneSince = [];

    /// <summary>What is new of an attempt; null when nothing is.</summary>
    public async Task<AttemptChange?> ChangeAsync(LiveAttempt live, BackendState state, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(live, state, cancellationToken);
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            // One damaged file must not keep the others from being seen. While it runs, its agent will write it anew.
            return state.Kind == BackendKind.Gone ? Ended(live, AttemptState.Failed, e.Message, []) : null;
        }
    }

    /// <summary>The ledger has taken what was seen: it is not offered again.</summary>
    public void Remember()
    {
        foreach (var (id, stamp) in _seen) _known[id] = stamp;
        _seen.Clear();
    }

    /// <summary>An attempt as its target gets it.</summary>
    public static Assignment ToAssignment(LiveAttempt live, string ledger = "") => new()
    {
        Ledger = ledger,
        Group = live.Group.Id,
        CreatedAt = live.Group.CreatedAt,
        Repeat = live.Run.Repeat,
        Seed = live.Run.Seed,
        Number = live.Attempt.Number,
        LostBefore = live.LostBefore,
        Spec = live.Group.Spec,
    };

    private async Task<AttemptChange?> ReadAsync(LiveAttempt live, BackendState state, CancellationToken cancellationToken)
    {
        var id = live.Attempt.Id;
        var report = await _reports.ReadAsync(id, cancellationToken);
        if (state.Kind != BackendKind.Gone) _goneSince.TryRemove(id, out _);
        else if (report?.State.IsFinal() != true) report = await ReadSurelyAsync(id, cancellationToken);
        var metrics = report is null ? [] : await _reports.ReadMetricsAsync(id, cancellationToken);
        if (state.Kind == BackendKind.Gone && report?.State.IsFinal() != true) return await GoneAsync(live, state, metrics, cancellationToken);
        if (report is null) return null;
        // Nothing new since this controller's last look: spare the ledger a write.
        var stamp = $"{report.State} {report.Process} {report.Reason} {metrics.Sum(metric => metric.Count)}";
        if (_known.GetValueOrDefault(id) == stamp) return null;
        _seen[id] = stamp;
        return new AttemptChange
        {
            Attempt = id,
            // When it happened, not when somebody looked.
            At = report.EndedAt ?? report.StartedAt ?? time.GetUtcNow(),
            State = report.State,
            Reason = Reason(report),
            StartedAt = report.StartedAt,
            EndedAt = report.EndedAt,
            ExitCode = report.ExitCode,
            Signal = report.Signal,
            Host = report.Host,
            PeakMemoryBytes = report.PeakMemoryBytes,
            CpuTime = report.CpuSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            IsRetried = report.IsRetried,
            Metrics = metrics.Count > 0 ? metrics : null,
        };
    }

    private async Task<AttemptChange?> GoneAsync(LiveAttempt live, BackendState state, IReadOnlyList<MetricSummary> metrics, CancellationToken cancellationToken)
    {
        var id = live.Attempt.Id;
        if (state.End is null && await MayTellYetAsync(id, cancellationToken)) return null;
        // Its machine may only be cut off: then it finds this mark when it is back, and stops. Nothing is run twice.
        await store.WriteAsync(AttemptKeys.StopMark(id), ReadOnlyMemory<byte>.Empty, cancellationToken);
        // Who asked here knows better than the backend, which only saw a job end.
        var isAsked = live.Run.CancelRequestedAt is not null;
        var reason = isAsked ? live.Attempt.StartedAt is null ? "cancelled before it started" : "cancelled"
            : state.Reason ?? $"{live.Group.Target} no longer has it, and it never reported an end";
        return (isAsked ? Ending.Cancelled : state.End ?? Ending.Lost) switch
        {
            Ending.Cancelled => Ended(live, AttemptState.Cancelled, reason, metrics),
            Ending.Lost => Ended(live, AttemptState.Lost, reason, metrics, Ending.Lost),
            var end => Ended(live, AttemptState.Failed, reason, metrics, end),
        };
    }

    // A shared file system may remember for a while that there was no report, or how it was, but not when its folder is read.
    private async Task<AttemptReport?> ReadSurelyAsync(string attempt, CancellationToken cancellationToken)
    {
        var key = AttemptKeys.State(attempt);
        await foreach (var entry in store.ListAsync($"{Path.GetDirectoryName(key)}/", cancellationToken))
            if (entry.Key == key) break;
        return await _reports.ReadAsync(attempt, cancellationToken);
    }

    // Its last words may be on their way. Where its clock is not to be trusted, this controller's counts, from when it first saw it gone: a
    // command that looks only once leaves it to a later one.
    private async Task<bool> MayTellYetAsync(string attempt, CancellationToken cancellationToken)
    {
        var since = _goneSince.GetOrAdd(attempt, time.GetTimestamp());
        var claimed = await ClaimedAtAsync(attempt, cancellationToken);
        if ((await BeatAtAsync(attempt, cancellationToken) ?? claimed) is not { } sign) return false;
        var ago = (time.GetUtcNow() - sign).Duration();
        return ago < LastWords || (claimed is not null && ago < ClocksApart && time.GetElapsedTime(since) < LastWords);
    }

    private async Task<DateTimeOffset?> BeatAtAsync(string attempt, CancellationToken cancellationToken) =>
        await store.ReadAsync(AttemptKeys.Heartbeat(attempt), cancellationToken) is { } beat && Utf8Parser.TryParse(beat, out long at, out _)
            ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    private async Task<DateTimeOffset?> ClaimedAtAsync(string attempt, CancellationToken cancellationToken)
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

    private AttemptChange Ended(LiveAttempt live, AttemptState state, string reason, IReadOnlyList<MetricSummary> metrics, Ending ending = Ending.None)
    {
        var now = time.GetUtcNow();
        return new AttemptChange
        {
            Attempt = live.Attempt.Id,
            At = now,
            State = state,
            Reason = reason,
            EndedAt = now,
            IsRetried = ending != Ending.None && RetryPolicy.Next(ToAssignment(live), ending) is not null,
            Metrics = metrics.Count > 0 ? metrics : null,
        };
    }

    private static string? Reason(AttemptReport report) =>
        report.Warnings.Count == 0 ? report.Reason : string.Join('\n', [.. new[] { report.Reason }.OfType<string>(), .. report.Warnings.Select(warning => $"warning: {warning}")]);
}
