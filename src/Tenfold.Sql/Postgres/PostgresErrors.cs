using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql.Postgres;

/// <summary>Classifies PostgreSQL's errors: which ones are worth a retry, and what a user can do about them.</summary>
/// <remarks>Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".</remarks>
internal static class PostgresErrors
{
    // protocol_violation: a pooler's answer to a startup parameter that it doesn't support.
    private const string ProtocolViolation = "08P01";

    /// <summary>
    /// True when the connection broke or the server was not ready. The transaction may be
    /// retried once it is known that it was not committed.
    /// </summary>
    public static bool IsBroken(Exception error) => error switch
    {
        // The server is shutting down (57P01), crashed (57P02) or is starting (57P03); it ended an idle session (57P05) or an idle
        // transaction (25P03); it has no connection left (53300); or it chose this transaction to resolve a conflict (40001, 40P01).
        PostgresException answer =>
            answer.SqlState is "57P01" or "57P02" or "57P03" or "57P05" or "25P03" or "53300" or "40001" or "40P01"
                || (answer.SqlState.StartsWith("08", StringComparison.Ordinal) && answer.SqlState != ProtocolViolation),
        NpgsqlException { InnerException: AuthenticationException } => false,
        NpgsqlException broken => broken.IsTransient || broken.InnerException is IOException or SocketException or TimeoutException,
        IOException or SocketException or TimeoutException or ObjectDisposedException => true,
        // Npgsql throws this when a connection broke between two statements.
        InvalidOperationException invalid => invalid.Source == "Npgsql",
        _ => false,
    };

    /// <summary>True when the server only permits reading: it is a standby, or a primary that was demoted.</summary>
    public static bool IsReadOnly(Exception error) => error is PostgresException { SqlState: "25006" };

    /// <summary>
    /// Explains an error and says what to do. The message never contains a password, because PostgreSQL and Npgsql quote none.
    /// </summary>
    /// <param name="ledger">The ledger, for the message.</param>
    /// <param name="address">Its address.</param>
    /// <param name="error">The error.</param>
    /// <param name="isPasswordAsked">True when the server asked for a password and has not accepted one.</param>
    public static LedgerException Explain(string ledger, PostgresAddress address, Exception error, bool isPasswordAsked) =>
        error is PostgresException answer
            ? new LedgerException(Answered(ledger, address, answer), answer.SqlState is "XX001" or "XX002" or "42P01" or "42703", error)
            : new LedgerException(Unanswered(ledger, address, error, isPasswordAsked), isUnreadable: false, error);

    private static string Answered(string ledger, PostgresAddress address, PostgresException error) => error.SqlState switch
    {
        ProtocolViolation =>
            $"{ledger} does not behave like a PostgreSQL server ({error.MessageText}). Is it a pooler? Set TENFOLD_LEDGER to the server " +
            "itself, or to a pooler that keeps a session's settings " +
            "(PgBouncer: pool_mode = session, track_extra_parameters = search_path).",
        "28P01" =>
            $"{ledger} refused the password of {address.User}. Put the right one into TENFOLD_LEDGER, PGPASSWORD or the file that " +
            "PGPASSFILE names (~/.pgpass).",
        // The code is also used for pg_hba.conf, and the text is in the server's language, so the routine tells the two apart.
        "28000" when error.Routine == "InitializeSessionUserId" =>
            $"{ledger} does not know the user {address.User}, or does not let the user log in ({error.MessageText}). Correct the user in " +
            $"TENFOLD_LEDGER, or have an administrator run: CREATE ROLE \"{address.User}\" LOGIN",
        "28000" =>
            $"{ledger} does not accept {address.User} from this machine ({error.MessageText}). " +
            "An administrator can allow it in pg_hba.conf.",
        "3D000" =>
            $"{ledger} does not exist: the server has no database \"{address.Database}\". Create it: " +
            $"createdb -h {address.Host} -p {address.Port} {address.Database}",
        "42501" =>
            $"{ledger} does not permit this to {address.User} ({error.MessageText}). Have an administrator run " +
            $"GRANT CREATE ON DATABASE \"{address.Database}\" TO \"{address.User}\" before the first use, or " +
            $"GRANT ALL ON SCHEMA \"{address.Schema}\" and all its tables and sequences.",
        "42P06" or "42P07" =>
            $"{ledger} can't be set up: {error.MessageText}, and it doesn't belong to a ledger. Name another schema in " +
            "TENFOLD_LEDGER: ?search_path=…",
        "42P01" or "42703" => $"{ledger} is damaged: {error.MessageText}. Restore it from a backup.",
        "53100" =>
            $"{ledger} can't grow: the disk of its server is full ({error.MessageText}). Free space there and try again; nothing is lost.",
        "53300" => $"{ledger} has no connection left ({error.MessageText}). Close clients that are not needed, or raise max_connections.",
        "25006" => $"{ledger} can't be written: the server is a standby, or read-only. Set TENFOLD_LEDGER to the primary.",
        "55P03" => $"{ledger} has been locked by another client for 40 s. Find it: SELECT * FROM pg_locks WHERE locktype = 'advisory'",
        "57P03" => $"{ledger} is not ready: {error.MessageText}. Try again later.",
        "XX001" or "XX002" => $"{ledger} is damaged ({error.MessageText}). Restore it from a backup.",
        _ => $"{ledger} failed: {error.MessageText} (SQLSTATE {error.SqlState}).",
    };

    private static string Unanswered(string ledger, PostgresAddress address, Exception error, bool isPasswordAsked)
    {
        var cause = error.InnerException ?? error;
        return cause switch
        {
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
                $"{ledger} can't be reached: there is no host {address.Host}. Is TENFOLD_LEDGER right?",
            SocketException refused =>
                $"{ledger} can't be reached ({refused.Message}). Is the server running, and does it listen there? Is TENFOLD_LEDGER right?",
            AuthenticationException =>
                $"{ledger} can't be reached securely: {cause.Message} Name the authority that signed the server's certificate with " +
                "sslrootcert=FILE in TENFOLD_LEDGER.",
            TimeoutException =>
                $"{ledger} does not answer. Is its server running, and can it be reached from here? Is TENFOLD_LEDGER right?",
            IOException => $"{ledger} closed the connection ({cause.Message.TrimEnd('.')}). Is its server running?",
            // A server that refuses a password says so. Without an answer, Npgsql had none to send.
            NpgsqlException { InnerException: null } when isPasswordAsked && address.Password is null =>
                $"{ledger} needs a password, and none is given. Put it into TENFOLD_LEDGER, PGPASSWORD or the file that PGPASSFILE " +
                "names (~/.pgpass).",
            _ => $"{ledger} failed: {error.Message}",
        };
    }
}
