using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.Sql;

/// <content>Studies and their trials.</content>
public sealed partial class SqlLedger
{
    // Another process may have started a trial since the caller read the trials.
    private const string NoRunningTrial = " AND NOT EXISTS (SELECT 1 FROM trials t WHERE t.study_id = studies.id AND t.state = 'running')";

    /// <inheritdoc/>
    public Task AddStudyAsync(StudyRecord study, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var spec = Statement.Storable(JsonSerializer.Serialize(study.Spec, StudyJson.Default.StudySpec));
        await connection.ExecuteAsync(
            transaction,
            """
            INSERT INTO studies (id, project, root, target, created_at, host, version, git_commit, git_branch, git_dirty, state, reason,
                ended_at, spec, tag)
            VALUES (@id, @project, @root, @target, @created, @host, @version, @commit, @branch, @dirty, @state, @reason, @ended, @spec,
                @tag)
            """,
            cancellationToken,
            ("@id", study.Id), ("@project", study.Spec.Project), ("@root", study.Root), ("@target", study.Target),
            ("@created", study.CreatedAt), ("@host", study.Host), ("@version", study.Version), ("@commit", study.GitCommit),
            ("@branch", study.GitBranch), ("@dirty", study.GitDirty), ("@state", Rows.Word(study.State)),
            ("@reason", ReasonJson.Write(study.Reason)), ("@ended", study.EndedAt),
            ("@spec", spec), ("@tag", _key.SignStudy(study.Id, spec)));
        return await EventAsync(
            connection, transaction, study.CreatedAt, study.Id, "created", $"{Rows.Word(study.Spec.Method)} on {study.Target}",
            cancellationToken);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<StudyRecord?> FindStudyAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(async connection =>
    {
        var found = await connection.ReadAsync(
            $"SELECT {StudyRows.StudyColumns} FROM studies s WHERE s.id = @id", StudyRows.Study, cancellationToken, ("@id", id));
        return found.FirstOrDefault();
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StudyRecord>> ListStudiesAsync(int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StudyRecord>>(async connection => await connection.ReadAsync(
            $"SELECT {StudyRows.StudyColumns} FROM studies s ORDER BY s.seq DESC LIMIT @limit", StudyRows.Study, cancellationToken,
            ("@limit", limit)), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListOpenStudiesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(async connection => await connection.ReadAsync(
            "SELECT s.id FROM studies s WHERE s.state IN ('running', 'confirming') ORDER BY s.seq", row => row.GetString(0),
            cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ChangeStudyAsync(
        string id, StudyState state, Reason? reason, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var changed = await connection.ExecuteAsync(
            transaction,
            $"""
            UPDATE studies SET state = @state, reason = @reason, ended_at = @ended
            WHERE id = @id AND state IN ('running', 'confirming') AND state <> @state{(state == StudyState.Finished ? NoRunningTrial : "")}
            """,
            cancellationToken,
            ("@id", id), ("@state", Rows.Word(state)), ("@reason", ReasonJson.Write(reason)),
            ("@ended", state is StudyState.Finished or StudyState.Cancelled ? at : null));
        if (changed == 0) return false;
        await EventAsync(connection, transaction, at, id, Rows.Word(state), reason, cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AddConfirmationsAsync(
        string study, IReadOnlyList<PlannedGroup> groups, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var changed = await connection.ExecuteAsync(
            transaction, $"UPDATE studies SET state = 'confirming', reason = NULL WHERE id = @id AND state = 'running'{NoRunningTrial}",
            cancellationToken, ("@id", study));
        if (changed == 0) return false;
        await EventAsync(
            connection, transaction, at, study, "confirming", string.Join(' ', groups.Select(planned => planned.Group.Id)),
            cancellationToken);
        foreach (var planned in groups) await AddGroupAsync(connection, transaction, planned.Group, planned.Runs, cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AddMeasuringRunsAsync(
        string study, AddedRuns? winner, PlannedGroup? baseline, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        // The write lock is held, so nothing changes between the checks and the commit.
        var isOpen = await connection.ScalarAsync(
            transaction,
            "SELECT 1 FROM studies WHERE id = @id AND state = 'confirming' AND NOT EXISTS (SELECT 1 FROM groups WHERE id = @b)",
            cancellationToken, ("@id", study), ("@b", baseline?.Group.Id));
        if (isOpen is null) return false;
        if (winner is not null && !await AddRunsAsync(connection, transaction, winner, at, cancellationToken)) return false;
        if (baseline is not null) await AddGroupAsync(connection, transaction, baseline.Group, baseline.Runs, cancellationToken);
        string[] groups = [.. new[] { winner?.Group, baseline?.Group.Id }.OfType<string>()];
        await EventAsync(connection, transaction, at, study, "measuring", string.Join(' ', groups), cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<GroupRecord>> ListConfirmationsAsync(string study, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<GroupRecord>>(async connection => await connection.ReadAsync(
            $"SELECT {Rows.GroupColumns} FROM groups g WHERE g.id >= @from AND g.id < @to ORDER BY g.seq", row => Rows.Group(row),
            cancellationToken, ("@from", study + "-c"), ("@to", study + "-d")), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunRecord>> ListStudyRunsAsync(string study, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RunRecord>>(async connection => await connection.ReadAsync(
            $"SELECT {Rows.RunColumns} FROM groups g JOIN runs r ON r.group_id = g.id WHERE g.study_id = @study ORDER BY r.seq",
            row => Rows.Run(row), cancellationToken, ("@study", study)), cancellationToken);

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
            INSERT INTO trials (study_id, number, parameters, method, reason, seed, asked_at, group_id, again, state, results)
            VALUES (@study, @number, @parameters, @method, @reason, @seed, @at, @group, @again, 'running', '[]')
            """,
            cancellationToken,
            ("@study", trial.Study), ("@number", trial.Number), ("@parameters", trial.Parameters.GetRawText()), ("@method", trial.Method),
            ("@reason", ReasonJson.Write(trial.Reason)), ("@seed", trial.Seed),
            ("@at", trial.AskedAt), ("@group", group?.Id), ("@again", trial.Again));
        await EventAsync(
            connection, transaction, trial.AskedAt, RunNames.Trial(trial.Study, trial.Number), "asked", $"{trial.Method}: {trial.Reason}",
            cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TellAsync(TrialTell tell, CancellationToken cancellationToken)
    {
        if (tell.State == TrialState.Running) throw new ArgumentException("the outcome of a trial is a final state", nameof(tell));
        if (!tell.Values.All(double.IsFinite)) throw new ArgumentException("the values of a trial are finite", nameof(tell));
        return database.WriteAsync(async (connection, transaction) =>
        {
            var changed = await connection.ExecuteAsync(
                transaction,
                """
                UPDATE trials SET state = @state, results = @results, why = @why, ended_at = @at
                WHERE study_id = @study AND number = @number AND state = 'running'
                """,
                cancellationToken,
                ("@study", tell.Study), ("@number", tell.Number), ("@state", Rows.Word(tell.State)),
                ("@results", JsonSerializer.Serialize([.. tell.Values], StudyJson.Default.DoubleArray)),
                ("@why", ReasonJson.Write(tell.Why)), ("@at", tell.At));
            if (changed == 0) return false;
            var (trial, kind) = (RunNames.Trial(tell.Study, tell.Number), Rows.Word(tell.State));
            if (tell.Why is { } why) await EventAsync(connection, transaction, tell.At, trial, kind, why, cancellationToken);
            else await EventAsync(connection, transaction, tell.At, trial, kind, Text(tell.Values), cancellationToken);
            return true;
        }, cancellationToken);
    }

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

    private static string? Text(IReadOnlyList<double> values) =>
        values.Count == 0 ? null : string.Join(", ", values.Select(value => value.ToString("G6", CultureInfo.InvariantCulture)));
}
