using System.Data.Common;
using System.Globalization;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.Sql;

/// <content>The trials of studies.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<TrialRecord>> ListTrialsAsync(string study, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<TrialRecord>>(async connection =>
    {
        var trials = await connection.ReadAsync(
            $"SELECT {StudyRows.TrialColumns} FROM trials t WHERE t.study_id = @study ORDER BY t.number", StudyRows.Trial,
            cancellationToken, ("@study", study));
        var rungs = (await ReadRungsAsync(connection, study, cancellationToken)).ToLookup(rung => rung.Number);
        return rungs.Count == 0 ? trials : [.. trials.Select(trial => trial with { Rungs = [.. rungs[trial.Number]] })];
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AddTrialAsync(
        TrialRecord trial, GroupRecord? group, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        // The write lock is held, so the next number can't change before the commit.
        var next = await connection.ScalarAsync(
            transaction,
            """
            SELECT (SELECT COALESCE(MAX(t.number), 0) + 1 FROM trials t WHERE t.study_id = s.id)
            FROM studies s WHERE s.id = @study AND s.state = 'running'
            """,
            cancellationToken, ("@study", trial.Study));
        if (next is null || Convert.ToInt64(next, null) != trial.Number) return false;
        if (group is not null) await AddGroupAsync(connection, transaction, group, runs, cancellationToken);
        await connection.ExecuteAsync(
            transaction,
            """
            INSERT INTO trials (study_id, number, parameters, method, reason, seed, asked_at, group_id, again, state, results, lease_ms)
            VALUES (@study, @number, @parameters, @method, @reason, @seed, @at, @group, @again, 'running', '[]', @lease)
            """,
            cancellationToken,
            ("@study", trial.Study), ("@number", trial.Number), ("@parameters", trial.Parameters.GetRawText()), ("@method", trial.Method),
            ("@reason", ReasonJson.Write(trial.Reason)), ("@seed", trial.Seed),
            ("@at", trial.AskedAt), ("@group", group?.Id), ("@again", trial.Again), ("@lease", Milliseconds(trial.Lease)));
        if (trial.Lease is { } lease)
            await TouchAsync(connection, transaction, trial.Study, trial.Number, lease, cancellationToken);
        await EventAsync(
            connection, transaction, trial.AskedAt, RunNames.Trial(trial.Study, trial.Number), "asked", $"{trial.Method}: {trial.Reason}",
            cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TellAsync(TrialTell tell, CancellationToken cancellationToken)
    {
        if (tell.State == TrialState.Running) throw new ArgumentException("the outcome of a trial is a final state", nameof(tell));
        if (!tell.Others.Prepend(tell.Values).All(values => values.All(double.IsFinite)))
            throw new ArgumentException("the values of a trial are finite", nameof(tell));
        return database.WriteAsync(async (connection, transaction) =>
        {
            // The write lock is held, so the trial can't change before the commit.
            var found = await connection.ReadAsync(
                transaction, $"SELECT {StudyRows.TrialColumns} FROM trials t WHERE t.study_id = @study AND t.number = @number",
                StudyRows.Trial, cancellationToken, ("@study", tell.Study), ("@number", tell.Number));
            if (found.FirstOrDefault() is not { } trial) return false;
            // A worker may have outlived its lease: its result is worth more than the guess that it was lost.
            var isOpen = trial.State == TrialState.Running || (trial.State == TrialState.Lost && trial.LeaseUntil is not null);
            if (!isOpen && (!tell.IsCorrection || IsSame(trial, tell))) return false;
            var now = new ReplacedResult(trial.State, trial.Values, trial.Why, trial.EndedAt ?? trial.AskedAt)
            {
                Others = trial.Others,
            };
            var replaced = isOpen ? trial.Replaced : [.. trial.Replaced, now];
            await connection.ExecuteAsync(
                transaction,
                """
                UPDATE trials SET state = @state, results = @results, why = @why, ended_at = @at, lease_until = NULL, replaced = @replaced
                WHERE study_id = @study AND number = @number
                """,
                cancellationToken,
                ("@study", tell.Study), ("@number", tell.Number), ("@state", Rows.Word(tell.State)),
                ("@results", StudyRows.Write(tell)),
                ("@why", ReasonJson.Write(tell.Why)), ("@at", tell.At), ("@replaced", StudyRows.Write(replaced)));
            var (name, kind) = (RunNames.Trial(tell.Study, tell.Number), Rows.Word(tell.State));
            if (tell.Why is { } why) await EventAsync(connection, transaction, tell.At, name, kind, why, cancellationToken);
            else await EventAsync(connection, transaction, tell.At, name, kind, Text(tell), cancellationToken);
            return true;
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> TouchTrialAsync(string study, int number, TimeSpan? lease, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => TouchAsync(connection, transaction, study, number, lease, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<int>> LoseExpiredTrialsAsync(string study, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<int>>(async (connection, transaction) =>
    {
        var now = await database.NowAsync(connection, transaction, cancellationToken);
        var why = new Reason.TrialLeaseEnded();
        // The end of the lease stays, which shows that the worker did not say this.
        var lost = await connection.ReadAsync(
            transaction,
            """
            UPDATE trials SET state = 'lost', why = @why, ended_at = @at
            WHERE study_id = @study AND state = 'running' AND lease_until <= @now RETURNING number
            """,
            row => Rows.Int(row, 0), cancellationToken,
            ("@study", study), ("@why", ReasonJson.Write(why)), ("@at", at), ("@now", now));
        foreach (var number in lost)
            await EventAsync(connection, transaction, at, RunNames.Trial(study, number), "lost", why, cancellationToken);
        return lost;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ReportAsync(string study, ReportedValue value, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var isRunning = await connection.ScalarAsync(
            transaction, "SELECT 1 FROM trials WHERE study_id = @study AND number = @trial AND state = 'running'", cancellationToken,
            ("@study", study), ("@trial", value.Number));
        if (isRunning is null) return false;
        await connection.ExecuteAsync(
            transaction,
            "INSERT INTO reports (study_id, trial, step, value, at) VALUES (@study, @trial, @step, @value, @at) ON CONFLICT DO NOTHING",
            cancellationToken,
            ("@study", study), ("@trial", value.Number), ("@step", value.Step), ("@value", value.Value), ("@at", at));
        await TouchAsync(connection, transaction, study, value.Number, lease: null, cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReportedValue>> ListReportsAsync(string study, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ReportedValue>>(async connection => await connection.ReadAsync(
            "SELECT trial, step, value FROM reports WHERE study_id = @study ORDER BY trial, step",
            row => new ReportedValue(Rows.Int(row, 0), row.GetInt64(1), Rows.Number(row, 2)), cancellationToken,
            ("@study", study)), cancellationToken);

    /// <inheritdoc/>
    public Task AddRungsAsync(string study, IReadOnlyList<RungRecord> rungs, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var statements = new Batch(connection, transaction);
        foreach (var rung in rungs)
        {
            statements.Add(
                """
                INSERT INTO rungs (study_id, trial, rung, value, at, is_pruned, against)
                SELECT study_id, number, @rung, @value, @at, @pruned, @against FROM trials WHERE study_id = @study AND number = @trial
                ON CONFLICT DO NOTHING
                """,
                ("@study", study), ("@trial", rung.Number), ("@rung", rung.Rung), ("@value", rung.Value), ("@at", rung.At),
                ("@pruned", rung.IsPruned), ("@against", rung.Against));
        }

        await statements.RunAsync(cancellationToken);
        return 0;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RungRecord>> ListRungsAsync(string study, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ReadRungsAsync(connection, study, cancellationToken), cancellationToken);

    private static async Task<IReadOnlyList<RungRecord>> ReadRungsAsync(
        DbConnection connection, string study, CancellationToken cancellationToken) => await connection.ReadAsync(
        $"SELECT {StudyRows.RungColumns} FROM rungs WHERE study_id = @study ORDER BY trial, rung", StudyRows.Rung, cancellationToken,
        ("@study", study));

    private static string? Text(TrialTell tell) => tell.Values.Count == 0
        ? null
        : string.Join("; ", tell.Others.Prepend(tell.Values).Select(values =>
            string.Join(", ", values.Select(value => value.ToString("G6", CultureInfo.InvariantCulture)))));

    private static bool IsSame(TrialRecord trial, TrialTell tell) =>
        trial.State == tell.State && trial.Why == tell.Why && trial.Values.SequenceEqual(tell.Values)
        && trial.Others.SelectMany(values => values).SequenceEqual(tell.Others.SelectMany(values => values));

    private static long? Milliseconds(TimeSpan? time) => time is { } known ? (long)known.TotalMilliseconds : null;

    private async Task<bool> TouchAsync(
        DbConnection connection, DbTransaction transaction, string study, int number, TimeSpan? lease, CancellationToken cancellationToken)
    {
        var now = await database.NowAsync(connection, transaction, cancellationToken);
        var touched = await connection.ExecuteAsync(
            transaction,
            """
            UPDATE trials SET lease_ms = COALESCE(@lease, lease_ms), lease_until = @now + COALESCE(@lease, lease_ms)
            WHERE study_id = @study AND number = @number AND state = 'running' AND COALESCE(@lease, lease_ms) IS NOT NULL
            """,
            cancellationToken,
            ("@study", study), ("@number", number), ("@lease", Milliseconds(lease)), ("@now", now.ToUnixTimeMilliseconds()));
        return touched > 0;
    }
}
