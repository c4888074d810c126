using System.Data.Common;
using System.Runtime.CompilerServices;
using Tenfold.Core.Requests;

namespace Tenfold.Sql.Requests;

/// <content>Reading and deleting.</content>
public sealed partial class SqlRequestLog
{
    // A page holds a bounded amount of memory, however large the bodies are.
    private const int FirstPage = 32, LargestPage = 2000;
    private const long EnoughBytes = 4 << 20;
    private const int DeletedAtOnce = 2000;

    // RequestWords.IsServerFault
    private const string Failed =
        "kind = 'live' AND (status >= 500 OR outcome IN ('unavailable', 'timed-out', 'broken'))";

    /// <inheritdoc/>
    public async Task<LoggedRequest?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await database.ReadAsync(connection => connection.ReadAsync(
            $"SELECT {RequestRow.Facts}, {RequestRow.Bodies} FROM requests WHERE id = @id", RequestRow.Read, cancellationToken,
            ("@id", id)), cancellationToken)).FirstOrDefault();

    /// <inheritdoc/>
    public async IAsyncEnumerable<LoggedRequest> ReadAsync(
        RequestQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = query.Limit ?? int.MaxValue;
        LoggedRequest? last = null;
        for (var size = query.WithBodies ? FirstPage : LargestPage; left > 0;)
        {
            var count = Math.Min(size, left);
            var page = await PageAsync(query, last, count, cancellationToken);
            foreach (var request in page) yield return request;
            if (page.Count < count) yield break;
            (last, left) = (page[^1], left - page.Count);
            var bytes = page.Sum(request => (long)request.RequestBody.Length + request.ReplyBody.Length);
            size = bytes < EnoughBytes ? Math.Min(size * 2, LargestPage) : Math.Max(size / 2, 1);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<KeyOutcome>> AggregateAsync(OutcomeQuery query, CancellationToken cancellationToken)
    {
        var value = query.Measure switch
        {
            Measure.Feedback => "f.value",
            Measure.LatencyMilliseconds => "r.latency_us / 1000.0",
            Measure.ServerError => $"CASE WHEN {Failed} THEN 1 ELSE 0 END",
            _ => throw new ArgumentOutOfRangeException(nameof(query)),
        };
        var join = query.Measure == Measure.Feedback ? "LEFT JOIN feedback f ON f.request_id = r.id AND f.metric = @metric" : "";
        var where = new Conditions().Add("r.model", "=", query.Model).Add("r.kind", "=", RequestWords.Of(RequestKind.Live))
            .Add("r.at", ">=", query.Since).Add("r.at", "<", query.Until).AddAny("r.arm", query.Arms);
        if (query.Measure == Measure.Feedback) where.Name("@metric", query.Metric ?? "");
        var sql =
            $"""
            SELECT r.arm, r.version, COALESCE(r.key, CAST(r.id AS TEXT)), CASE WHEN r.key IS NULL THEN 0 ELSE 1 END, MIN(r.at),
                MIN(r.route_revision), COUNT(*), COUNT({value}), CAST(COALESCE(SUM({value}), 0) AS DOUBLE PRECISION)
            FROM requests r {join} WHERE {where} GROUP BY 1, 2, 3, 4 ORDER BY 5, 3
            """;
        return database.ReadAsync<IReadOnlyList<KeyOutcome>>(
            async connection => await connection.ReadAsync(sql, ReadOutcome, cancellationToken, where.Values), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<VersionTraffic>> SummarizeAsync(
        string model, DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var where = new Conditions().Add("model", "=", model).Add("at", ">=", since).Add("at", "<", until);
        var sql =
            $"""
            SELECT version, COUNT(CASE WHEN kind = 'live' THEN 1 END), COUNT(CASE WHEN kind = 'shadow' THEN 1 END),
                COUNT(CASE WHEN kind = 'live' AND status BETWEEN 400 AND 499 THEN 1 END), COUNT(CASE WHEN {Failed} THEN 1 END),
                CAST(AVG(CASE WHEN kind = 'live' THEN latency_us / 1000.0 END) AS DOUBLE PRECISION), MIN(at), MAX(at)
            FROM requests WHERE {where} GROUP BY version ORDER BY version
            """;
        return database.ReadAsync<IReadOnlyList<VersionTraffic>>(
            async connection => await connection.ReadAsync(sql, ReadTraffic, cancellationToken, where.Values), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) =>
        // Jumps from model to model along the index, whose entries are many and whose models are few.
        database.ReadAsync<IReadOnlyList<string>>(async connection => await connection.ReadAsync(
            """
            WITH RECURSIVE found (model) AS (
                SELECT MIN(model) FROM requests
                UNION ALL SELECT (SELECT MIN(r.model) FROM requests r WHERE r.model > found.model) FROM found WHERE found.model IS NOT NULL)
            SELECT model FROM found WHERE model IS NOT NULL ORDER BY model
            """, row => row.GetString(0), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<long> DeleteAsync(string? model, DateTimeOffset before, CancellationToken cancellationToken)
    {
        long total = 0;
        foreach (var one in model is null ? await ListModelsAsync(cancellationToken) : [model])
        {
            int deleted;
            do
            {
                deleted = await DeleteChunkAsync(
                    "model = @model AND at < @before", [("@model", one), ("@before", before)], cancellationToken);
                total += deleted;
            }
            while (deleted == DeletedAtOnce);
        }

        // Not by the models above: all of a model's requests may have been refused.
        return total + await database.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                transaction, $"DELETE FROM requests_refused WHERE at < @before{(model is null ? "" : " AND model = @model")}",
                cancellationToken, [("@before", before), .. model is null ? [] : new (string, object?)[] { ("@model", model) }]),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<long> DeleteVersionAsync(string model, string version, CancellationToken cancellationToken)
    {
        (string, object?)[] values = [("@model", model), ("@version", version)];
        long total = 0;
        int deleted;
        do
        {
            deleted = await DeleteChunkAsync("model = @model AND version = @version", values, cancellationToken);
            total += deleted;
        }
        while (deleted == DeletedAtOnce);
        return total + await DeleteRefusedAsync(model, version, cancellationToken);
    }

    // The table has no column for the version, which is in the record.
    private async Task<long> DeleteRefusedAsync(string model, string version, CancellationToken cancellationToken)
    {
        const int ReadAtOnce = 50;
        var (total, last) = (0L, Guid.Empty.ToString());
        while (true)
        {
            var after = last;
            var page = await database.ReadAsync(
                connection => connection.ReadAsync(
                    $"SELECT id, record FROM requests_refused WHERE model = @model AND id > @after ORDER BY id LIMIT {ReadAtOnce}",
                    row => (Id: row.GetValue(0).ToString()!, Record: row.GetFieldValue<byte[]>(1)), cancellationToken,
                    ("@model", model), ("@after", Guid.Parse(after))),
                cancellationToken);
            foreach (var (id, record) in page)
            {
                if (!RequestCodec.TryRead(record, out var request, out _) || request?.Version != version) continue;
                total += await database.WriteAsync(
                    (connection, transaction) => connection.ExecuteAsync(
                        transaction, "DELETE FROM requests_refused WHERE id = @id", cancellationToken, ("@id", Guid.Parse(id))),
                    cancellationToken);
            }

            if (page.Count < ReadAtOnce) return total;
            last = page[^1].Id;
        }
    }

    private Task<int> DeleteChunkAsync(string where, (string, object?)[] values, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
        {
            var ids = $"SELECT id FROM requests WHERE {where} ORDER BY at, id LIMIT {DeletedAtOnce}";
            foreach (var table in (string[])["feedback", "feedback_history"])
            {
                await connection.ExecuteAsync(
                    transaction, $"DELETE FROM {table} WHERE request_id IN ({ids})", cancellationToken, values);
            }

            return await connection.ExecuteAsync(transaction, $"DELETE FROM requests WHERE id IN ({ids})", cancellationToken, values);
        }, cancellationToken);

    private Task<List<LoggedRequest>> PageAsync(
        RequestQuery query, LoggedRequest? last, int count, CancellationToken cancellationToken)
    {
        var (after, order) = query.IsNewestFirst ? ("<", "DESC") : (">", "ASC");
        var where = new Conditions()
            .Add("model", "=", query.Model).Add("version", "=", query.Version).Add("at", ">=", query.Since).Add("at", "<", query.Until)
            .Add("status", ">=", query.MinStatus).Add("status", "<=", query.MaxStatus)
            .Add("outcome", "=", query.Outcome is { } outcome ? RequestWords.Of(outcome) : null)
            .Add("kind", "=", query.Kind is { } kind ? RequestWords.Of(kind) : null).Add("arm", "=", query.Arm).Add("key", "=", query.Key)
            .Add("client_id", "=", query.ClientId).Add("client_time", "=", query.ClientTime);
        if (last is not null) where.Add("at", $"{after}=", last.At).AddText($"(at {after} @lastat OR id {after} @lastid)");
        if (last is not null) where.Name("@lastat", last.At).Name("@lastid", last.Id);
        var columns = query.WithBodies ? $"{RequestRow.Facts}, {RequestRow.Bodies}" : RequestRow.Facts;
        var sql = $"SELECT {columns} FROM requests WHERE {where} ORDER BY at {order}, id {order} LIMIT {count}";
        return database.ReadAsync(
            connection => connection.ReadAsync(sql, RequestRow.Read, cancellationToken, where.Values), cancellationToken);
    }

    private static KeyOutcome ReadOutcome(DbDataReader row) => new()
    {
        Arm = row.IsDBNull(0) ? null : row.GetString(0),
        Version = row.IsDBNull(1) ? null : row.GetString(1),
        Key = row.GetString(2),
        IsKeyed = Convert.ToInt64(row.GetValue(3), null) != 0,
        FirstAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
        RouteRevision = row.GetInt64(5),
        Requests = row.GetInt64(6),
        Values = row.GetInt64(7),
        Sum = row.GetDouble(8),
    };

    private static VersionTraffic ReadTraffic(DbDataReader row) => new()
    {
        Version = row.IsDBNull(0) ? null : row.GetString(0),
        Requests = row.GetInt64(1),
        Shadows = row.GetInt64(2),
        ClientErrors = row.GetInt64(3),
        ServerErrors = row.GetInt64(4),
        MeanLatencyMilliseconds = row.IsDBNull(5) ? null : row.GetDouble(5),
        FirstAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
        LastAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
    };
}
