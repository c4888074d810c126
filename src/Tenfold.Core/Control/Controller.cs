using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>
/// Brings the ledger and the targets together: hands over what is pending, looks at what is out, and records what it sees. Each round
/// loads, acts, then applies; it may be broken off anywhere and done again by anybody, at the same time too, since starting and stopping are
/// idempotent and every change of state names the states it expects.
/// </summary>
/// <param name="ledger">The ledger.</param>
/// <param name="store">The store, where the agents report.</param>
/// <param name="targets">Finds a target by its name; null when there is none of that name here.</param>
/// <param name="time">The clock.</param>
public sealed class Controller(ILedger ledger, IStore store, Func<string, ITarget?> targets, TimeProvider time)
{
    private readonly AttemptReports _reports = new(store);
    private readonly Dictionary<string, string> _seen = [];

    /// <summary>One round over everything that has not ended.</summary>
    /// <returns>How many attempts have not ended, as far as this round saw.</returns>
    public async Task<int> RoundAsync(CancellationToken cancellationToken)
    {
        var live = await ledger.LiveAsync(cancellationToken);
        foreach (var ofTarget in live.GroupBy(attempt => attempt.Group.Target))
        {
            if (targets(ofTarget.Key) is not { } target) continue; // another machine's; whoever has it looks after it
            await StopAsync(target, ofTarget, cancellationToken);
            await StartAsync(target, ofTarget, cancellationToken);
            await ObserveAsync(target, ofTarget, cancellationToken);
        }

        return live.Count;
    }

    private static Task StopAsync(ITarget target, IEnumerable<LiveAttempt> live, CancellationToken cancellationToken)
    {
        var unwanted = live.Where(attempt => attempt.Run.CancelAskedAt is not null).Select(attempt => attempt.Attempt.Id).ToList();
        return unwanted.Count == 0 ? Task.CompletedTask : target.StopAsync(unwanted, cancellationToken);
    }

    private async Task StartAsync(ITarget target, IEnumerable<LiveAttempt> live, CancellationToken cancellationToken)
    {
        var pending = live.Where(attempt => attempt.Attempt.State == AttemptState.Pending).ToList();
        var wanted = pending.Where(attempt => attempt.Run.CancelAskedAt is null).ToList();
        var now = time.GetUtcNow();
        var changes = await CancelledAsync(target, [.. pending.Except(wanted)], now, cancellationToken);
        if (wanted.Count > 0)
        {
            var outcomes = await target.StartAsync([.. wanted.Select(ToAssignment)], cancellationToken);
            changes.AddRange(wanted.Zip(outcomes).Select(pair => ToChange(pair.First, pair.Second, now)).OfType<AttemptChange>());
        }

        if (changes.Count > 0) await ledger.ApplyAsync(changes, under: null, cancellationToken);
    }

    // What the ledger has as pending may be under way all the same: its start was not recorded, or an agent queued it by itself. Then it is
    // asked to stop like any other, and its own report tells the end.
    private async Task<List<AttemptChange>> CancelledAsync(ITarget target, List<LiveAttempt> unwanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (unwanted.Count == 0) return [];
        var states = await target.ObserveAsync([.. unwanted.Select(attempt => attempt.Attempt.Id)], cancellationToken);
        var changes = new List<AttemptChange>();
        foreach (var (attempt, state) in unwanted.Zip(states))
        {
            var id = attempt.Attempt.Id;
            var isUnderWay = state.Kind == BackendKind.Running || await store.ExistsAsync(AttemptKeys.State(id), cancellationToken);
            changes.Add(isUnderWay
                ? new AttemptChange { Attempt = id, At = now, State = AttemptState.Queued }
                : new AttemptChange { Attempt = id, At = now, State = AttemptState.Cancelled, Reason = "cancelled before it started", EndedAt = now });
        }

        return changes;
    }

