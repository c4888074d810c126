using Tenfold.Core.Garbage;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql;

/// <content>Reads the rows that cleaning up needs, one by one, so that a long history fits in memory.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task VisitGroupsAsync(Action<GroupRecord> visit, CancellationToken cancellationToken) => database.ReadAsync(async connection =>
    {
        await using var command = connection.Of(null, $"SELECT {Rows.GroupColumns} FROM groups g");
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) visit(Rows.Group(rows));
        return 0;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task VisitAttemptsAsync(Action<AttemptStatus> visit, CancellationToken cancellationToken) =>
        database.ReadAsync(async connection =>
    {
        await using var command = connection.Of(
            null, "SELECT a.id, a.state, r.id, r.state, r.ended_at FROM attempts a JOIN runs r ON r.id = a.run_id");
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
            visit(new AttemptStatus(
                rows.GetString(0), Rows.ToAttemptState(rows.GetString(1)), rows.GetString(2), Rows.ToRunState(rows.GetString(3)),
                Rows.TimeOrNull(rows, 4)));
        return 0;
    }, cancellationToken);
}
