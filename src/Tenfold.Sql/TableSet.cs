using Tenfold.Sql.Pushes;
using Tenfold.Sql.Requests;

namespace Tenfold.Sql;

/// <summary>Tables that are created and migrated together. A database may hold several sets; each has its own lock for writers.</summary>
/// <param name="Name">The name in messages.</param>
/// <param name="Prefix">The beginning of the names of the tables that hold the version and the receipts.</param>
/// <param name="LockClass">The first half of the lock's key on PostgreSQL.</param>
/// <param name="Steps">Step n brings the tables from version n to n + 1.</param>
internal sealed record TableSet(string Name, string Prefix, int LockClass, IReadOnlyList<Migration> Steps)
{
    /// <summary>The ledger. "Tenf" as a number is its lock.</summary>
    public static TableSet Ledger { get; } = new("the ledger", "ledger", 0x54656e66, Migrations.Steps);

    /// <summary>The request log. "Tenr" as a number is its lock, so that loading requests never delays the control loop.</summary>
    public static TableSet Requests { get; } =
        new("the request log", "requests", 0x54656e72, RequestMigrations.Steps) { IsMigratedWhenOpened = true, IsDurable = true };

    /// <summary>Deliveries and pushes. "Tenp" as a number is their lock, so that deliveries never delay the control loop.</summary>
    public static TableSet Pushes { get; } =
        new("the record of pushes", "pushes", 0x54656e70, PushMigrations.Steps) { IsMigratedWhenOpened = true, IsDurable = true };

    /// <summary>The version of the tables that this program creates and needs.</summary>
    public int NewestVersion => Steps.Count;

    /// <summary>True when opening older tables migrates them on every database. Default: only in files.</summary>
    public bool IsMigratedWhenOpened { get; init; }

    /// <summary>True when a committed transaction survives a power failure, also in a file. Default: on servers only.</summary>
    public bool IsDurable { get; init; }
}
