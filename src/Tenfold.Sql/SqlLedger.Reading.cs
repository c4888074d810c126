using System.Data.Common;
using System.Globalization;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Sql;

/// <content>Queries for groups, runs, attempts and events.</content>
public sealed partial class SqlLedger
{
    // The last attempt that reported the metric, unless a later one started anew: what was reported before is then not the run's.
    private const string LastWithMetric =
        """
        SELECT a.id FROM attempts a JOIN metrics x ON x.attempt_id = a.id AND x.name = g.metric
        WHERE a.run_id = r.id AND a.number >= COALESCE(
            (SELECT MAX(b.number) FROM attempts b WHERE b.run_id = r.id AND b.resumed = 0), 1)
        ORDER BY a.number DESC LIMIT 1
        """;

    private const string Live = "('pending', 'queued', 'running')";

    private const string OneGroup = $"SELECT {Rows.GroupColumns} FROM groups g WHERE g.id = @id";

    /// <inheritdoc/>
    public Task<IReadOnlyList<LiveAttempt>> ListLiveAttemptsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<LiveAttempt>>(async connection =>
    {
        var rows = await connection.ReadReadableAsync(
            $"""
            SELECT {Rows.AttemptColumns}, {Rows.RunColumns},
                (SELECT COUNT(*) FROM attempts lost WHERE lost.run_id = a.run_id AND lost.state = 'lost' AND lost.number < a.number),
                r.tag
            FROM attempts a JOIN runs r ON r.id = a.run_id
            WHERE a.state IN {Live} ORDER BY r.seq
            """,
            row => new LiveRow(
                Rows.Attempt(row), Rows.Run(row, Rows.AttemptWidth), Rows.Int(row, Rows.AttemptWidth + Rows.RunWidth),
                Rows.Text(row, Rows.AttemptWidth + Rows.RunWidth + 1)),
            row => $"attempt {row.GetString(0)}", _damaged, cancellationToken);
        if (rows.Count == 0) return [];
        // Each group's spec is read once, however many of its runs are live.
        var groups = (await connection.ReadReadableAsync(
            $"""
            SELECT {Rows.GroupColumns} FROM groups g
            WHERE g.id IN (SELECT r.group_id FROM attempts a JOIN runs r ON r.id = a.run_id WHERE a.state IN {Live})
            """,
            ToGroupRow, row => $"group {row.GetString(0)}", _damaged, cancellationToken)).ToDictionary(group => group.Group.Id);
        // A group whose last attempt ended between the two queries is read by itself; a damaged one is not found again.
        foreach (var id in rows.Select(row => row.Run.Group).Distinct().Where(id => !groups.ContainsKey(id)).ToList())
            if (await FindReadableGroupAsync(connection, id, cancellationToken) is { } group) groups[id] = group;
        return [.. rows.Where(row => groups.ContainsKey(row.Run.Group)).Select(row => ToLive(row, groups[row.Run.Group]))];
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindNamesAsync(string prefix, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(async connection => await connection.ReadAsync(
            // A range rather than LIKE, because it uses the index and has no special characters. '{' follows 'z'. A run without its
            // group, or with the name of another group, is damaged, and is not found.
            """
            SELECT id FROM (
                SELECT id FROM studies WHERE id >= @from AND id < @to UNION ALL SELECT id FROM groups WHERE id >= @from AND id < @to
                UNION ALL SELECT r.id FROM runs r JOIN groups g ON g.id = r.group_id
                WHERE r.id >= @from AND r.id < @to AND r.id = r.group_id || '-' || r.repeat) AS found
            ORDER BY id <> @from, LENGTH(id), id LIMIT @limit
            """,
            row => row.GetString(0), cancellationToken, ("@from", prefix), ("@to", prefix + "{"), ("@limit", limit)), cancellationToken);

    /// <inheritdoc/>
    public Task<GroupRecord?> FindGroupAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => FindGroupAsync(connection, id, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<GroupRecord>> ListGroupsAsync(int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<GroupRecord>>(async connection => await connection.ReadReadableAsync(
            $"SELECT {Rows.GroupColumns} FROM groups g WHERE g.study_id IS NULL ORDER BY g.seq DESC LIMIT @limit", row => Rows.Group(row),
            row => $"group {row.GetString(0)}", _damaged, cancellationToken, ("@limit", limit)), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunWithMetrics>> ListRunsAsync(string group, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RunWithMetrics>>(async connection =>
    {
        var runs = await connection.ReadAsync(
            $"SELECT {Rows.RunColumns} FROM runs r WHERE r.group_id = @group ORDER BY r.repeat", row => Rows.Run(row), cancellationToken,
            ("@group", group));
        var metrics = await connection.ReadAsync(
            $"""
            SELECT a.run_id, a.number, a.resumed, {Rows.MetricColumns}
            FROM runs r JOIN attempts a ON a.run_id = r.id LEFT JOIN metrics m ON m.attempt_id = a.id
            WHERE r.group_id = @group ORDER BY a.number, m.name
            """,
            row => new MetricRow(
                row.GetString(0), Rows.Int(row, 1), Rows.Long(row, 2) is { } resumed ? resumed != 0 : null,
                row.IsDBNull(3) ? null : Rows.Metric(row, 3)),
            cancellationToken, ("@group", group));
        var ofRun = metrics.ToLookup(row => row.Run);
        return [.. runs.Select(run => new RunWithMetrics(run, Join(ofRun[run.Id])))];
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunListing>> ListNewestRunsAsync(
        RunState? state, int limit, int offset, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RunListing>>(async connection => await connection.ReadReadableAsync(
            $"""
            SELECT {Rows.RunColumns}, g.project, g.target, g.metric, m.last, m.attempt_id
            FROM (SELECT * FROM runs {(state is null ? "" : "WHERE state = @state")} ORDER BY seq DESC LIMIT @limit OFFSET @offset) r
            JOIN groups g ON g.id = r.group_id
            LEFT JOIN metrics m ON m.name = g.metric
                AND m.attempt_id = CASE WHEN r.attempts = 1 THEN r.id || '-1' ELSE ({LastWithMetric}) END
            ORDER BY r.seq DESC
            """,
            row => new RunListing(
                Rows.Run(row), row.GetString(Rows.RunWidth), row.GetString(Rows.RunWidth + 1), Rows.Text(row, Rows.RunWidth + 2),
                row.IsDBNull(Rows.RunWidth + 4) ? null : Rows.Number(row, Rows.RunWidth + 3)),
            row => $"run {row.GetString(0)}", _damaged, cancellationToken,
            ("@limit", limit), ("@offset", offset), ("@state", state is { } one ? Rows.Word(one) : null)),
            cancellationToken);

    /// <inheritdoc/>
    public Task<int> CountRunsAsync(RunState? state, CancellationToken cancellationToken) => database.ReadAsync(async connection =>
    {
        var count = await connection.ScalarAsync(
            null, $"SELECT COUNT(*) FROM runs {(state is null ? "" : "WHERE state = @state")}", cancellationToken,
            ("@state", state is { } one ? Rows.Word(one) : null));
        return Convert.ToInt32(count, CultureInfo.InvariantCulture);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AttemptRecord>> ListAttemptsAsync(string run, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<AttemptRecord>>(async connection => await connection.ReadAsync(
            $"SELECT {Rows.AttemptColumns} FROM attempts a WHERE a.run_id = @run ORDER BY a.number", row => Rows.Attempt(row),
            cancellationToken, ("@run", run)), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<EventRecord>> ListEventsAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<EventRecord>>(async connection =>
    {
        // A trial's group has the trial's name. Its event "created" is left out, because it repeats the trial's "asked".
        var isStudy =
            await connection.ScalarAsync(null, "SELECT 1 FROM studies WHERE id = @id", cancellationToken, ("@id", id)) is not null;
        var which = isStudy
            ? "subject = @id OR (subject IN (SELECT study_id || '-t' || number FROM trials WHERE study_id = @id) AND kind <> 'created')"
            : "subject IN (@id, @group) OR (subject >= @from AND subject < @to)";
        return await connection.ReadAsync(
            $"SELECT at, subject, kind, detail, reason, warnings FROM events WHERE {which} ORDER BY seq", Rows.Event, cancellationToken,
            ("@id", id), ("@group", RunNames.GroupOf(id)), ("@from", id + "-"), ("@to", id + "."));
    }, cancellationToken);

    private static async Task<GroupRecord?> FindGroupAsync(DbConnection connection, string id, CancellationToken cancellationToken) =>
        (await FindGroupRowAsync(connection, id, cancellationToken))?.Group;

    private static async Task<GroupRow?> FindGroupRowAsync(DbConnection connection, string id, CancellationToken cancellationToken) =>
        (await connection.ReadAsync(
            OneGroup, ToGroupRow, cancellationToken, ("@id", id))).FirstOrDefault();

    private async Task<GroupRow?> FindReadableGroupAsync(DbConnection connection, string id, CancellationToken cancellationToken)
    {
        var found = await connection.ReadReadableAsync(
            OneGroup, ToGroupRow, row => $"group {row.GetString(0)}", _damaged, cancellationToken, ("@id", id));
        if (found.Count == 0) _damaged.Add($"group {id}", "there is no readable record of it");
        return found.FirstOrDefault();
    }

    private static GroupRow ToGroupRow(DbDataReader row) => new(Rows.Group(row), row.GetString(Rows.GroupWidth - 1));

    private LiveAttempt ToLive(LiveRow row, GroupRow group) => new(row.Attempt, row.Run, group.Group, row.Lost)
    {
        Own = new(() => row.Attempt.Id == RunNames.Attempt(row.Run.Id, row.Attempt.Number) && _key.Covers(
            row.Tag, new SignedRun(row.Run.Id, group.Group.Id, row.Run.Repeat, row.Run.Seed, group.SpecDigest.Value), row.Attempt.Number,
            group.Group.Spec.Resources.MoreAttempts)),
    };

    // Classes rather than tuples: generic code over structs is compiled at run time, which would slow the start of every command.
    private sealed record LiveRow(AttemptRecord Attempt, RunRecord Run, int Lost, string? Tag);

    private sealed record GroupRow(GroupRecord Group, string Spec)
    {
        public Lazy<string> SpecDigest { get; } = new(() => WorkKey.Digest(Spec));
    }

    private sealed record MetricRow(string Run, int Attempt, bool? IsResumed, MetricSummary? Metric);

    private static IReadOnlyList<MetricSummary> Join(IEnumerable<MetricRow> ofRun) =>
        JoinedMetrics.Join(ofRun.GroupBy(row => row.Attempt).Select(attempt => (
            attempt.First().IsResumed, (IReadOnlyList<MetricSummary>)[.. attempt.Select(row => row.Metric).OfType<MetricSummary>()])));
}
