using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Pushes;

namespace Tenfold.Sql.Pushes;

/// <summary>Deliveries and pushes in a database.</summary>
/// <param name="database">The database.</param>
/// <param name="onUnreadable">
/// Called with the id of each push or delivery that can't be read, and why, when it is first met. It is left out, and stays as it is: a
/// newer version may have written it. Null: nobody is told.
/// </param>
public sealed partial class SqlPushLedger(Database database, Action<string, string>? onUnreadable = null) : IPushLedger
{
    private readonly ConcurrentDictionary<string, string> _unreadable = new();
    private readonly DamagedRecords _damaged = new(record => onUnreadable?.Invoke(record.Name, record.Why));

    private const string Columns =
        "id, host, event, repository, received_at, state, detail, push, CASE WHEN length(body) > 0 THEN 1 ELSE 0 END";

    private readonly DeliveryBatches _added = new(database);

    /// <inheritdoc/>
    public Task<bool> AddDeliveryAsync(Delivery delivery, CancellationToken cancellationToken) =>
        _added.AddAsync(delivery, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Delivery>> ListDeliveriesAsync(int limit, CancellationToken cancellationToken) =>
        ReadDeliveriesAsync($"SELECT {Columns} FROM deliveries ORDER BY seq DESC LIMIT @limit", cancellationToken, ("@limit", (long)limit));

    /// <inheritdoc/>
    public Task<IReadOnlyList<Delivery>> FindDeliveriesAsync(string prefix, CancellationToken cancellationToken) =>
        ReadDeliveriesAsync(
            $"SELECT {Columns}, body FROM deliveries WHERE id >= @from AND id < @to ORDER BY id LIMIT 2", cancellationToken,
            ("@from", prefix), ("@to", $"{prefix}\uffff"));

    /// <inheritdoc/>
    public Task<IReadOnlyList<Delivery>> ListWaitingDeliveriesAsync(int limit, CancellationToken cancellationToken) =>
        ReadDeliveriesAsync(
            $"SELECT {Columns}, body FROM deliveries WHERE state = @state ORDER BY seq LIMIT @limit", cancellationToken,
            ("@state", $"{DeliveryState.Waiting}"), ("@limit", (long)limit));

    /// <inheritdoc/>
    public Task<bool> RedeliverAsync(string id, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) => await connection.ExecuteAsync(
            transaction, "UPDATE deliveries SET state = @state, detail = NULL WHERE id = @id AND length(body) > 0", cancellationToken,
            ("@state", $"{DeliveryState.Waiting}"), ("@id", id)) > 0, cancellationToken);

