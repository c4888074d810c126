using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Sql;
using Tenfold.Targets.Local;

namespace Tenfold.App.Ledgers;

/// <summary>Inspects, migrates and imports ledgers.</summary>
/// <param name="services">The services of this home.</param>
public sealed class LedgerAdministration(Services services)
{
    /// <summary>
    /// Reports where the ledger is, its version and its contents. The contents of a ledger of another version are not read.
    /// </summary>
    public async Task<LedgerStatus> InspectAsync(CancellationToken cancellationToken)
    {
        var version = await services.Database.VersionAsync(cancellationToken);
        var isCurrent = version == Database.NewestVersion;
        return new LedgerStatus(
            services.Database.Kind, services.Database.Place, version, Database.NewestVersion,
            isCurrent ? await services.Ledger.ReadIdAsync(cancellationToken) : null,
            isCurrent ? await new SqlLedger(services.Database).CountAsync(cancellationToken) : null);
    }

    /// <summary>Upgrades the ledger's tables to this program's version. Idempotent.</summary>
    /// <returns>The version before.</returns>
    public Task<int> MigrateAsync(CancellationToken cancellationToken) => services.Database.MigrateAsync(cancellationToken);

    /// <summary>
    /// Imports a SQLite ledger into the ledger in use. Records that exist there already stay as they are, so an import can be repeated.
    /// </summary>
    /// <param name="file">The SQLite file; null for the home's own ledger.</param>
    /// <param name="onProgress">Called after each group and study with the count so far.</param>
    /// <param name="cancellationToken">Cancels the import. The next import completes it.</param>
    /// <returns>What was imported; or BadInput when the file is the ledger in use or does not exist.</returns>
    public async Task<Outcome<ImportResult>> ImportAsync(string? file, Action<int> onProgress, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(file ?? services.LaptopLedger);
        if (services.Database is SqliteDatabase own && Path.GetFullPath(own.Place) == path)
        {
            return Refusal.BadInput(
                $"{path} is the ledger in use. Set TENFOLD_LEDGER to the ledger to import into, such as postgres://user@host/database.");
        }

        if (!File.Exists(path)) return Refusal.BadInput($"there is no ledger {path}");
        using var from = new SqliteDatabase(path, services.Time);
        var home = Path.GetDirectoryName(path)!;
        // Imported groups get the store and target that groups get which are planned in that home today.
        var store = new FolderStore(Path.Combine(home, "store"));
        var here = LocalKind.SpecOf(home, services.Session.Machine, TargetSettings.Local);
        var count = 0;
        var report = await new LedgerImport(from, services.Database, WorkKey.OfHome(services.Home)).RunAsync(
            store.Url, here, _ => onProgress(++count), cancellationToken);
        return new ImportResult(path, services.Database.Place, report);
    }
}

/// <summary>Where a ledger is, its version and its contents.</summary>
/// <param name="Kind">The kind of database: <c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Place">The file, or the server's address without a password.</param>
/// <param name="Version">The version of the tables; 0 for an empty database.</param>
/// <param name="NewestVersion">The version that this program uses.</param>
/// <param name="Id">The ledger's id; null when the ledger has another version.</param>
/// <param name="Counts">The ledger's contents; null when the ledger has another version.</param>
public sealed record LedgerStatus(string Kind, string Place, int Version, int NewestVersion, string? Id, LedgerCounts? Counts);

/// <summary>The result of an import.</summary>
/// <param name="From">The imported file.</param>
/// <param name="Into">The ledger in use.</param>
/// <param name="Report">What was imported.</param>
public sealed record ImportResult(string From, string Into, ImportReport Report);
