using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql.Postgres;

/// <summary>PostgreSQL's errors: which pass by themselves, and all of them in plain words.</summary>
/// <remarks>Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".</remarks>
internal static class PostgresErrors
{
    // protocol_violation: what a pooler answers to a parameter that it does not pass on.
    private const string Refused = "08P01";

    /// <summary>
    /// True when the connection broke or the server was not ready: it may be tried again, once it is known that nothing came of it.
    /// </summary>
    public static bool IsBroken(Exception error) => error switch
    {
        // Shut down, crashed, not up yet; ended while it stood still, in a transaction or without; out of connections; of two transactions
        // that block each other, the one that gave way.
        PostgresException answer =>
            answer.SqlState is "57P01" or "57P02" or "57P03" or "57P05" or "25P03" or "53300" or "40001" or "40P01"
                || (answer.SqlState.StartsWith("08", StringComparison.Ordinal) && answer.SqlState != Refused),
        NpgsqlException { InnerException: AuthenticationException } => false,
        NpgsqlException broken => broken.IsTransient || broken.InnerException is IOException or SocketException or TimeoutException,
        IOException or SocketException or TimeoutException or ObjectDisposedException => true,
        // What Npgsql says when a connection broke between two statements.
        InvalidOperationException invalid => invalid.Source == "Npgsql",
        _ => false,
    };

    /// <summary>True when the server only lets us read: a standby, or a primary that has just become one.</summary>
    public static bool IsReadOnly(Exception error) => error is PostgresException { SqlState: "25006" };

    /// <summary>The error as one that says what to do. Never holds a password: PostgreSQL and Npgsql name none.</summary>
    public static LedgerException Explain(string ledger, PostgresAddress address, Exception error) =>
        error is PostgresException answer
            ? new LedgerException(Answered(ledger, address, answer), answer.SqlState is "XX001" or "XX002" or "42P01" or "42703", error)
            : new LedgerException(Unanswered(ledger, address, error), isUnreadable: false, error);

    private static string Answered(string ledger, PostgresAddress address, PostgresException error) => error.SqlState switch
    {
        Refused =>
            $"{ledger} does not speak as PostgreSQL does ({error.MessageText}). Is it a pooler? Let TENFOLD_LEDGER name the server " +
            "itself, or a pooler that keeps a session's settings (PgBouncer: pool_mode = session, track_extra_parameters = search_path).",
        "28P01" =>
            $"{ledger} refused the password of {address.User}. Put the right one into TENFOLD_LEDGER, PGPASSWORD or the file that " +
            "PGPASSFILE names (~/.pgpass).",
        // The same code as for a line of pg_hba.conf; the words are in the server's language.
        "28000" when error.Routine == "InitializeSessionUserId" =>
            $"{ledger} does not know {address.User}, or as no one who logs in ({error.MessageText}). Is the user in TENFOLD_LEDGER " +
            $"right? Its administrator makes one: CREATE ROLE \"{address.User}\" LOGIN",
        "28000" =>
            $"{ledger} does not let {address.User} in from this machine ({error.MessageText}). Its administrator allows it in pg_hba.conf.",
        "3D000" =>
            $"{ledger} is not there: the server has no database \"{address.Database}\". Make it: createdb -h {address.Host} -p " +
            $"{address.Port} {address.Database}",
        "42501" =>
            $"{ledger} does not allow that to {address.User} ({error.MessageText}). Its administrator allows it: GRANT CREATE ON " +
            $"DATABASE \"{address.Database}\" TO \"{address.User}\" for the first start, or GRANT ALL ON SCHEMA \"{address.Schema}\" " +
            "and all its tables and sequences.",
        "42P06" or "42P07" =>
            $"{ledger} can't be set up: {error.MessageText}, and it is not of a ledger. Name another schema: " +
            "?search_path=… in TENFOLD_LEDGER.",
        "42P01" or "42703" => $"{ledger} is damaged: {error.MessageText}. Bring it back from a backup.",
        "53100" =>
            $"{ledger} can't grow: the disk of its server is full ({error.MessageText}). Free space there; nothing is lost, and what " +
            "was refused can be done again.",
        "53300" => $"{ledger} has no connection left ({error.MessageText}). End clients that are not needed, or raise max_connections.",
        "25006" => $"{ledger} can't be written: the server is a standby, or read-only. Let TENFOLD_LEDGER name the primary.",
        "55P03" => $"{ledger} has been locked by another client for 40 s. Find it: SELECT * FROM pg_locks WHERE locktype = 'advisory'",
        "57P03" => $"{ledger} is not ready: {error.MessageText}. Try again in a while.",
        "XX001" or "XX002" => $"{ledger} is damaged ({error.MessageText}). Bring it back from a backup.",
        _ => $"{ledger} failed: {error.MessageText} (SQLSTATE {error.SqlState}).",
    };

    private static string Unanswered(string ledger, PostgresAddress address, Exception error)
    {
        var cause = error.InnerException ?? error;
        return cause switch
        {
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
                $"{ledger} can't be reached: there is no host {address.Host}. Is TENFOLD_LEDGER right?",
            SocketException refused =>
                $"{ledger} can't be reached ({refused.Message}). Does the server run, and does it listen there? Is TENFOLD_LEDGER right?",
            AuthenticationException =>
                $"{ledger} can't be reached safely: {cause.Message} sslrootcert=FILE in TENFOLD_LEDGER names the authority that signed " +
                "the server's certificate.",
            TimeoutException => $"{ledger} does not answer. Does its server run, and can it be reached from here? Is TENFOLD_LEDGER right?",
            IOException => $"{ledger} went away ({cause.Message.TrimEnd('.')}). Does its server run?",
            _ when error.Message.Contains("password", StringComparison.OrdinalIgnoreCase) =>
                $"{ledger} wants a password, and there is none. Put it into TENFOLD_LEDGER, PGPASSWORD or the file that PGPASSFILE " +
                "names (~/.pgpass).",
            _ => $"{ledger} failed: {error.Message}",
        };
    }
}
