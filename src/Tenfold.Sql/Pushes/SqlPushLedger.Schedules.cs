using System.Data.Common;
using System.Text.Json;
using Tenfold.Core.Pushes;

namespace Tenfold.Sql.Pushes;

/// <content>Schedules.</content>
public sealed partial class SqlPushLedger
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<ScheduleRecord>> ListSchedulesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ScheduleRecord>>(async connection =>
            [.. (await connection.ReadAsync("SELECT id, spec FROM schedules ORDER BY id", FromScheduleRow, cancellationToken))
                .OfType<ScheduleRecord>()], cancellationToken);

    /// <inheritdoc/>
    public Task SaveSchedulesAsync(string repository, IReadOnlyList<ScheduleRecord> schedules, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
        {
            var known = await ReadSchedulesAsync(connection, transaction, repository, cancellationToken);
            foreach (var gone in known.Keys.Except(schedules.Select(schedule => schedule.Id)))
            {
                await connection.ExecuteAsync(
                    transaction, "DELETE FROM schedules WHERE id = @id", cancellationToken, ("@id", gone));
            }

            foreach (var schedule in schedules)
            {
                if (known.GetValueOrDefault(schedule.Id) is { } before && before.IsLike(schedule)) continue;
                await connection.ExecuteAsync(
                    transaction,
                    """
                    INSERT INTO schedules (id, repository, handled_at, spec) VALUES (@id, @repository, @handled, @spec)
                    ON CONFLICT (id) DO UPDATE SET handled_at = @handled, spec = @spec
                    """,
                    cancellationToken, ("@id", schedule.Id), ("@repository", repository), ("@handled", schedule.HandledAt),
                    ("@spec", ToJson(schedule)));
            }

            return true;
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> StartScheduledAsync(
        ScheduleRecord before, ScheduleRecord after, PushRecord push, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
        {
            var changed = await connection.ExecuteAsync(
                transaction, "UPDATE schedules SET handled_at = @after, spec = @spec WHERE id = @id AND handled_at = @before",
                cancellationToken, ("@after", after.HandledAt), ("@spec", ToJson(after)), ("@id", before.Id),
                ("@before", before.HandledAt));
            if (changed == 0) return false;
            await AddPushAsync(connection, transaction, push, cancellationToken);
            return true;
        }, cancellationToken);

    private static async Task<Dictionary<string, ScheduleRecord?>> ReadSchedulesAsync(
        DbConnection connection, DbTransaction transaction, string repository, CancellationToken cancellationToken) =>
        (await connection.ReadAsync(
            transaction, "SELECT id, spec FROM schedules WHERE repository = @repository",
            row => (Id: row.GetString(0), Schedule: FromScheduleRow(row)), cancellationToken, ("@repository", repository)))
            .ToDictionary(pair => pair.Id, pair => pair.Schedule);

    private static string ToJson(ScheduleRecord schedule) => JsonSerializer.Serialize(schedule, PushJson.Default.ScheduleRecord);

    private static ScheduleRecord? FromScheduleRow(DbDataReader row)
    {
        try
        {
            return JsonSerializer.Deserialize(row.GetString(1), PushJson.Default.ScheduleRecord);
        }
        catch (JsonException)
        {
            return null; // A newer version may write records that this one can't read.
        }
    }
}
