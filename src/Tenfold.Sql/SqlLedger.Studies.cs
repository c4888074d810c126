using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
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
        database.ReadAsync<IReadOnlyList<StudyRecord>>(async connection => await connection.ReadReadableAsync(
            $"SELECT {StudyRows.StudyColumns} FROM studies s ORDER BY s.seq DESC LIMIT @limit", StudyRows.Study,
            row => $"study {row.GetString(0)}", _damaged, cancellationToken, ("@limit", limit)), cancellationToken);

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
}
