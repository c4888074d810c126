using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli.Output;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Reports.Text;
using Tenfold.Sql;
using Tenfold.Targets.Local;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold ledger</c>: where the ledger is, bringing it up to date, and bringing a laptop's into a team's.</summary>
internal static class LedgerCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() => new("ledger", "Show where the ledger is, bring it up to date, or bring a laptop's into a team's.") { Show(), Migrate(), Import() };

    private static Command Show()
    {
        var json = CommandOptions.Json();
        return new Command("show", "Show which ledger is used, its version, and how much it has.".WithExample("tenfold ledger show", "TENFOLD_LEDGER=postgres://ann@db/tenfold tenfold ledger show"))
        {
            json,
        }.Does(async (parsed, services, cancellationToken) =>
        {
            var version = await services.Database.VersionAsync(cancellationToken);
            var isCurrent = version == Database.NewestVersion;
            // An older one is looked at from outside only: it is not changed, and not read as if it were new.
            var counts = isCurrent ? await new SqlLedger(services.Database).CountAsync(cancellationToken) : null;
            var view = new LedgerView(
                services.Database.Kind, services.Database.Place, version, Database.NewestVersion, isCurrent ? await services.Ledger.IdAsync(cancellationToken) : null,
                counts?.Studies, counts?.Groups, counts?.Runs, counts?.Live, counts?.Attempts, counts?.Events);
            if (parsed.GetValue(json)) Json.Write(view, ViewJson.Default.LedgerView);
            else Write(view);
            return ExitCodes.Success;
        });
    }

    private static Command Migrate() =>
        new Command("migrate", "Bring the ledger's tables to this version of tenfold. Older versions can't use it any more.".WithExample("tenfold ledger migrate"))
            .Does(async (_, services, cancellationToken) =>
            {
                var before = await services.Database.MigrateAsync(cancellationToken);
                Terminal.Say(before == Database.NewestVersion
                    ? $"{services.Database.Place} is at version {before}: nothing to do"
                    : $"{services.Database.Place} was at version {before} and is at version {Database.NewestVersion} now");
                return ExitCodes.Success;
            });

    private static Command Import()
    {
        var file = new Argument<string?>("file") { Description = "The SQLite ledger. Default: ledger.db in TENFOLD_HOME.", Arity = ArgumentArity.ZeroOrOne };
        var json = CommandOptions.Json();
        return new Command(
            "import", ("Bring a laptop's ledger into the one that TENFOLD_LEDGER names: studies, groups, runs, metrics, events. What is there already stays as it is, so it can be done again. " +
                "The files stay where they are, in the home beside the imported ledger.").WithExample("TENFOLD_LEDGER=postgres://ann@db/tenfold tenfold ledger import"))
        {
            file, json,
        }.Does(async (parsed, services, cancellationToken) =>
        {
            var path = Path.GetFullPath(parsed.GetValue(file) ?? services.LaptopLedger);
            if (services.Database is SqliteDatabase own && Path.GetFullPath(own.Place) == path)
                throw new CommandException(ExitCodes.BadInput, $"{path} is the ledger in use. Let TENFOLD_LEDGER name the one to import into, such as postgres://user@host/database.");
            if (!File.Exists(path)) throw new CommandException(ExitCodes.BadInput, $"there is no ledger {path}");
            using var from = new SqliteDatabase(path, services.Time);
            var home = Path.GetDirectoryName(path)!;
            // The names under which the home's own store and queue are known, as a group that is planned there today records them.
            var store = new FolderStore(Path.Combine(home, "store"));
            var here = await new LocalKind(home, isLedgerHere: false, _ => throw new NotSupportedException("nothing is started")).PlanAsync(
                TargetSettings.Local, store, cancellationToken);
            var count = 0;
            var report = await new LedgerImport(from, services.Database).RunAsync(store.Url, here, _ => Progress(++count), cancellationToken);
            var view = new ImportView(path, services.Database.Place, report.Studies, report.Groups, report.Runs, report.Live, report.Attempts, report.Present);
            if (parsed.GetValue(json)) Json.Write(view, ViewJson.Default.ImportView);
            else Write(view);
            return ExitCodes.Success;
        });
    }

    private static void Progress(int count)
    {
        if (count % 500 == 0) Terminal.Say($"{count} groups and studies so far");
    }

    private static void Write(LedgerView view)
    {
        var output = Console.Out;
        output.WriteLine($"kind      {view.Kind}");
        output.WriteLine($"place     {view.Place}");
        output.WriteLine($"version   {view.Version}{(view.Version == 0 ? " (empty: the first command that needs it sets it up)" : view.Version < view.NewestVersion ? $" (this tenfold needs {view.NewestVersion}: tenfold ledger migrate)" : "")}");
        if (view.Id is null) return;
        output.WriteLine($"id        {view.Id}");
        output.WriteLine($"has       {view.Studies} studies, {view.Groups} groups, {view.Runs} runs ({view.Live} not ended), {view.Attempts} attempts, {view.Events} events");
    }

    private static void Write(ImportView view)
    {
        var there = view.Present == 0 ? "" : $"; {view.Present} of the groups and studies were there already";
        Terminal.Say($"{view.From}: {(view.Studies == 1 ? "1 study" : $"{view.Studies} studies")}, {Numbers.Count(view.Groups, "group")}, {Numbers.Count(view.Runs, "run")} ({view.Live} not ended) came over{there}");
        Terminal.Say($"from now on work with TENFOLD_LEDGER set; what is recorded in {view.From} after this comes over when you import again");
    }
}
