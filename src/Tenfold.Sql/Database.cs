using System.Data.Common;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql;

/// <summary>A database that holds a ledger: opening it, reading and writing, and its errors in plain words.</summary>
/// <remarks>
/// Writers come one after another, on every database: a transaction that writes has the write lock from its beginning, so what it reads is
/// not changed by another until it ends. So the ledger's rules are plain reads and writes, the same for all databases.
/// </remarks>
public abstract class Database : IDisposable
{
    /// <summary>Which kind: <c>sqlite</c> or <c>postgresql</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Where it is, for messages: a path, or a URL without its password.</summary>
    public abstract string Place { get; }

    /// <summary>The version of the tables that this program makes and needs.</summary>
    public static int NewestVersion => Migrations.Steps.Count;

    /// <summary>The version of the tables that are there; 0 when there are none. Nothing is made.</summary>
    public abstract Task<int> VersionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Brings older tables to <see cref="NewestVersion"/>, or makes them, in one transaction. Does nothing to those that are.
    /// </summary>
    /// <returns>The version before.</returns>
    public abstract Task<int> MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Reads on a connection to an up-to-date ledger.</summary>
    /// <param name="read">Reads; may be called again when the connection broke.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="LedgerException">It could not be read.</exception>
    internal abstract Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken);

    /// <summary>Reads and writes in one transaction that has the write lock.</summary>
    /// <param name="write">Reads and writes; may be called again, when nothing came of the call before. So it changes nothing but the
    /// database.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="LedgerException">It could not be written, or it is not known whether it was: the message tells which.</exception>
    internal abstract Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellationToken);

    /// <summary>The time by which leases run out: the database server's, or for a file the machine's.</summary>
    internal abstract Task<DateTimeOffset> NowAsync(
        DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>What a row holds and nobody wrote there, as an error that says what to do.</summary>
    protected LedgerException Explain(InvalidDataException error) =>
        new($"the ledger {Place} is damaged: {error.Message.TrimEnd('.')}. Bring it back from a backup.", isUnreadable: true, error);

    /// <summary>The refusal of tables that a newer program made.</summary>
    protected LedgerException Newer(long version, string way) => new(
        $"the ledger {Place} was made by a newer tenfold (its version is {version}, this program knows {NewestVersion}). Upgrade " +
        $"tenfold, or {way}. Nothing was changed.", isUnreadable: true);
}
