using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;

namespace Tenfold.Sql;

/// <content>Comparisons, and the runs that extend groups for them.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<bool> AddRunsAsync(AddedRuns added, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => AddRunsAsync(connection, transaction, added, at, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> IsOwnGroupAsync(string group, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async connection => await FindDigestOfOwnAsync(connection, null, group, cancellationToken) is not null, cancellationToken);

    /// <inheritdoc/>
    public Task AddLookAsync(ComparisonLook look, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                transaction, "INSERT INTO looks (baseline, candidate, metric, spec) VALUES (@baseline, @candidate, @metric, @spec)",
                cancellationToken, ("@baseline", look.Baseline), ("@candidate", look.Candidate), ("@metric", look.Metric),
                ("@spec", JsonSerializer.Serialize(look, LookJson.Default.ComparisonLook))),
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ComparisonLook>> ListLooksAsync(
        string group, string other, string metric, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ComparisonLook>>(async connection => await connection.ReadAsync(
            """
            SELECT spec FROM looks
            WHERE ((baseline = @group AND candidate = @other) OR (baseline = @other AND candidate = @group)) AND metric = @metric
            ORDER BY seq
            """,
            row => Rows.Parse(
                row.GetString(0), $"a comparison of {group} with {other}",
                text => JsonSerializer.Deserialize(text, LookJson.Default.ComparisonLook)!), cancellationToken,
            ("@group", group), ("@other", other), ("@metric", metric)), cancellationToken);

    /// <inheritdoc/>
    public Task<int> CountComparisonsAsync(string project, CancellationToken cancellationToken) =>
        database.ReadAsync(async connection => (await connection.ReadAsync(
            """
            SELECT COUNT(*) FROM (
                SELECT DISTINCT looks.baseline, looks.candidate, looks.metric
                FROM looks JOIN groups ON groups.id = looks.candidate WHERE groups.project = @project) AS made
            """,
            row => (int)row.GetInt64(0), cancellationToken, ("@project", project)))[0], cancellationToken);
}
