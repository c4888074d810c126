using System.Data.Common;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Garbage;
using Tenfold.Core.Keys;
using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Core.Versions;

namespace Tenfold.Sql;

/// <summary>The ledger on an SQL database.</summary>
/// <param name="database">The database.</param>
/// <param name="key">
/// The key that signs the work that is recorded, and tells it from the work of other homes; null for a new key, and then only work that
/// this object has recorded counts as the user's own.
/// </param>
/// <param name="damaged">Is told of the records that are left out of lists; null: nobody is told.</param>
public sealed partial class SqlLedger(Database database, WorkKey? key = null, DamagedRecords? damaged = null)
    : ILedger, IStudyLedger, IGarbageLedger, IVersionLedger, IComparisonLedger, IServerKeyLedger, IQueueLedger
{
    private const string AddEvent =
        "INSERT INTO events (at, subject, kind, detail, reason, warnings) VALUES (@at, @subject, @kind, @detail, @reason, @warnings)";

    // SQLite takes up to 32,766 parameters in a statement, but finds each by searching all of them.
    private const int NamesAtOnce = 500;

    private readonly WorkKey _key = key ?? WorkKey.New();
    private readonly DamagedRecords _damaged = damaged ?? new DamagedRecords();

    /// <inheritdoc/>
    public Task AddGroupAsync(
        GroupRecord group, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        await AddGroupAsync(connection, transaction, group, runs, cancellationToken);
        return 0;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> RequestCancelAsync(
        IReadOnlyList<string> runs, DateTimeOffset at, Reason? reason, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<string>>(async (connection, transaction) =>
    {
        var live = new HashSet<string>();
        foreach (var chunk in runs.Chunk(NamesAtOnce))
        {
            var (names, values) = Names(chunk);
            live.UnionWith(await connection.ReadAsync(
                transaction, $"SELECT id FROM runs WHERE id IN ({names}) AND state IN ('queued', 'running')", row => row.GetString(0),
                cancellationToken, values));
        }

        var requested = runs.Distinct().Where(live.Contains).ToList();
        var statements = new Batch(connection, transaction);
        foreach (var run in requested)
        {
            statements.Add(
                """
                UPDATE runs SET cancel_asked_at = @at,
                    cancel_reason = CASE WHEN cancel_asked_at IS NULL THEN @reason ELSE cancel_reason END
                WHERE id = @run
                """,
                ("@at", at), ("@reason", ReasonJson.Write(reason)), ("@run", run));
            AddEventTo(statements, at, run, "cancel-asked", reason, []);
        }

        await statements.RunAsync(cancellationToken);
        return requested;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<RetryAnswer> RequestRetryAsync(
        string run, DateTimeOffset at, CancellationToken cancellationToken, bool onlyOwn = false) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var wasOwn = (await FindTaggedAsync(connection, transaction, [run], cancellationToken)).TrueForAll(IsOwn);
        if (onlyOwn && !wasOwn) return RetryAnswer.Foreign;
        var changed = await connection.ExecuteAsync(
            transaction,
            """
            UPDATE runs SET state = 'queued', reason = NULL, ended_at = NULL, cancel_asked_at = NULL, cancel_reason = NULL, warnings = NULL,
                attempts = attempts + 1
            WHERE id = @run AND state IN ('failed', 'cancelled')
            """,
            cancellationToken, ("@run", run));
        if (changed == 0) return RetryAnswer.Refused;
        await connection.ExecuteAsync(
            transaction,
            """
            INSERT INTO attempts (id, run_id, number, state, created_at)
            SELECT id || '-' || attempts, id, attempts, 'pending', @at FROM runs WHERE id = @run
            """,
            cancellationToken, ("@run", run), ("@at", at));
        await EventAsync(connection, transaction, at, run, "retry-asked", detail: null, cancellationToken);
        await SignAsync(connection, transaction, [run], cancellationToken);
        return wasOwn ? RetryAnswer.Added : RetryAnswer.AddedToForeign;
    }, cancellationToken);

    private async Task AddGroupAsync(
        DbConnection connection, DbTransaction transaction, GroupRecord group, IReadOnlyList<RunRecord> runs,
        CancellationToken cancellationToken)
    {
        var statements = new Batch(connection, transaction);
        var spec = Statement.Storable(JsonSerializer.Serialize(group.Spec, AttemptJson.Default.WorkSpec));
        var digest = WorkKey.Digest(spec);
        statements.Add(
            """
            INSERT INTO groups (id, project, root, target, created_at, host, version, base_seed, repeat, like_run,
                git_commit, git_branch, git_dirty, metric, priority, spec, study_id)
            VALUES (@id, @project, @root, @target, @created, @host, @version, @seed, @repeat, @like, @commit, @branch, @dirty,
                @metric, @priority, @spec, @study)
            """,
            ("@id", group.Id), ("@project", group.Spec.Project), ("@root", group.Root), ("@target", group.Target),
            ("@created", group.CreatedAt), ("@host", group.Host), ("@version", group.Version), ("@seed", group.BaseSeed),
            ("@repeat", group.Repeat), ("@like", group.Like), ("@commit", group.GitCommit), ("@branch", group.GitBranch),
            ("@dirty", group.GitDirty), ("@metric", group.Spec.Metric?.Name),
            ("@priority", group.Priority == RunPriority.Normal ? null : Rows.Word(group.Priority)),
            ("@spec", spec), ("@study", RunNames.StudyOf(group.Id)));
        AddEventTo(statements, group.CreatedAt, group.Id, "created", $"{runs.Count} run{(runs.Count == 1 ? "" : "s")} on {group.Target}");
        AddRunsTo(statements, group.Id, 0, runs, digest);
        await statements.RunAsync(cancellationToken);
    }

    // False, with nothing added, when the group has another number of repeats than was expected.
    private async Task<bool> AddRunsAsync(
        DbConnection connection, DbTransaction transaction, AddedRuns added, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var changed = await connection.ExecuteAsync(
            transaction, "UPDATE groups SET repeat = @repeat WHERE id = @id AND repeat = @before", cancellationToken,
            ("@id", added.Group), ("@repeat", added.Before + added.Runs.Count), ("@before", added.Before));
        if (changed == 0) return false;
        var statements = new Batch(connection, transaction);
        AddEventTo(statements, at, added.Group, "extended", $"{added.Runs.Count} more run{(added.Runs.Count == 1 ? "" : "s")}");
        // More runs of a group are this home's own only if its first run is, with the specification that the ledger has now.
        var digest = await FindDigestOfOwnAsync(connection, transaction, added.Group, cancellationToken);
        AddRunsTo(statements, added.Group, added.Before, added.Runs, digest);
        await statements.RunAsync(cancellationToken);
        return true;
    }

    // The digest of the group's specification; null when another home recorded its first run.
    private async Task<string?> FindDigestOfOwnAsync(
        DbConnection connection, DbTransaction? transaction, string group, CancellationToken cancellationToken)
    {
        var first = await FindTaggedAsync(connection, transaction, [RunNames.Run(group, 1)], cancellationToken);
        return first is [var run] && IsOwn(run) ? run.Work.SpecDigest : null;
    }

    // Without a digest, the runs get no tag.
    private void AddRunsTo(Batch statements, string group, int after, IReadOnlyList<RunRecord> runs, string? digest)
    {
        foreach (var run in runs)
        {
            statements.Add(
                "INSERT INTO runs (id, group_id, repeat, seed, state, created_at, attempts, tag) " +
                "VALUES (@id, @group, @repeat, @seed, 'queued', @at, 1, @tag)",
                ("@id", run.Id), ("@group", run.Group), ("@repeat", run.Repeat), ("@seed", run.Seed), ("@at", run.CreatedAt),
                ("@tag", digest is null ? null : _key.Sign(new SignedRun(run.Id, run.Group, run.Repeat, run.Seed, digest), attempt: 1)));
        }

        statements.Add(
            """
            INSERT INTO attempts (id, run_id, number, state, created_at)
            SELECT id || '-1', id, 1, 'pending', created_at FROM runs WHERE group_id = @group AND repeat > @after
            """,
            ("@group", group), ("@after", after));
    }

    private static Task<int> EventAsync(
        DbConnection connection, DbTransaction transaction, DateTimeOffset at, string subject, string kind, string? detail,
        CancellationToken cancellationToken) =>
        connection.ExecuteAsync(transaction, AddEvent, cancellationToken, EventOf(at, subject, kind, detail, null, []));

    private static Task<int> EventAsync(
        DbConnection connection, DbTransaction transaction, DateTimeOffset at, string subject, string kind, Reason? reason,
        CancellationToken cancellationToken) =>
        connection.ExecuteAsync(transaction, AddEvent, cancellationToken, EventOf(at, subject, kind, null, reason, []));

    private static void AddEventTo(Batch statements, DateTimeOffset at, string subject, string kind, string? detail) =>
        statements.Add(AddEvent, EventOf(at, subject, kind, detail, null, []));

    private static void AddEventTo(
        Batch statements, DateTimeOffset at, string subject, string kind, Reason? reason, IReadOnlyList<Warning> warnings) =>
        statements.Add(AddEvent, EventOf(at, subject, kind, null, reason, warnings));

    private static (string Name, object? Value)[] EventOf(
        DateTimeOffset at, string subject, string kind, string? detail, Reason? reason, IReadOnlyList<Warning> warnings) =>
    [
        ("@at", at), ("@subject", subject), ("@kind", kind), ("@detail", detail), ("@reason", ReasonJson.Write(reason)),
        ("@warnings", WarningJson.Write(warnings)),
    ];

    /// <summary>The names as a list of parameters: <c>@n0, @n1, …</c></summary>
    private static (string List, (string Name, object? Value)[] Values) Names(string[] names) =>
        (string.Join(", ", Enumerable.Range(0, names.Length).Select(i => $"@n{i}")),
        [.. names.Select((name, i) => ($"@n{i}", (object?)name))]);
}
