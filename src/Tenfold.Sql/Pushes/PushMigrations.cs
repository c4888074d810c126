namespace Tenfold.Sql.Pushes;

/// <summary>
/// The tables of deliveries and pushes, as the list of steps that create them. Never change a released step: add another.
/// </summary>
/// <remarks>Times are Unix milliseconds.</remarks>
internal static class PushMigrations
{
    public static IReadOnlyList<Migration> Steps { get; } =
    [
        new("""
        CREATE TABLE deliveries (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, host TEXT NOT NULL, event TEXT NOT NULL, repository TEXT NOT NULL,
            received_at BIGINT NOT NULL, state TEXT NOT NULL, detail TEXT, push TEXT, body BLOB NOT NULL);
        CREATE INDEX deliveries_by_state ON deliveries (state, seq);
        CREATE TABLE pushes (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, repository TEXT NOT NULL, place TEXT NOT NULL, state TEXT NOT NULL,
            open INTEGER NOT NULL, spec TEXT NOT NULL);
        CREATE INDEX pushes_by_place ON pushes (repository, place, seq);
        CREATE INDEX pushes_by_open ON pushes (open, seq);
        """),
        new("""
        CREATE TABLE schedules (id TEXT PRIMARY KEY, repository TEXT NOT NULL, handled_at BIGINT NOT NULL, spec TEXT NOT NULL);
        CREATE INDEX schedules_by_repository ON schedules (repository);
        """),
    ];
}