    /// <inheritdoc/>
    public Task<int> RemoveBodiesAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, transaction) => connection.ExecuteAsync(
            transaction,
            """
            UPDATE deliveries SET body = @nothing WHERE seq IN (
                SELECT seq FROM deliveries WHERE received_at < @before AND state <> @waiting AND length(body) > 0 LIMIT @limit)
            """,
            cancellationToken, ("@nothing", Array.Empty<byte>()), ("@before", before), ("@waiting", $"{DeliveryState.Waiting}"),
            ("@limit", (long)limit)), cancellationToken);

    /// <inheritdoc/>
    public Task CompleteDeliveriesAsync(IReadOnlyList<CompletedDelivery> deliveries, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
        {
            foreach (var (delivery, push) in deliveries)
                await CompleteAsync(connection, transaction, delivery, push, cancellationToken);
            return true;
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PushRecord>> ListOpenPushesAsync(CancellationToken cancellationToken) =>
        ReadPushesAsync("SELECT id, spec FROM pushes WHERE open = 1 ORDER BY seq", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PushRecord>> ListPushesAsync(
        string repository, PushRef place, int limit, CancellationToken cancellationToken) =>
        ReadPushesAsync(
            "SELECT id, spec FROM pushes WHERE repository = @repository AND place = @place ORDER BY seq DESC LIMIT @limit",
            cancellationToken, ("@repository", repository), ("@place", place.Key), ("@limit", (long)limit));

    /// <inheritdoc/>
    public Task<IReadOnlyList<PushRecord>> ListPlannedPushesAsync(
        string repository, PushRef place, int limit, CancellationToken cancellationToken) =>
        ReadPushesAsync(
            """
            SELECT id, spec FROM pushes WHERE repository = @repository AND place = @place AND state IN (@running, @done)
            ORDER BY seq DESC LIMIT @limit
            """,
            cancellationToken, ("@repository", repository), ("@place", place.Key), ("@running", $"{PushState.Running}"),
            ("@done", $"{PushState.Done}"), ("@limit", (long)limit));

    /// <inheritdoc/>
    public Task<IReadOnlyList<PushRecord>> FindPushesAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var names = ids.Select((_, i) => $"@id{i}").ToList();
        return ids.Count == 0 ? Task.FromResult<IReadOnlyList<PushRecord>>([]) : ReadPushesAsync(
            $"SELECT id, spec FROM pushes WHERE id IN ({string.Join(", ", names)})", cancellationToken,
            [.. ids.Select((id, i) => (names[i], (object?)id))]);
    }

    /// <inheritdoc/>
    public Task SavePushAsync(PushRecord push, bool isOpen, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => UpdateAsync(connection, transaction, push, isOpen, cancellationToken), cancellationToken);

    private async Task CompleteAsync(
        DbConnection connection, DbTransaction transaction, Delivery delivery, PushRecord? push, CancellationToken cancellationToken)
    {
        var changed = await connection.ExecuteAsync(
            transaction, "UPDATE deliveries SET state = @state, detail = @detail, push = @push WHERE id = @id AND state = @waiting",
            cancellationToken, ("@state", $"{delivery.State}"), ("@detail", delivery.Detail), ("@push", push?.Id), ("@id", delivery.Id),
            ("@waiting", $"{DeliveryState.Waiting}"));
        if (changed > 0 && push is not null) await AddPushAsync(connection, transaction, push, cancellationToken);
    }

    private async Task AddPushAsync(
        DbConnection connection, DbTransaction transaction, PushRecord push, CancellationToken cancellationToken)
    {
        if (!push.KeepsEarlier && await SupersedeAsync(connection, transaction, push, cancellationToken) is { } oldest)
            push = push with { Before = oldest.Before };
        await connection.ExecuteAsync(
            transaction,
            "INSERT INTO pushes (id, repository, place, state, open, spec) VALUES (@id, @repository, @place, @state, 1, @spec)",
            cancellationToken, ("@id", push.Id), ("@repository", push.Repository), ("@place", push.Ref.Key), ("@state", $"{push.State}"),
            ("@spec", ToJson(push)));
    }

    // The oldest of those that are superseded: what it changes, the new push changes too.
    private async Task<PushRecord?> SupersedeAsync(
        DbConnection connection, DbTransaction transaction, PushRecord push, CancellationToken cancellationToken)
    {
        var waiting = await connection.ReadAsync(
            transaction, "SELECT id, spec FROM pushes WHERE repository = @repository AND place = @place AND state = @state ORDER BY seq",
            FromRow, cancellationToken, ("@repository", push.Repository), ("@place", push.Ref.Key),
            ("@state", $"{PushState.Waiting}"));
        foreach (var older in waiting.OfType<PushRecord>())
        {
            var superseded = older with { State = PushState.Superseded, Detail = $"{push.Id} is newer" };
            await UpdateAsync(connection, transaction, superseded, isOpen: false, cancellationToken);
        }

        return waiting.OfType<PushRecord>().FirstOrDefault();
    }

    private static Task<int> UpdateAsync(
        DbConnection connection, DbTransaction transaction, PushRecord push, bool isOpen, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            transaction, "UPDATE pushes SET state = @state, open = @open, spec = @spec WHERE id = @id", cancellationToken,
            ("@state", $"{push.State}"), ("@open", isOpen ? 1 : 0), ("@spec", ToJson(push)), ("@id", push.Id));

    private Task<IReadOnlyList<PushRecord>> ReadPushesAsync(
        string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] values) =>
        database.ReadAsync<IReadOnlyList<PushRecord>>(async connection =>
            [.. (await connection.ReadAsync(sql, FromRow, cancellationToken, values)).OfType<PushRecord>()],
            cancellationToken);

    private Task<IReadOnlyList<Delivery>> ReadDeliveriesAsync(
        string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] values) =>
        database.ReadAsync<IReadOnlyList<Delivery>>(
            async connection => await connection.ReadReadableAsync(
                sql, ReadDelivery, row => row.GetString(0), _damaged, cancellationToken, values), cancellationToken);

    private static Delivery ReadDelivery(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Host = Enum.Parse<HostKind>(row.GetString(1)),
        Event = row.GetString(2),
        Repository = row.GetString(3),
        ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
        State = Enum.Parse<DeliveryState>(row.GetString(5)),
        Detail = row.IsDBNull(6) ? null : row.GetString(6),
        Push = row.IsDBNull(7) ? null : row.GetString(7),
        HasBody = row.GetInt32(8) > 0,
        Body = row.FieldCount > 9 ? (byte[])row.GetValue(9) : [],
    };

    private static string ToJson(PushRecord push) => JsonSerializer.Serialize(push, PushJson.Default.PushRecord);

    private PushRecord? FromRow(DbDataReader row)
    {
        var (id, why) = (row.GetString(0), "it is null");
        try
        {
            if (JsonSerializer.Deserialize(row.GetString(1), PushJson.Default.PushRecord) is { } push) return push;
        }
        catch (JsonException e)
        {
            why = e.Message;
        }

        if (_unreadable.TryAdd(id, why)) onUnreadable?.Invoke(id, why);
        return null;
    }
}
