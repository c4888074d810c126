using System.Data.Common;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Garbage;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.Sql;

/// <summary>The ledger on an SQL database.</summary>
/// <param name="database">The database.</param>
public sealed partial class SqlLedger(SqliteDatabase database) : ILedger, IStudyLedger, IGarbageLedger
{
    private const string AddEvent = "INSERT INTO events (at, subject, kind, detail) VALUES (@at, @subject, @kind, @detail)";
    private const string AddAttempt = "INSERT INTO attempts (id, run_id, number, state, created_at) VALUES (@id, @run, @number, 'pending', @at)";

    /// <inheritdoc/>
    public Task AddGroupAsync(GroupRecord group, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken) => WriteAsync(async (connection, transaction) =>
    {
        await AddGroupAsync(connection, transaction, group, runs, cancellationToken);
        return 0;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<int> ApplyAsync(IReadOnlyList<AttemptChange> changes, Lease? under, CancellationToken cancellationToken) => WriteAsync(async (connection, transaction) =>
    {
        if (under is not null && !await IsCurrentAsync(connection, transaction, under, cancellationToken)) return 0;
        var made = 0;
        foreach (var change in changes)
            if (await ApplyAsync(connection, transaction, change, cancellationToken)) made++;
        return made;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> AskCancelAsync(IReadOnlyList<string> runs, DateTimeOffset at, string? reason, CancellationToken cancellationToken) => WriteAsync<IReadOnlyList<string>>(async (connection, transaction) =>
    {
        var asked = new List<string>();
        foreach (var run in runs)
        {
            var changed = await connection.ExecuteAsync(
                transaction,
                """
                UPDATE runs SET cancel_asked_at = @at, cancel_reason = CASE WHEN cancel_asked_at IS NULL THEN @reason ELSE cancel_reason END
                WHERE id = @run AND state IN ('queued', 'running')
                """,
                cancellationToken, ("@at", at), ("@reason", reason), ("@run", run));
            if (changed == 0) continue;
            asked.Add(run);
            await EventAsync(connection, transaction, at, run, "cancel-asked", reason, cancellationToken);
        }

        return asked;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AskRetryAsync(string run, DateTimeOffset at, CancellationToken cancellationToken) => WriteAsync(async (connection, transaction) =>
    {
        var changed = await connection.ExecuteAsync(
            transaction,
            """
            UPDATE runs SET state = 'queued', reason = NULL, ended_at = NULL, cancel_asked_at = NULL, cancel_reason = NULL, attempts = attempts + 1
            WHERE id = @run AND state IN ('failed', 'cancelled')
            """,
            cancellationToken, ("@run", run));
        if (changed == 0) return false;
        await connection.ExecuteAsync(
            transaction,
            "INSERT INTO attempts (id, run_id, number, state, created_at) SELECT id || '-' || attempts, id, attempts, 'pending', @at FROM runs WHERE id = @run",
            cancellationToken, ("@run", run), ("@at", at));
        await EventAsync(connection, transaction, at, run, "retry-asked", null, cancellationToken);
        return true;
    }, cancellationToken);

    private static async Task AddGroupAsync(DbConnection connection, DbTransaction transaction, GroupRecord group, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            transaction,
            """
            INSERT INTO groups (id, project, root, target, created_at, host, version, base_seed, repeat, like_run, git_commit, git_branch, git_dirty, metric, spec, study_id)
            VALUES (@id, @project, @root, @target, @created, @host, @version, @seed, @repeat, @like, @commit, @branch, @dirty, @metric, @spec, @study)
            """,
            cancellationToken,
            ("@id", group.Id), ("@project", group.Spec.Project), ("@root", group.Root), ("@target", group.Target), ("@created", group.CreatedAt),
            ("@host", group.Host), ("@version", group.Version), ("@seed", group.BaseSeed), ("@repeat", group.Repeat), ("@like", group.Like),
            ("@commit", group.GitCommit), ("@branch", group.GitBranch), ("@dirty", group.GitDirty), ("@metric", group.Spec.Metric?.Name),
            ("@spec", JsonSerializer.Serialize(group.Spec, AttemptJson.Default.WorkSpec)), ("@study", RunNames.StudyOf(group.Id)));
        await EventAsync(connection, transaction, group.CreatedAt, group.Id, "created", $"{runs.Count} run{(runs.Count == 1 ? "" : "s")} on {group.Target}", cancellationToken);
        foreach (var run in runs)
        {
            await connection.ExecuteAsync(
                transaction,
                "INSERT INTO runs (id, group_id, repeat, seed, state, created_at, attempts) VALUES (@id, @group, @repeat, @seed, 'queued', @at, 1)",
                cancellationToken,
                ("@id", run.Id), ("@group", run.Group), ("@repeat", run.Repeat), ("@seed", run.Seed), ("@at", run.CreatedAt));
            await connection.ExecuteAsync(transaction, AddAttempt, cancellationToken, ("@id", RunNames.Attempt(run.Id, 1)), ("@run", run.Id), ("@number", 1), ("@at", run.CreatedAt));
        }
    }

    private static async Task<bool> ApplyAsync(DbConnection connection, DbTransaction transaction, AttemptChange change, CancellationToken cancellationToken)
    {
        // Whoever looks only after the end has missed the start; the record of it is made up for.
        if (change.State.IsFinal() && change.StartedAt is { } started)
            await ApplyAsync(connection, transaction, new AttemptChange { Attempt = change.Attempt, At = started, State = AttemptState.Running, StartedAt = started, Host = change.Host }, cancellationToken);
        if (change.State == AttemptState.Cancelled) change = change with { Reason = await CancelReasonAsync(connection, transaction, change, cancellationToken) };
        var expected = string.Join(", ", RunStates.ExpectedBefore(change.State).Select(state => $"'{Rows.Word(state)}'").DefaultIfEmpty("NULL"));
        var changed = await connection.ExecuteAsync(
            transaction,
            $"""
            UPDATE attempts SET state = @state, reason = @reason, started_at = COALESCE(@started, started_at), ended_at = @ended, exit_code = @exit,
                signal = @signal, host = COALESCE(@host, host), peak_memory_bytes = @peak, cpu_ms = @cpu
            WHERE id = @id AND state IN ({expected})
            """,
            cancellationToken,
            ("@id", change.Attempt), ("@state", Rows.Word(change.State)), ("@reason", change.Reason), ("@started", change.StartedAt), ("@ended", change.EndedAt),
            ("@exit", change.ExitCode), ("@signal", change.Signal), ("@host", change.Host), ("@peak", change.PeakMemoryBytes),
            ("@cpu", (long?)change.CpuTime?.TotalMilliseconds)) > 0;
        if (!changed && !change.State.IsFinal()) await ReasonAsync(connection, transaction, change, cancellationToken);
        if (changed || change.State == AttemptState.Running) await PutMetricsAsync(connection, transaction, change, cancellationToken);
        if (!changed) return false;

        await EventAsync(connection, transaction, change.At, change.Attempt, Rows.Word(change.State), change.Reason, cancellationToken);
        // The run follows its latest attempt only.
        var state = RunStates.RunFollows(change.State, change.IsRetried);
        await connection.ExecuteAsync(
            transaction,
            """
            UPDATE runs SET state = @state, reason = @reason, started_at = COALESCE(started_at, @started), ended_at = @ended
            WHERE id || '-' || attempts = @id AND id = (SELECT run_id FROM attempts WHERE id = @id)
            """,
            cancellationToken,
            ("@id", change.Attempt), ("@state", Rows.Word(state)), ("@reason", change.Reason), ("@started", change.StartedAt),
            ("@ended", state.IsFinal() ? change.EndedAt ?? change.At : null));
        if (change.IsRetried) await AddNextAsync(connection, transaction, change, cancellationToken);
        return true;
    }

    // Who asked knows why better than who obeyed. Warnings, on lines of their own, stay.
    private static async Task<string?> CancelReasonAsync(DbConnection connection, DbTransaction transaction, AttemptChange change, CancellationToken cancellationToken)
    {
        var asked = (string?)await connection.ScalarAsync(
            transaction, "SELECT cancel_reason FROM runs WHERE id = (SELECT run_id FROM attempts WHERE id = @id)", cancellationToken, ("@id", change.Attempt));
        if (asked is null) return change.Reason;
        var warnings = (change.Reason ?? "").Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal));
        return string.Join('\n', warnings.Prepend(asked));
    }

    // What an attempt does changes while its state stays: first it is prepared, then it runs. That is no event.
    private static async Task ReasonAsync(DbConnection connection, DbTransaction transaction, AttemptChange change, CancellationToken cancellationToken)
    {
        (string, object?)[] values = [("@id", change.Attempt), ("@state", Rows.Word(change.State)), ("@reason", change.Reason)];
        var isNew = await connection.ExecuteAsync(
            transaction, "UPDATE attempts SET reason = @reason WHERE id = @id AND state = @state AND COALESCE(reason, '') <> COALESCE(@reason, '')", cancellationToken, values) > 0;
        if (isNew)
            await connection.ExecuteAsync(transaction, "UPDATE runs SET reason = @reason WHERE id || '-' || attempts = @id AND id = (SELECT run_id FROM attempts WHERE id = @id)", cancellationToken, values);
    }

    private static async Task AddNextAsync(DbConnection connection, DbTransaction transaction, AttemptChange change, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            transaction,
            """
            INSERT INTO attempts (id, run_id, number, state, created_at)
            SELECT run_id || '-' || (number + 1), run_id, number + 1, 'pending', @at FROM attempts WHERE id = @id
            ON CONFLICT DO NOTHING
            """,
            cancellationToken, ("@id", change.Attempt), ("@at", change.At));
        await connection.ExecuteAsync(
            transaction,
            "UPDATE runs SET attempts = (SELECT MAX(number) FROM attempts WHERE run_id = runs.id) WHERE id = (SELECT run_id FROM attempts WHERE id = @id)",
            cancellationToken, ("@id", change.Attempt));
    }

    private static async Task PutMetricsAsync(DbConnection connection, DbTransaction transaction, AttemptChange change, CancellationToken cancellationToken)
    {
        foreach (var metric in change.Metrics ?? [])
        {
            await connection.ExecuteAsync(
                transaction,
                """
                INSERT INTO metrics (attempt_id, name, count, non_finite, first, last, min, max, last_step, series)
                SELECT id, @name, @count, @nonfinite, @first, @last, @min, @max, @step, @series FROM attempts WHERE id = @attempt
                ON CONFLICT (attempt_id, name) DO UPDATE SET count = excluded.count, non_finite = excluded.non_finite, first = excluded.first,
                    last = excluded.last, min = excluded.min, max = excluded.max, last_step = excluded.last_step, series = excluded.series
                WHERE excluded.count >= metrics.count
                """,
                cancellationToken,
                ("@attempt", change.Attempt), ("@name", metric.Name), ("@count", metric.Count), ("@nonfinite", metric.NonFinite), ("@first", metric.First),
                ("@last", metric.Last), ("@min", metric.Min), ("@max", metric.Max), ("@step", metric.LastStep),
                ("@series", JsonSerializer.Serialize([.. metric.Series], AttemptJson.Default.ListMetricPoint)));
        }
    }

    private static Task<int> EventAsync(DbConnection connection, DbTransaction transaction, DateTimeOffset at, string subject, string kind, string? detail, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(transaction, AddEvent, cancellationToken, ("@at", at), ("@subject", subject), ("@kind", kind), ("@detail", detail));

    private async Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            // Takes the write lock at once: what is read in here is not changed by another until the commit.
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, cancellationToken);
            var result = await write(connection, transaction);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        catch (DbException e)
        {
            throw database.Explain(e);
        }
        catch (InvalidDataException e)
        {
            throw database.Explain(e);
        }
    }

    private async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            return await read(connection);
        }
        catch (DbException e)
        {
            throw database.Explain(e);
        }
        catch (InvalidDataException e)
        {
            throw database.Explain(e);
        }
    }
}
