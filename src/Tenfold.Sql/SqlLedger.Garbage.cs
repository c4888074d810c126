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
        while (await rows.ReadAsync(cancellationToken)) visit(Statement.Convert(rows, row => Rows.Group(row)));
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
            visit(Statement.Convert(rows, row => new AttemptStatus(
                row.GetString(0), Rows.ToAttemptState(row.GetString(1)), row.GetString(2), Rows.ToRunState(row.GetString(3)),
                Rows.TimeOrNull(row, 4))));
        return 0;
    }, cancellationToken);
}
