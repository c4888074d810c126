using System.Data.Common;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Sql;

/// <content>Changes of state. The write lock is held, so what was read holds until the end: changes are decided here, and written
/// together.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<int> ApplyAsync(
        IReadOnlyList<AttemptChange> changes, Lease? under,
        CancellationToken cancellationToken) => database.WriteAsync(async (connection, transaction) =>
    {
        if (under is not null && !await IsCurrentAsync(connection, transaction, under, cancellationToken)) return 0;
        var made = 0;
        var (some, runs) = (new List<AttemptChange>(), new HashSet<string>());
        foreach (var change in changes)
        {
            // What an earlier change did to the same run is read anew.
            if (!runs.Add(RunOf(change.Attempt)) || some.Count == NamesAtOnce)
            {
                made += await ApplyAsync(connection, transaction, some, cancellationToken);
                some.Clear();
                runs.Clear();
                runs.Add(RunOf(change.Attempt));
            }

            some.Add(change);
        }

        return made + await ApplyAsync(connection, transaction, some, cancellationToken);
    }, cancellationToken);

    private static string RunOf(string attempt) => attempt.LastIndexOf('-') is > 0 and var dash ? attempt[..dash] : attempt;

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
        var made = changes.Count(change => known.TryGetValue(change.Attempt, out var attempt) && Apply(attempt, change, statements));
        await statements.RunAsync(cancellationToken);
        return made;
    }

    private static bool Apply(RecordedAttempt attempt, AttemptChange change, Batch statements)
    {
        // Whoever looks only after the end has missed the start; the record of it is made up for.
        if (change.State.IsFinal() && change.StartedAt is { } started)
            Apply(attempt,
                new AttemptChange
                {
                    Attempt = change.Attempt,
                    At = started,
                    State = AttemptState.Running,
                    StartedAt = started,
                    Host = change.Host
                }, statements);
        // The request to cancel says why; the target only says that the attempt was cancelled.
        if (change.State == AttemptState.Cancelled && attempt.CancelReason is { } asked) change = change with { Reason = asked };
        var changed = RunStates.ExpectedBefore(change.State).Contains(attempt.State);
        if (!changed && !change.State.IsFinal()) PutReason(attempt, change, statements);
        if (changed) PutState(attempt, change, statements);
        if (changed || change.State == AttemptState.Running) PutMetrics(change, statements);
        return changed;
    }

    private static void PutState(RecordedAttempt attempt, AttemptChange change, Batch statements)
    {
        statements.Add(
            """
            UPDATE attempts SET state = @state, reason = @reason, warnings = @warnings, started_at = COALESCE(@started, started_at),
                ended_at = @ended, exit_code = @exit, signal = @signal, host = COALESCE(@host, host),
                peak_memory_bytes = @peak, cpu_ms = @cpu
            WHERE id = @id
            """,
            ("@id", change.Attempt), ("@state", Rows.Word(change.State)), ("@reason", ReasonJson.Write(change.Reason)),
            ("@warnings", WarningJson.Write(change.Warnings)), ("@started", change.StartedAt), ("@ended", change.EndedAt),
            ("@exit", change.ExitCode), ("@signal", change.Signal), ("@host", change.Host), ("@peak", change.PeakMemoryBytes),
            ("@cpu", (long?)change.CpuTime?.TotalMilliseconds));
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
            "INSERT INTO attempts (id, run_id, number, state, created_at) VALUES (@id, @run, @number, 'pending', " +
            "@at) ON CONFLICT DO NOTHING",
            ("@id", RunNames.Attempt(attempt.Run, attempt.Number + 1)), ("@run", attempt.Run), ("@number", attempt.Number + 1),
            ("@at", change.At));
        statements.Add(
            "UPDATE runs SET attempts = (SELECT MAX(number) FROM attempts WHERE run_id = runs.id) WHERE id = @run", ("@run", attempt.Run));
    }

    // How an attempt ended is why another one follows, and not why that one waits.
    private static Reason? WhyQueued(AttemptChange change) =>
        change.IsRetried && change.Reason is { } ended ? new Reason.Retried(ended) : change.Reason;

    // What an attempt does changes while its state stays: first it is prepared, then it runs. That is no event.
    private static void PutReason(RecordedAttempt attempt, AttemptChange change, Batch statements)
    {
        var reason = ReasonJson.Write(change.Reason);
        if (attempt.State != change.State || attempt.Reason == reason) return;
        statements.Add("UPDATE attempts SET reason = @reason WHERE id = @id", ("@id", change.Attempt), ("@reason", reason));
        if (attempt.IsLatest)
            statements.Add("UPDATE runs SET reason = @reason WHERE id = @run", ("@run", attempt.Run), ("@reason", reason));
        attempt.Reason = reason;
    }

    private static void PutMetrics(AttemptChange change, Batch statements)
    {
        foreach (var metric in change.Metrics ?? [])
        {
            statements.Add(
                """
                INSERT INTO metrics (attempt_id, name, count, non_finite, first, last, min, max, last_step, series)
                VALUES (@attempt, @name, @count, @nonfinite, @first, @last, @min, @max, @step, @series)
                ON CONFLICT (attempt_id, name) DO UPDATE SET
                    count = excluded.count, non_finite = excluded.non_finite, first = excluded.first,
                    last = excluded.last, min = excluded.min, max = excluded.max, last_step = excluded.last_step, series = excluded.series
                WHERE excluded.count >= metrics.count
                """,
                ("@attempt", change.Attempt), ("@name", metric.Name), ("@count", metric.Count), ("@nonfinite", metric.NonFinite),
                ("@first", metric.First),
                ("@last", metric.Last), ("@min", metric.Min), ("@max", metric.Max), ("@step", metric.LastStep),
                ("@series", JsonSerializer.Serialize([.. metric.Series], AttemptJson.Default.ListMetricPoint)));
        }
    }

    /// <summary>What the ledger has of an attempt; changes that were decided and not yet written are in it.</summary>
    /// <param name="Id">Its name.</param>
    /// <param name="Run">Its run.</param>
    /// <param name="Number">Which attempt of the run it is, from 1.</param>
    /// <param name="IsLatest">True when the run follows it.</param>
    /// <param name="CancelReason">Why the run was asked to be cancelled; null when nobody asked, or gave no reason.</param>
    private sealed record RecordedAttempt(string Id, string Run, int Number, bool IsLatest, Reason? CancelReason)
    {
        /// <summary>Its state.</summary>
        public required AttemptState State { get; set; }

        /// <summary>Why it is in this state, as it is stored; null when there is nothing to say.</summary>
        public string? Reason { get; set; }
    }
}
