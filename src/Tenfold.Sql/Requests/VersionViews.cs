using System.Data.Common;

namespace Tenfold.Sql.Requests;

/// <summary>Creates views with the inputs and the outputs of each version, for whoever works with the database directly.</summary>
/// <param name="database">The database.</param>
internal sealed class VersionViews(Database database)
{
    private readonly HashSet<(string Model, string Version)> _made = [];

    private bool IsPostgres => database.Kind != "sqlite";

    /// <summary>Creates the missing views of versions. Existing views stay as they are.</summary>
    /// <remarks>A failure is the caller's to report: requests are loaded without views too.</remarks>
    public async Task EnsureAsync(IEnumerable<(string Model, string Version)> versions, CancellationToken cancellationToken)
    {
        foreach (var version in versions)
        {
            lock (_made)
            {
                if (_made.Contains(version)) continue;
            }

            await database.WriteAsync(async (connection, transaction) =>
            {
                await MakeAsync(connection, transaction, version.Model, version.Version, cancellationToken);
                return 0;
            }, cancellationToken);
            lock (_made) _made.Add(version);
        }
    }

    private async Task MakeAsync(
        DbConnection connection, DbTransaction transaction, string model, string version, CancellationToken cancellationToken)
    {
        var known = await connection.ScalarAsync(
            transaction, "SELECT 1 FROM request_versions WHERE model = @model AND version = @version", cancellationToken,
            ("@model", model), ("@version", version));
        if (known is not null) return;
        var names = await NamesAsync(connection, transaction, model, version, cancellationToken);
        if (IsPostgres) await MakeSchemaAsync(connection, transaction, names.Schema, cancellationToken);
        var (inputs, outputs) = (Qualified(names, names.Inputs), Qualified(names, names.Outputs));
        var rows = $"FROM requests WHERE model = {Literal(model)} AND version = {Literal(version)}";
        await connection.ExecuteAsync(transaction, $"CREATE VIEW {inputs} AS {Inputs} {rows}", cancellationToken);
        await connection.ExecuteAsync(transaction, $"CREATE VIEW {outputs} AS {Outputs} {rows}", cancellationToken);
        await connection.ExecuteAsync(
            transaction, "INSERT INTO request_versions (model, version, inputs, outputs) VALUES (@model, @version, @inputs, @outputs)",
            cancellationToken, ("@model", model), ("@version", version), ("@inputs", inputs), ("@outputs", outputs));
    }

    private async Task<ViewNames> NamesAsync(
        DbConnection connection, DbTransaction transaction, string model, string version, CancellationToken cancellationToken)
    {
        if (IsPostgres)
        {
            // Another request log in this database may serve a model of this name too.
            var own = (string?)await connection.ScalarAsync(transaction, "SELECT current_schema()::TEXT", cancellationToken);
            var usual = ViewNames.OnPostgres(model, version);
            const string FindView =
                "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = @schema AND c.relname = @view";
            var exists = await connection.ScalarAsync(
                transaction, FindView, cancellationToken, ("@schema", usual.Schema), ("@view", usual.Inputs));
            return exists is null ? usual : ViewNames.OnPostgres($"{own}_{model}", version);
        }

        var names = ViewNames.OnSqlite(model, version);
        // SQLite's names ignore case.
        var taken = await connection.ScalarAsync(
            transaction, "SELECT 1 FROM request_versions WHERE LOWER(inputs) = LOWER(@inputs)", cancellationToken,
            ("@inputs", ViewNames.Quoted(names.Inputs)));
        return taken is null ? names : ViewNames.OnSqlite(model, version, isUnique: true);
    }

    // CREATE SCHEMA IF NOT EXISTS needs the right to create a schema even when there is nothing to do.
    private static async Task MakeSchemaAsync(
        DbConnection connection, DbTransaction transaction, string schema, CancellationToken cancellationToken)
    {
        var exists = await connection.ScalarAsync(
            transaction, "SELECT 1 FROM pg_namespace WHERE nspname = @schema", cancellationToken, ("@schema", schema));
        if (exists is null)
            await connection.ExecuteAsync(transaction, $"CREATE SCHEMA {ViewNames.Quoted(schema)}", cancellationToken);
    }

    private string Inputs =>
        $"SELECT id, {Time("at")} AS request_time, kind, arm, key, client_id, client_time, caller, request_type AS type, " +
        "request_size AS size, request_json AS body, request_bytes AS body_bytes";

    private string Outputs =>
        $"SELECT id, {Time("at + latency_us / 1000")} AS finished_at, kind, arm, key, client_id, status, outcome, " +
        "latency_us / 1000.0 AS latency_ms, reply_type AS type, reply_size AS size, reply_json AS body, reply_bytes AS body_bytes, " +
        "version";

    private string Time(string milliseconds) => IsPostgres
        ? $"to_timestamp(({milliseconds}) / 1000.0)"
        : $"strftime('%Y-%m-%dT%H:%M:%fZ', ({milliseconds}) / 1000.0, 'unixepoch')";

    private string Qualified(ViewNames names, string view) =>
        IsPostgres ? $"{ViewNames.Quoted(names.Schema)}.{ViewNames.Quoted(view)}" : ViewNames.Quoted(view);

    private static string Literal(string text) => ViewNames.Literal(Statement.Storable(text));
}
