using System.Text.RegularExpressions;
using Tenfold.Core.Ledger;
using Tenfold.Sql.Postgres;

namespace Tenfold.Sql;

/// <summary>Chooses the database for a ledger's URL.</summary>
public static partial class Databases
{
    [GeneratedRegex(@"(^|\s|;)(host|hostaddr|port|dbname|database|server|user|username|user id|password|pwd|sslmode|service)\s*=",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex KeywordValue();

    /// <summary>Creates the database for a URL. Connects only when the database is first used.</summary>
    /// <param name="url">
    /// <c>postgres://user:password@host:port/database</c> (or <c>postgresql://</c>), a path, or <c>sqlite:///path</c>. Null or empty: the
    /// default.
    /// </param>
    /// <param name="defaultPath">The SQLite file when there is no URL.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long to wait for a server that has become unreachable; null for 60 s.</param>
    /// <exception cref="LedgerException">The URL is invalid. The message never contains a password.</exception>
    public static Database Open(string? url, string defaultPath, TimeProvider time, TimeSpan? patience = null)
    {
        if (string.IsNullOrWhiteSpace(url)) return new SqliteDatabase(defaultPath, time);
        url = url.Trim();
        // A method of its own, so that Npgsql is only loaded for PostgreSQL.
        if (PostgresAddress.IsPostgres(url)) return Postgres(url, time, patience, TableSet.Ledger);
        const string Scheme = "sqlite:";
        if (url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            if (!url.StartsWith("sqlite:///", StringComparison.OrdinalIgnoreCase))
                throw new LedgerException(
                    "TENFOLD_LEDGER is not a valid URL of a SQLite file: write sqlite:///path, or just the path.", isUnreadable: false);
            return new SqliteDatabase(Uri.UnescapeDataString(url["sqlite://".Length..]), time);
        }

        // PostgreSQL's other form, which would be taken for a path and shown.
        if (KeywordValue().IsMatch(url))
        {
            throw new LedgerException(
                "TENFOLD_LEDGER has PostgreSQL's form of keywords and values. Write it as a URL: postgres://user@host/database, "
                + "and put the password into PGPASSWORD or the file ~/.pgpass.", isUnreadable: false);
        }

        // The message doesn't quote the URL, because it may contain a password.
        return url.Contains("://", StringComparison.Ordinal)
            ? throw new LedgerException(
                "TENFOLD_LEDGER names an unknown kind of ledger. Use postgres://user@host/database or sqlite:///path.",
                isUnreadable: false)
            : new SqliteDatabase(Path.GetFullPath(url), time);
    }

    /// <summary>
    /// Creates the database of the request log: the ledger's own for a ledger on a server, and otherwise a file apart from the ledger, so
    /// that its writes never delay the control loop.
    /// </summary>
    /// <param name="ledgerUrl">The ledger's URL, as for <see cref="Open"/>.</param>
    /// <param name="defaultPath">The SQLite file when the ledger is a file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long to wait for a server that has become unreachable; null for 60 s.</param>
    /// <exception cref="LedgerException">The URL is invalid. The message never contains a password.</exception>
    public static Database OpenRequests(string? ledgerUrl, string defaultPath, TimeProvider time, TimeSpan? patience = null) =>
        ledgerUrl?.Trim() is { Length: > 0 } url && PostgresAddress.IsPostgres(url)
            ? Postgres(url, time, patience, TableSet.Requests)
            : new SqliteDatabase(defaultPath, time) { Tables = TableSet.Requests };

    /// <summary>
    /// Creates the database of deliveries and pushes: the ledger's own for a ledger on a server, and otherwise a file apart from the
    /// ledger.
    /// </summary>
    /// <inheritdoc cref="OpenRequests"/>
    public static Database OpenPushes(string? ledgerUrl, string defaultPath, TimeProvider time, TimeSpan? patience = null) =>
        ledgerUrl?.Trim() is { Length: > 0 } url && PostgresAddress.IsPostgres(url)
            ? Postgres(url, time, patience, TableSet.Pushes)
            : new SqliteDatabase(defaultPath, time) { Tables = TableSet.Pushes };

    private static PostgresDatabase Postgres(string url, TimeProvider time, TimeSpan? patience, TableSet tables) =>
        new(PostgresAddress.Parse(url), time, patience) { Tables = tables };
}
