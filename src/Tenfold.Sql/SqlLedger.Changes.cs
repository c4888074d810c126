using System.Data.Common;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Sql;

/// <content>State changes. The write lock is held, so the rows that were read don't change: the changes are decided in memory and written
/// in one batch.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<int> ApplyAsync(
        IReadOnlyList<AttemptChange> changes, Lease? under, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        if (under is not null && !await IsCurrentAsync(connection, transaction, under, cancellationToken)) return 0;
        var applied = 0;
        var (chunk, runs) = (new List<AttemptChange>(), new HashSet<string>());
        foreach (var change in changes)
        {
            // A second change of the same run starts a new chunk, because it must see what the first one did.
            if (!runs.Add(RunNames.RunOf(change.Attempt)) || chunk.Count == NamesAtOnce)
            {
                applied += await ApplyAsync(connection, transaction, chunk, cancellationToken);
                chunk.Clear();
                runs.Clear();
                runs.Add(RunNames.RunOf(change.Attempt));
            }

            chunk.Add(change);
        }

        return applied + await ApplyAsync(connection, transaction, chunk, cancellationToken);
    }, cancellationToken);

    private static async Task<int> ApplyAsync(
        DbConnection connection, DbTransaction transaction, List<AttemptChange> changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0) return 0;
        var (names, values) = Names([.. changes.Select(change => change.Attempt)]);
        var known = (await connection.ReadAsync(
            transaction,
            $"""
            SELECT a.id, a.state, a.reason, a.number, a.run_id, r.attempts, r.cancel_reason
            FROM attempts a JOIN runs r ON r.id = a.run_id WHERE a.id IN ({names})
            """,
            row => new RecordedAttempt(
                row.GetString(0), row.GetString(4), Rows.Int(row, 3), IsLatest: Rows.Int(row, 3) == Rows.Int(row, 5), Rows.Reason(row, 6))
            {
                State = Rows.ToAttemptState(row.GetString(1)),
                Reason = Rows.Text(row, 2),
            },
            cancellationToken, values)).ToDictionary(attempt => attempt.Id);
        var statements = new Batch(connection, transaction);
        var applied = changes.Count(change => known.TryGetValue(change.Attempt, out var attempt) && Apply(attempt, change, statements));
        await statements.RunAsync(cancellationToken);
        return applied;
    }

    private static bool Apply(RecordedAttempt attempt, AttemptChange change, Batch statements)
    {
        // If the start was never observed, it is recorded now, before the end.
        if (change.State.IsFinal() && change.StartedAt is { } started)
        {
            var start = new AttemptChange
            {
                Attempt = change.Attempt,
                At = started,
                State = AttemptState.Running,
                StartedAt = started,
                Host = change.Host,
            };
            Apply(attempt, start, statements);
        }

        // The cancel request knows why the run was cancelled; the target only reports that it was.
        if (change.State == AttemptState.Cancelled && attempt.CancelReason is { } reason) change = change with { Reason = reason };
        var changed = RunStates.ExpectedBefore(change.State).Contains(attempt.State);
        if (!changed && !change.State.IsFinal()) UpdateReason(attempt, change, statements);
        if (changed) UpdateState(attempt, change, statements);
        if (changed || change.State == AttemptState.Running) UpdateMetrics(change, statements);
        return changed;
    }

    private static void UpdateState(RecordedAttempt attempt, AttemptChange change, Batch statements)
    {
        statements.Add(
            """
            UPDATE attempts SET state = @state, reason = @reason, warnings = @warnings, started_at = COALESCE(@started, started_at),
                ended_at = @ended, exit_code = @exit, signal = @signal, host = COALESCE(@host, host),
                peak_memory_bytes = @peak, cpu_ms = @cpu, resumed = COALESCE(@resumed, resumed)
            WHERE id = @id
            """,
            ("@id", change.Attempt), ("@state", Rows.Word(change.State)), ("@reason", ReasonJson.Write(change.Reason)),
            ("@warnings", WarningJson.Write(change.Warnings)), ("@started", change.StartedAt), ("@ended", change.EndedAt),
            ("@exit", change.ExitCode), ("@signal", change.Signal), ("@host", change.Host), ("@peak", change.PeakMemoryBytes),
            ("@cpu", (long?)change.CpuTime?.TotalMilliseconds), ("@resumed", change.IsResumed is { } resumed ? resumed ? 1 : 0 : null));
        AddEventTo(statements, change.At, change.Attempt, Rows.Word(change.State), change.Reason, change.Warnings);
        (attempt.State, attempt.Reason) = (change.State, ReasonJson.Write(change.Reason));
        if (attempt.IsLatest)
        {
            var state = RunStates.RunFollows(change.State, change.IsRetried);
            var isQueued = state == RunState.Queued;
            statements.Add(
                """
                UPDATE runs SET state = @state, reason = @reason, warnings = @warnings, started_at = COALESCE(started_at, @started),
                    ended_at = @ended
                WHERE id = @run
                """,
                ("@run", attempt.Run), ("@state", Rows.Word(state)),
                ("@reason", ReasonJson.Write(isQueued ? WhyQueued(change) : change.Reason)),
                ("@warnings", isQueued ? null : WarningJson.Write(change.Warnings)), ("@started", change.StartedAt),
                ("@ended", state.IsFinal() ? change.EndedAt ?? change.At : null));
        }

        if (!change.IsRetried) return;
        statements.Add(
            // The run keeps its place: its agent may have started the next attempt already.
            """
            INSERT INTO attempts (id, run_id, number, state, created_at, admitted_at)
            VALUES (@id, @run, @number, 'pending', @at, COALESCE((SELECT admitted_at FROM attempts WHERE id = @before), @at))
            ON CONFLICT DO NOTHING
            """,
            ("@id", RunNames.Attempt(attempt.Run, attempt.Number + 1)), ("@run", attempt.Run), ("@number", attempt.Number + 1),
            ("@at", change.At), ("@before", attempt.Id));
        statements.Add(
            "UPDATE runs SET attempts = (SELECT MAX(number) FROM attempts WHERE run_id = runs.id) WHERE id = @run", ("@run", attempt.Run));
    }

    // The reason of the ended attempt explains why the next one exists, not why it is waiting.
    private static Reason? WhyQueued(AttemptChange change) =>
        change.IsRetried && change.Reason is { } ended ? new Reason.Retried(ended) : change.Reason;

    // The reason may change within a state, as when an attempt is prepared and then runs. That is no event.
    private static void UpdateReason(RecordedAttempt attempt, AttemptChange change, Batch statements)
    {
        var reason = ReasonJson.Write(change.Reason);
        if (attempt.State != change.State || attempt.Reason == reason) return;
        statements.Add("UPDATE attempts SET reason = @reason WHERE id = @id", ("@id", change.Attempt), ("@reason", reason));
        if (attempt.IsLatest)
            statements.Add("UPDATE runs SET reason = @reason WHERE id = @run", ("@run", attempt.Run), ("@reason", reason));
        attempt.Reason = reason;
    }

    private static void UpdateMetrics(AttemptChange change, Batch statements)
    {
        foreach (var metric in change.Metrics ?? [])
        {
            statements.Add(
                $"""
                {InsertMetric}
                ON CONFLICT (attempt_id, name) DO UPDATE SET
                    count = excluded.count, non_finite = excluded.non_finite, first = excluded.first,
                    last = excluded.last, min = excluded.min, max = excluded.max, last_step = excluded.last_step, series = excluded.series
                WHERE excluded.count >= metrics.count
                """,
                ValuesOf(change.Attempt, metric));
        }
    }

    /// <summary>An attempt as recorded, including changes that are decided but not yet written.</summary>
    /// <param name="Id">Its name.</param>
    /// <param name="Run">Its run.</param>
    /// <param name="Number">Its number among the run's attempts, from 1.</param>
    /// <param name="IsLatest">True when it is the run's latest attempt, which determines the run's state.</param>
    /// <param name="CancelReason">Why the run's cancellation was requested; null when it was not, or no reason was given.</param>
    private sealed record RecordedAttempt(string Id, string Run, int Number, bool IsLatest, Reason? CancelReason)
    {
        /// <summary>Its state.</summary>
        public required AttemptState State { get; set; }

        /// <summary>Why it is in this state, as stored; null when there is no reason.</summary>
        public string? Reason { get; set; }
    }
}
