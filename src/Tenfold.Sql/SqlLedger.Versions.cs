using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;

namespace Tenfold.Sql;

/// <content>Deployed versions, routes and experiments.</content>
public sealed partial class SqlLedger
{
    private const string ServingRevision = "serving-revision";
    private const string AllVersions = "SELECT model, version, state, changed_at, spec FROM versions";
    private const string Newest = "revision = (SELECT MAX(o.revision) FROM routes o WHERE o.model = routes.model)";

    /// <inheritdoc/>
    public Task<long> ReadServingRevisionAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ServingRevisionAsync(connection, null, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AddVersionAsync(ModelVersion version, string salt, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var known = await VersionsAsync(connection, transaction, version.Model, cancellationToken);
        if (known.Any(one => one.Version == version.Version)) return false;
        await connection.ExecuteAsync(
            transaction, "INSERT INTO versions (model, version, state, changed_at, spec) VALUES (@model, @version, @state, @at, @spec)",
            cancellationToken, ("@model", version.Model), ("@version", version.Version), ("@state", Rows.Word(version.State)),
            ("@at", version.ChangedAt), ("@spec", JsonSerializer.Serialize(version, VersionJson.Default.ModelVersion)));
        if (known.Count == 0) await InsertAsync(connection, transaction, Route.First(version, salt), cancellationToken);
        return await ChangedAsync(
            connection, transaction, version.DeployedAt, VersionSubject(version.Model, version.Version), "deployed", version.DeployedBy,
            cancellationToken);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ModelVersion>> ListVersionsAsync(string? model, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ModelVersion>>(
            async connection => model is not null ? await VersionsAsync(connection, null, model, cancellationToken)
                : await connection.ReadReadableAsync(
                    $"{AllVersions} ORDER BY seq", VersionRows.Version, row => $"version {row.GetString(1)} of {row.GetString(0)}",
                    _damaged, cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ChangeVersionAsync(
        string model, string version, VersionState state, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var route = (await RoutesAsync(connection, transaction, model, isHistory: false, cancellationToken)).FirstOrDefault();
        if (state != VersionState.Active && route is not null && route.Serves(version)) return false;
        var changed = await connection.ExecuteAsync(
            transaction,
            """
            UPDATE versions SET state = @state, changed_at = @at
            WHERE model = @model AND version = @version AND state <> @state AND state <> 'purged'
            """,
            cancellationToken, ("@model", model), ("@version", version), ("@state", Rows.Word(state)), ("@at", at));
        return changed > 0 && await ChangedAsync(
            connection, transaction, at, VersionSubject(model, version), Rows.Word(state), "", cancellationToken);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AddRouteAsync(Route route, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var before = (await RoutesAsync(connection, transaction, route.Model, isHistory: false, cancellationToken)).FirstOrDefault();
        if (route.Revision != (before?.Revision ?? 0) + 1) return false;
        var active = (await VersionsAsync(connection, transaction, route.Model, cancellationToken))
            .Where(version => version.State == VersionState.Active).Select(version => version.Version).ToHashSet();
        if (!route.Ranges.All(range => active.Contains(range.Version))) return false;
        if (route.Shadow is { } shadow && !active.Contains(shadow)) return false;
        await InsertAsync(connection, transaction, route, cancellationToken);
        return await ChangedAsync(connection, transaction, route.At, route.Model, "route", SharesOf(route), cancellationToken);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Route>> ListRoutesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Route>>(
            async connection => await connection.ReadReadableAsync(
                $"SELECT model, spec FROM routes WHERE {Newest} ORDER BY seq", VersionRows.Route, row => $"the route of {row.GetString(0)}",
                _damaged, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Route>> ListRouteHistoryAsync(string model, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Route>>(
            async connection => await RoutesAsync(connection, null, model, isHistory: true, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<int?> AddExperimentAsync(Experiment experiment, CancellationToken cancellationToken) =>
        database.WriteAsync<int?>(async (connection, transaction) =>
    {
        var known = await ExperimentsAsync(connection, transaction, experiment.Model, cancellationToken);
        if (known.Any(one => one.EndedAt is null)) return null;
        var numbered = experiment with { Number = known.Count + 1, EndedAt = null, EndReason = null };
        await connection.ExecuteAsync(
            transaction, "INSERT INTO experiments (model, number, spec) VALUES (@model, @number, @spec)", cancellationToken,
            ("@model", numbered.Model), ("@number", numbered.Number),
            ("@spec", JsonSerializer.Serialize(numbered, VersionJson.Default.Experiment)));
        await ChangedAsync(
            connection, transaction, numbered.StartedAt, numbered.Model, "experiment",
            $"{numbered.Candidate} against {numbered.Baseline} by {numbered.Metric}", cancellationToken);
        return numbered.Number;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> EndExperimentAsync(
        string model, int number, DateTimeOffset at, Reason reason, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var changed = await connection.ExecuteAsync(
            transaction,
            """
            UPDATE experiments SET ended_at = @at, end_reason = @reason
            WHERE model = @model AND number = @number AND ended_at IS NULL
            """,
            cancellationToken, ("@model", model), ("@number", number), ("@at", at), ("@reason", ReasonJson.Write(reason)));
        return changed > 0 && await ChangedAsync(
            connection, transaction, at, model, "experiment-ended", ReasonText.Of(reason), cancellationToken);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Experiment>> ListExperimentsAsync(string model, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Experiment>>(
            async connection => await ExperimentsAsync(connection, null, model, cancellationToken), cancellationToken);

    private static string VersionSubject(string model, string version) => $"{model}/{version}";

    private static string SharesOf(Route route) => string.Join(
        " ", route.Shares().Select(share => string.Create(CultureInfo.InvariantCulture, $"{share.Key}={share.Value / 100.0}")));

    private static Task<int> InsertAsync(
        DbConnection connection, DbTransaction transaction, Route route, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            transaction, "INSERT INTO routes (model, revision, at, spec) VALUES (@model, @revision, @at, @spec)", cancellationToken,
            ("@model", route.Model), ("@revision", route.Revision), ("@at", route.At),
            ("@spec", JsonSerializer.Serialize(route, VersionJson.Default.Route)));

    private static async Task<List<ModelVersion>> VersionsAsync(
        DbConnection connection, DbTransaction? transaction, string model, CancellationToken cancellationToken) =>
        await connection.ReadAsync(
            transaction,
            $"{AllVersions} WHERE model = @model ORDER BY seq", VersionRows.Version, cancellationToken, ("@model", model));

    private static async Task<List<Route>> RoutesAsync(
        DbConnection connection, DbTransaction? transaction, string model, bool isHistory, CancellationToken cancellationToken) =>
        await connection.ReadAsync(
            transaction, $"SELECT model, spec FROM routes WHERE model = @model{(isHistory ? "" : $" AND {Newest}")} ORDER BY seq",
            VersionRows.Route, cancellationToken, ("@model", model));

    private static async Task<List<Experiment>> ExperimentsAsync(
        DbConnection connection, DbTransaction? transaction, string model, CancellationToken cancellationToken) =>
        await connection.ReadAsync(
            transaction, "SELECT model, ended_at, end_reason, spec FROM experiments WHERE model = @model ORDER BY seq",
            VersionRows.Experiment, cancellationToken, ("@model", model));

    // Writers take turns, so that what was read here is still true when it is written.
    private static async Task<bool> ChangedAsync(
        DbConnection connection, DbTransaction transaction, DateTimeOffset at, string subject, string kind, string detail,
        CancellationToken cancellationToken)
    {
        var next = await ServingRevisionAsync(connection, transaction, cancellationToken) + 1;
        var sql = next == 1
            ? "INSERT INTO facts (name, value) VALUES (@name, @value)" : "UPDATE facts SET value = @value WHERE name = @name";
        await connection.ExecuteAsync(
            transaction, sql, cancellationToken, ("@name", ServingRevision), ("@value", next.ToString(CultureInfo.InvariantCulture)));
        await EventAsync(connection, transaction, at, subject, kind, detail, cancellationToken);
        return true;
    }

    private static async Task<long> ServingRevisionAsync(
        DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var found = await connection.ReadAsync(
            transaction, "SELECT value FROM facts WHERE name = @name", row => long.Parse(row.GetString(0), CultureInfo.InvariantCulture),
            cancellationToken, ("@name", ServingRevision));
        return found.FirstOrDefault();
    }
}
