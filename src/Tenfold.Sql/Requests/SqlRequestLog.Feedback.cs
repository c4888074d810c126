using System.Data.Common;
using Tenfold.Core.Requests;

namespace Tenfold.Sql.Requests;

/// <content>Feedback.</content>
public sealed partial class SqlRequestLog
{
    private const string InsertHistory =
        """
        INSERT INTO feedback_history (request_id, metric, value, at) VALUES (@id, @metric, @value, @at)
        ON CONFLICT (request_id, metric, at, value) DO NOTHING
        """;

    private const string InsertCurrent =
        """
        INSERT INTO feedback (request_id, metric, value, at) VALUES (@id, @metric, @value, @at)
        ON CONFLICT (request_id, metric) DO UPDATE SET value = excluded.value, at = excluded.at
        """;

    /// <inheritdoc/>
    public Task<FeedbackCounts> AddFeedbackAsync(IReadOnlyList<Feedback> feedback, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => AddFeedbackAsync(connection, transaction, feedback, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Feedback>> ListFeedbackAsync(Guid request, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Feedback>>(async connection => await connection.ReadAsync(
            "SELECT request_id, metric, value, at FROM feedback_history WHERE request_id = @id ORDER BY at, seq", ReadFeedback,
            cancellationToken, ("@id", request)), cancellationToken);

    private static async Task<FeedbackCounts> AddFeedbackAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<Feedback> feedback, CancellationToken cancellationToken)
    {
        var total = FeedbackCounts.None;
        foreach (var chunk in feedback.Chunk(IdsAtOnce))
            total += await AddChunkAsync(connection, transaction, chunk, cancellationToken);
        return total;
    }

    private static async Task<FeedbackCounts> AddChunkAsync(
        DbConnection connection, DbTransaction transaction, Feedback[] feedback, CancellationToken cancellationToken)
    {
        var (names, values) = Ids(feedback.Select(one => one.RequestId));
        var current = (await connection.ReadAsync(
                transaction, $"SELECT request_id, metric, value, at FROM feedback WHERE request_id IN ({names})", ReadFeedback,
                cancellationToken, values))
            .ToDictionary(one => (one.RequestId, one.Metric));
        var known = (await connection.ReadAsync(
            transaction, $"SELECT id FROM requests WHERE id IN ({names})", row => row.GetGuid(0), cancellationToken, values)).ToHashSet();
        var statements = new Batch(connection, transaction);
        var counts = FeedbackCounts.None;
        foreach (var one in feedback)
        {
            var key = (one.RequestId, one.Metric);
            counts += !current.TryGetValue(key, out var before)
                ? FeedbackCounts.None with { Added = 1, Unknown = known.Contains(one.RequestId) ? 0 : 1 }
                : before.Value.Equals(one.Value) ? FeedbackCounts.None with { Repeated = 1 }
                : before.At <= one.At ? FeedbackCounts.None with { Corrected = 1 }
                : FeedbackCounts.None with { Superseded = 1 };
            if (before is null || !before.Value.Equals(one.Value)) Add(statements, InsertHistory, one);
            if (before is not null && before.At > one.At) continue;
            // Also for an equal value, whose time then decides about values that arrive late.
            Add(statements, InsertCurrent, one);
            current[key] = one;
        }

        await statements.RunAsync(cancellationToken);
        return counts;
    }

    private static void Add(Batch statements, string sql, Feedback feedback) => statements.Add(
        sql, ("@id", feedback.RequestId), ("@metric", feedback.Metric), ("@value", feedback.Value), ("@at", feedback.At));

    private static Feedback ReadFeedback(DbDataReader row) => new()
    {
        RequestId = row.GetGuid(0),
        Metric = row.GetString(1),
        Value = row.GetDouble(2),
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
    };

    private static (string Names, (string Name, object? Value)[] Values) Ids(IEnumerable<Guid> ids)
    {
        (string Name, object? Value)[] values = [.. ids.Distinct().Select((id, i) => ($"@id{i}", (object?)id))];
        return (string.Join(", ", values.Select(value => value.Name)), values);
    }
}
