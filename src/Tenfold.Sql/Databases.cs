using Tenfold.Core.Ledger;
using Tenfold.Sql.Postgres;

namespace Tenfold.Sql;

/// <summary>Finds the database that a user means.</summary>
public static class Databases
{
    /// <summary>Names a ledger; nothing is opened yet.</summary>
    /// <param name="url">
    /// <c>postgres://user:password@host:port/database</c> (or <c>postgresql://</c>), a path, or <c>sqlite:///path</c>. Null or empty: the
    /// default.
    /// </param>
    /// <param name="defaultPath">The SQLite file when there is no URL.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long a server that was there is waited for when it goes away; null for 60 s.</param>
    /// <exception cref="LedgerException">The URL is none. No message holds a password.</exception>
    public static Database Open(string? url, string defaultPath, TimeProvider time, TimeSpan? patience = null)
    {
        if (string.IsNullOrWhiteSpace(url)) return new SqliteDatabase(defaultPath, time);
        url = url.Trim();
        // Two methods, so that a program on SQLite loads nothing of PostgreSQL.
        if (PostgresAddress.IsOne(url)) return Postgres(url, time, patience);
        const string Scheme = "sqlite:";
        if (url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            if (!url.StartsWith("sqlite:///", StringComparison.OrdinalIgnoreCase))
                throw new LedgerException(
                    "TENFOLD_LEDGER: a SQLite file is named sqlite:///path, or by its path alone.", isUnreadable: false);
            return new SqliteDatabase(Uri.UnescapeDataString(url["sqlite://".Length..]), time);
        }

        // What is not named here may be a URL with a password in it.
        return url.Contains("://", StringComparison.Ordinal)
            ? throw new LedgerException(
                "TENFOLD_LEDGER names a kind of ledger that there is not; there are postgres://user@host/database and sqlite:///path.",
                isUnreadable: false)
            : new SqliteDatabase(Path.GetFullPath(url), time);
    }

    private static PostgresDatabase Postgres(string url, TimeProvider time, TimeSpan? patience) =>
        new(PostgresAddress.Parse(url), time, patience);
}
