using System.Globalization;
using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;

namespace Tenfold.Sql;

/// <content>The order in which runs start, and their limits.</content>
public sealed partial class SqlLedger
{
    private const int Remembered = 200;

    /// <inheritdoc/>
    public Task<Admissions> ReadAdmissionsAsync(CancellationToken cancellationToken) => database.ReadAsync(async connection =>
    {
        var count = await connection.ScalarAsync(null, "SELECT value FROM facts WHERE name = 'admissions'", cancellationToken);
        var groups = await connection.ReadAsync(
            """
            SELECT r.group_id FROM attempts a JOIN runs r ON r.id = a.run_id
            WHERE a.admitted_at IS NOT NULL ORDER BY a.admitted_at DESC, a.id DESC LIMIT @limit
            """,
            row => row.GetString(0), cancellationToken, ("@limit", Remembered));
        groups.Reverse();
        return new Admissions(ToCount(count), groups);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AdmitAsync(
        IReadOnlyList<AdmittedAttempt> attempts, long count, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var now = await connection.ScalarAsync(transaction, "SELECT value FROM facts WHERE name = 'admissions'", cancellationToken);
        if (ToCount(now) != count) return false;
        var statements = new Batch(connection, transaction);
        statements.Add(
            "INSERT INTO facts (name, value) VALUES ('admissions', @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            ("@value", (count + 1).ToString(CultureInfo.InvariantCulture)));
        foreach (var (attempt, note) in attempts)
        {
            statements.Add("UPDATE attempts SET admitted_at = @at WHERE id = @id AND state = 'pending'", ("@at", at), ("@id", attempt));
            if (note is not null) AddEventTo(statements, at, attempt, "admitted", note);
        }

        await statements.RunAsync(cancellationToken);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<EndedAttempt>> ListEndedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<EndedAttempt>>(async connection => await connection.ReadReadableAsync(
            """
            SELECT r.group_id, a.started_at, a.ended_at, a.id FROM attempts a JOIN runs r ON r.id = a.run_id
            WHERE a.ended_at >= @since AND a.started_at IS NOT NULL
            """,
            row => new EndedAttempt(row.GetString(0), Rows.Time(row.GetInt64(1)), Rows.Time(row.GetInt64(2))),
            row => $"attempt {row.GetString(3)}", _damaged, cancellationToken, ("@since", since)), cancellationToken);

    /// <inheritdoc/>
    public Task SetPriorityAsync(string group, RunPriority priority, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        await connection.ExecuteAsync(
            transaction, "UPDATE groups SET priority = @priority WHERE id = @id", cancellationToken, ("@id", group),
            ("@priority", Rows.Word(priority)));
        return await EventAsync(connection, transaction, at, group, "priority", Rows.Word(priority), cancellationToken);
    }, cancellationToken);

    private static long ToCount(object? value) =>
        value is string text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
}