    private async Task ObserveAsync(ITarget target, IEnumerable<LiveAttempt> live, CancellationToken cancellationToken)
    {
        // The backend first, the reports after: an agent reports the end before it leaves, so what is gone has its report.
        var handed = live.Where(attempt => attempt.Attempt.State != AttemptState.Pending).ToList();
        if (handed.Count == 0) return;
        var states = await target.ObserveAsync([.. handed.Select(attempt => attempt.Attempt.Id)], cancellationToken);
        var changes = new List<AttemptChange>();
        var seen = new Dictionary<string, string>();
        foreach (var (attempt, state) in handed.Zip(states))
        {
            if (state.Kind == BackendKind.Waiting && attempt.Group.Spec.Secrets.Count == 0) continue; // it has nothing to say
            if (await ReadableChangeAsync(attempt, state, seen, cancellationToken) is { } change) changes.Add(change);
        }

        if (changes.Count > 0) await ledger.ApplyAsync(changes, under: null, cancellationToken);
        // Only now: what the ledger did not take is offered again.
        foreach (var (id, stamp) in seen) _seen[id] = stamp;
    }

    // One damaged file must not keep the others from being seen.
    private async Task<AttemptChange?> ReadableChangeAsync(LiveAttempt live, BackendState state, Dictionary<string, string> seen, CancellationToken cancellationToken)
    {
        try
        {
            return await ChangeAsync(live, state, seen, cancellationToken);
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            if (state.Kind != BackendKind.Gone) return null; // its agent will write it anew
            var now = time.GetUtcNow();
            return new AttemptChange { Attempt = live.Attempt.Id, At = now, State = AttemptState.Failed, Reason = e.Message, EndedAt = now };
        }
    }

    private async Task<AttemptChange?> ChangeAsync(LiveAttempt live, BackendState state, Dictionary<string, string> seen, CancellationToken cancellationToken)
    {
        var id = live.Attempt.Id;
        var report = await _reports.ReadAsync(id, cancellationToken);
        var metrics = report is null ? [] : await _reports.ReadMetricsAsync(id, cancellationToken);
        if (report is null || (state.Kind == BackendKind.Gone && !report.State.IsFinal())) return state.Kind == BackendKind.Gone ? Lost(live, state, metrics) : null;
        // Nothing new since this controller's last look: spare the ledger a write.
        var stamp = $"{report.State} {report.Process} {report.Reason} {metrics.Sum(metric => metric.Count)}";
        if (_seen.GetValueOrDefault(id) == stamp) return null;
        seen[id] = stamp;
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

    private AttemptChange Lost(LiveAttempt live, BackendState state, IReadOnlyList<MetricSummary> metrics)
    {
        var now = time.GetUtcNow();
        return new AttemptChange
        {
            Attempt = live.Attempt.Id,
            At = now,
            State = live.Run.CancelAskedAt is null ? AttemptState.Lost : AttemptState.Cancelled,
            Reason = state.Reason ?? $"{live.Group.Target} no longer has it, and it never reported an end",
            EndedAt = now,
            IsRetried = live.Run.CancelAskedAt is null && RetryPolicy.Next(ToAssignment(live), Ending.Lost) is not null,
            Metrics = metrics.Count > 0 ? metrics : null,
        };
    }

    private static AttemptChange? ToChange(LiveAttempt live, StartOutcome outcome, DateTimeOffset now) => outcome.Kind switch
    {
        StartKind.Started => new AttemptChange { Attempt = live.Attempt.Id, At = now, State = AttemptState.Queued },
        StartKind.NoCapacity or StartKind.Quota => null, // stays pending: the next round tries again
        _ => new AttemptChange { Attempt = live.Attempt.Id, At = now, State = AttemptState.Failed, Reason = outcome.Reason, EndedAt = now },
    };

    private static Assignment ToAssignment(LiveAttempt live) => new()
    {
        Group = live.Group.Id,
        CreatedAt = live.Group.CreatedAt,
        Repeat = live.Run.Repeat,
        Seed = live.Run.Seed,
        Number = live.Attempt.Number,
        LostBefore = live.LostBefore,
        Spec = live.Group.Spec,
    };

    private static string? Reason(AttemptReport report) =>
        report.Warnings.Count == 0 ? report.Reason : string.Join('\n', [.. new[] { report.Reason }.OfType<string>(), .. report.Warnings.Select(warning => $"warning: {warning}")]);
}
