using System.Data.Common;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Sql;

/// <content>Changes of state. The write lock is held, so what was read holds until the end: changes are decided here, and written together.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<int> ApplyAsync(IReadOnlyList<AttemptChange> changes, Lease? under, CancellationToken cancellationToken) => database.WriteAsync(async (connection, transaction) =>
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

    private static async Task<int> ApplyAsync(DbConnection connection, DbTransaction transaction, List<AttemptChange> changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0) return 0;
        var (names, values) = Names([.. changes.Select(change => change.Attempt)]);
        var known = (await connection.ReadAsync(
            transaction,
            $"""
            SELECT a.id, a.state, a.reason, a.number, a.run_id, r.attempts, r.cancel_reason
            FROM attempts a JOIN runs r ON r.id = a.run_id WHERE a.id IN ({names})
            """,
            row => new Standing(row.GetString(0), Rows.Text(row, 2), Rows.Int(row, 3), row.GetString(4), Rows.Int(row, 5), Rows.Text(row, 6)) { State = Rows.ToAttemptState(row.GetString(1)) },
            cancellationToken, values)).ToDictionary(standing => standing.Attempt);
        var statements = new Batch(connection, transaction);
        var made = changes.Count(change => known.TryGetValue(change.Attempt, out var standing) && Apply(standing, change, statements));
        await statements.RunAsync(cancellationToken);
        return made;
    }

    private static bool Apply(Standing standing, AttemptChange change, Batch statements)
    {
        // Whoever looks only after the end has missed the start; the record of it is made up for.
        if (change.State.IsFinal() && change.StartedAt is { } started)
            Apply(standing, new AttemptChange { Attempt = change.Attempt, At = started, State = AttemptState.Running, StartedAt = started, Host = change.Host }, statements);
        if (change.State == AttemptState.Cancelled) change = change with { Reason = CancelReason(standing, change) };
        var changed = RunStates.ExpectedBefore(change.State).Contains(standing.State);
        if (!changed && !change.State.IsFinal()) PutReason(standing, change, statements);
        if (changed) PutState(standing, change, statements);
        if (changed || change.State == AttemptState.Running) PutMetrics(change, statements);
        return changed;
    }

    private static void PutState(Standing standing, AttemptChange change, Batch statements)
    {
        statements.Add(
            """
            UPDATE attempts SET state = @state, reason = @reason, started_at = COALESCE(@started, started_at), ended_at = @ended, exit_code = @exit,
                signal = @signal, host = COALESCE(@host, host), peak_memory_bytes = @peak, cpu_ms = @cpu
            WHERE id = @id
            """,
            ("@id", change.Attempt), ("@state", Rows.Word(change.State)), ("@reason", change.Reason), ("@started", change.StartedAt), ("@ended", change.EndedAt),
            ("@exit", change.ExitCode), ("@signal", change.Signal), ("@host", change.Host), ("@peak", change.PeakMemoryBytes),
            ("@cpu", (long?)change.CpuTime?.TotalMilliseconds));
        AddEventTo(statements, change.At, change.Attempt, Rows.Word(change.State), change.Reason);
        (standing.State, standing.Reason) = (change.State, change.Reason);
        if (standing.IsLatest)
        {
            var state = RunStates.RunFollows(change.State, change.IsRetried);
            statements.Add(
                "UPDATE runs SET state = @state, reason = @reason, started_at = COALESCE(started_at, @started), ended_at = @ended WHERE id = @run",
                ("@run", standing.Run), ("@state", Rows.Word(state)), ("@reason", state == RunState.Queued ? WhyQueued(change) : change.Reason), ("@started", change.StartedAt),
                ("@ended", state.IsFinal() ? change.EndedAt ?? change.At : null));
        }

        if (!change.IsRetried) return;
        statements.Add(
            "INSERT INTO attempts (id, run_id, number, state, created_at) VALUES (@id, @run, @number, 'pending', @at) ON CONFLICT DO NOTHING",
            ("@id", RunNames.Attempt(standing.Run, standing.Number + 1)), ("@run", standing.Run), ("@number", standing.Number + 1), ("@at", change.At));
        statements.Add("UPDATE runs SET attempts = (SELECT MAX(number) FROM attempts WHERE run_id = runs.id) WHERE id = @run", ("@run", standing.Run));
    }

    // How an attempt ended is why the next one follows, and no reason for that one to wait.
    private static string? WhyQueued(AttemptChange change) => change.IsRetried && change.Reason is { } ended ? $"is tried again after: {ended}" : change.Reason;

    // Who asked knows why better than who obeyed. Warnings, on lines of their own, stay.
    private static string? CancelReason(Standing standing, AttemptChange change)
    {
        if (standing.CancelReason is not { } asked) return change.Reason;
        var warnings = (change.Reason ?? "").Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal));
        return string.Join('\n', warnings.Prepend(asked));
    }

    // What an attempt does changes while its state stays: first it is prepared, then it runs. That is no event.
    private static void PutReason(Standing standing, AttemptChange change, Batch statements)
    {
        if (standing.State != change.State || (standing.Reason ?? "") == (change.Reason ?? "")) return;
        statements.Add("UPDATE attempts SET reason = @reason WHERE id = @id", ("@id", change.Attempt), ("@reason", change.Reason));
        if (standing.IsLatest) statements.Add("UPDATE runs SET reason = @reason WHERE id = @run", ("@run", standing.Run), ("@reason", change.Reason));
        standing.Reason = change.Reason;
    }

    private static void PutMetrics(AttemptChange change, Batch statements)
    {
        foreach (var metric in change.Metrics ?? [])
        {
            statements.Add(
                """
                INSERT INTO metrics (attempt_id, name, count, non_finite, first, last, min, max, last_step, series)
                VALUES (@attempt, @name, @count, @nonfinite, @first, @last, @min, @max, @step, @series)
                ON CONFLICT (attempt_id, name) DO UPDATE SET count = excluded.count, non_finite = excluded.non_finite, first = excluded.first,
                    last = excluded.last, min = excluded.min, max = excluded.max, last_step = excluded.last_step, series = excluded.series
                WHERE excluded.count >= metrics.count
                """,
                ("@attempt", change.Attempt), ("@name", metric.Name), ("@count", metric.Count), ("@nonfinite", metric.NonFinite), ("@first", metric.First),
                ("@last", metric.Last), ("@min", metric.Min), ("@max", metric.Max), ("@step", metric.LastStep),
                ("@series", JsonSerializer.Serialize([.. metric.Series], AttemptJson.Default.ListMetricPoint)));
        }
    }

    /// <summary>Where an attempt stands before a change, and after those that were decided.</summary>
    private sealed class Standing(string attempt, string? reason, int number, string run, int attempts, string? cancelReason)
    {
        public string Attempt => attempt;

        public string Run => run;

        public int Number => number;

        public string? CancelReason => cancelReason;

        /// <summary>True when the run follows it.</summary>
        public bool IsLatest => number == attempts;

        public required AttemptState State { get; set; }

        public string? Reason { get; set; } = reason;
    }
}
