using System.Data.Common;
using Tenfold.Core.Ledger;
using Tenfold.Core.Requests;

namespace Tenfold.Sql.Requests;

/// <summary>The request log on an SQL database.</summary>
/// <param name="database">The database, from <see cref="Databases.OpenRequests"/>.</param>
/// <param name="time">The clock for the times of loading.</param>
public sealed partial class SqlRequestLog(Database database, TimeProvider time) : IRequestLog
{
    private const int IdsAtOnce = 500;

    private static readonly TimeSpan ViewPause = TimeSpan.FromMinutes(1);

    private readonly VersionViews _views = new(database);
    private IRowLoader? _loader;
    private (string Fault, long At)? _viewFault;

    /// <inheritdoc/>
    public Task<SpoolPosition?> ReadPositionAsync(string spool, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => PositionAsync(connection, null, spool, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<LoadResult> LoadAsync(RequestBatch batch, CancellationToken cancellationToken)
    {
        _loader ??= database.Kind == "sqlite" ? new SqliteRowLoader() : Postgres();
        var result = await database.WriteAsync(async (connection, transaction) =>
        {
            var stored = await PositionAsync(connection, transaction, batch.Spool, cancellationToken);
            if (stored != batch.From) return new LoadResult(false, stored, 0);
            var refused = await _loader.InsertAsync(connection, transaction, batch.Requests, cancellationToken);
            var statements = new Batch(connection, transaction);
            foreach (var one in refused) AddRefused(statements, one);
            AddPosition(statements, batch);
            await statements.RunAsync(cancellationToken);
            await AddFeedbackAsync(connection, transaction, batch.Feedback, cancellationToken);
            return new LoadResult(true, batch.To, refused.Count);
        }, cancellationToken);
        if (!result.IsLoaded) return result;
        await EnsureViewsAsync(batch.Requests, cancellationToken);
        return result with { ViewFault = _viewFault?.Fault };
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<LoadedSpool>> ListSpoolsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<LoadedSpool>>(async connection => await connection.ReadAsync(
            "SELECT id, segment, position, loaded_at, dropped, torn, damaged FROM request_spools ORDER BY loaded_at, id",
            row => new LoadedSpool(
                row.GetString(0), new SpoolPosition(row.GetInt64(1), row.GetInt64(2)),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
                new SpoolLosses(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6))),
            cancellationToken), cancellationToken);

    // A method of its own, so that Npgsql is only loaded for PostgreSQL.
    private static PostgresRowLoader Postgres() => new();

    private static async Task<SpoolPosition?> PositionAsync(
        DbConnection connection, DbTransaction? transaction, string spool, CancellationToken cancellationToken)
    {
        var rows = await connection.ReadAsync(
            transaction, "SELECT segment, position FROM request_spools WHERE id = @id",
            row => new SpoolPosition(row.GetInt64(0), row.GetInt64(1)), cancellationToken, ("@id", spool));
        return rows.Count > 0 ? rows[0] : null;
    }

    private void AddPosition(Batch statements, RequestBatch batch) => statements.Add(
        """
        INSERT INTO request_spools (id, segment, position, loaded_at, dropped, torn, damaged)
        VALUES (@id, @segment, @position, @at, @dropped, @torn, @damaged)
        ON CONFLICT (id) DO UPDATE SET segment = excluded.segment, position = excluded.position, loaded_at = excluded.loaded_at,
            dropped = excluded.dropped, torn = excluded.torn, damaged = excluded.damaged
        """,
        ("@id", batch.Spool), ("@segment", batch.To.Segment), ("@position", batch.To.Offset), ("@at", time.GetUtcNow()),
        ("@dropped", batch.Losses.Dropped), ("@torn", batch.Losses.Torn), ("@damaged", batch.Losses.Damaged));

    private static void AddRefused(Batch statements, RefusedRequest refused)
    {
        var record = new byte[RequestCodec.SizeBound(refused.Request)];
        Array.Resize(ref record, RequestCodec.Write(refused.Request, record));
        statements.Add(
            """
            INSERT INTO requests_refused (id, at, model, reason, record) VALUES (@id, @at, @model, @reason, @record)
            ON CONFLICT (id) DO NOTHING
            """,
            ("@id", refused.Request.Id), ("@at", refused.Request.At), ("@model", refused.Request.Model), ("@reason", refused.Reason),
            ("@record", record));
    }

    private async Task EnsureViewsAsync(IReadOnlyList<LoggedRequest> requests, CancellationToken cancellationToken)
    {
        // A user without the right to create views gets it seldom, and each attempt is a transaction.
        if (_viewFault is { } fault && time.GetElapsedTime(fault.At) < ViewPause) return;
        var versions = new HashSet<(string, string)>();
        foreach (var request in requests)
            if (request.Version is { } version) versions.Add((request.Model, version));
        try
        {
            await _views.EnsureAsync(versions, cancellationToken);
            _viewFault = null;
        }
        catch (LedgerException e)
        {
            _viewFault = (e.Message, time.GetTimestamp());
        }
    }
}
