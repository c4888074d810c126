using System.Data.Common;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql;

/// <summary>A database that holds a ledger, or a request log. Opens it, reads and writes it, and explains its errors.</summary>
/// <remarks>
/// On every database, writers take turns. A writing transaction takes the write lock at its beginning, so no other writer changes what it
/// reads before it ends. This lets the ledger's rules be plain reads and writes on all databases.
/// </remarks>
public abstract class Database : IDisposable
{
    /// <summary>The kind of database: <c>sqlite</c> or <c>postgresql</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The location for messages: a path, or a URL without its password.</summary>
    public abstract string Place { get; }

    /// <summary>What is weak about the connection to it, and what to do; null when nothing is.</summary>
    public virtual string? Weakness => null;

    /// <summary>The version of a ledger's tables that this program creates and needs.</summary>
    public static int NewestVersion => TableSet.Ledger.NewestVersion;

    /// <summary>The tables; default: the ledger's.</summary>
    internal TableSet Tables { get; init; } = TableSet.Ledger;

    /// <summary>The version of the existing tables; 0 when there are none. Changes nothing.</summary>
    public abstract Task<int> VersionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Creates the tables, or brings older ones to the newest version, in one transaction. Does nothing to current tables.
    /// </summary>
    /// <returns>The version before the migration.</returns>
    public abstract Task<int> MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Reads on a connection to an up-to-date ledger.</summary>
    /// <param name="read">Reads; may be called again when the connection breaks.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="LedgerException">The ledger could not be read.</exception>
    internal abstract Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken);

    /// <summary>Reads and writes in one transaction that has the write lock.</summary>
    /// <param name="write">Reads and writes; may be called again after a call that was rolled back, so it must change nothing but the
    /// database.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="LedgerException">The ledger could not be written, or it is unknown
    /// whether it was; the message says which.</exception>
    internal abstract Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellationToken);

    /// <summary>The time by which leases expire: the database server's, or the machine's for a file.</summary>
    internal abstract Task<DateTimeOffset> NowAsync(
        DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Explains a row that the ledger can't have written, and says what to do.</summary>
    protected LedgerException Explain(InvalidDataException error) =>
        new($"{Tables.Name} {Place} is damaged: {error.Message.TrimEnd('.')}. Restore it from a backup.", isUnreadable: true, error);

    /// <summary>The error for tables that a newer version of the program created.</summary>
    protected LedgerException Newer(long version, string alternative) => new(
        $"{Tables.Name} {Place} was made by a newer tenfold (its version is {version}, this program knows {Tables.NewestVersion}). " +
        $"Upgrade tenfold, or {alternative}. Nothing was changed.", isUnreadable: true);
}
