using System.CommandLine;
using Tenfold.App.Ledgers;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Reports.Text;
using Tenfold.Sql;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold ledger</c>: shows where the ledger is, migrates it, and imports a laptop's ledger into a team's.</summary>
internal static class LedgerCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("ledger", "Show where the ledger is, migrate it, or import a laptop's ledger into a team's.") { Show(), Migrate(), Import() };

    private static Command Show()
    {
        var json = CommandOptions.Json();
        var description = "Show which ledger is in use, its version, and how much it contains.".WithExample(
            "tenfold ledger show", "TENFOLD_LEDGER=postgres://ann@db/tenfold tenfold ledger show");
        return new Command("show", description) { json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var status = await new LedgerAdministration(services).InspectAsync(cancellationToken);
            if (parsed.GetValue(json)) Json.Write(LedgerView.Of(status), ViewJson.Default.LedgerView);
            else Write(status);
            return ExitCodes.Success;
        });
    }

    private static Command Migrate()
    {
        var description = "Upgrade the ledger's tables to this version of tenfold. Older versions can't use the ledger afterwards."
            .WithExample("tenfold ledger migrate");
        return new Command("migrate", description).WithAction(async (_, services, cancellationToken) =>
        {
            var place = services.Database.Place;
            var before = await new LedgerAdministration(services).MigrateAsync(cancellationToken);
            Terminal.Say(before == Database.NewestVersion
                ? $"{place} is at version {before}: nothing to do"
                : $"{place} was at version {before} and is at version {Database.NewestVersion} now");
            return ExitCodes.Success;
        });
    }

    private static Command Import()
    {
        var file = new Argument<string?>("file")
        {
            Description = "The SQLite ledger. Default: ledger.db in TENFOLD_HOME.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = CommandOptions.Json();
        const string description =
            "Import a laptop's ledger into the one that TENFOLD_LEDGER names: studies, groups, runs, metrics and events. " +
            "Records that exist there already stay as they are, so an import can be repeated. The runs' files stay where they are.";
        var command = new Command(
            "import", description.WithExample("TENFOLD_LEDGER=postgres://ann@db/tenfold tenfold ledger import")) { file, json };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var import = await new LedgerAdministration(services)
                .ImportAsync(parsed.GetValue(file), ShowProgress, cancellationToken).OrFailAsync();
            if (parsed.GetValue(json)) Json.Write(ImportView.Of(import), ViewJson.Default.ImportView);
            else Write(import);
            return ExitCodes.Success;
        });
    }

    private static void ShowProgress(int count)
    {
        if (count % 500 == 0) Terminal.Say($"{count} groups and studies so far");
    }

    private static void Write(LedgerStatus ledger)
    {
        var output = Console.Out;
        var hint = ledger.Version == 0 ? " (empty: the first command that needs the ledger creates its tables)"
            : ledger.Version < ledger.NewestVersion ? $" (this tenfold needs {ledger.NewestVersion}: tenfold ledger migrate)"
            : "";
        output.WriteLine($"kind      {ledger.Kind}");
        output.WriteLine($"place     {ledger.Place}");
        output.WriteLine($"version   {ledger.Version}{hint}");
        if (ledger.Id is null || ledger.Counts is not { } counts) return;
        output.WriteLine($"id        {ledger.Id}");
        output.WriteLine(
            $"contains  {counts.Studies} studies, {counts.Groups} groups, {counts.Runs} runs ({counts.Live} not ended), " +
            $"{counts.Attempts} attempts, {counts.Events} events");
    }

    private static void Write(ImportResult import)
    {
        var report = import.Report;
        var studies = report.Studies == 1 ? "1 study" : $"{report.Studies} studies";
        var present = report.Present == 0 ? "" : $"; {report.Present} of the groups and studies existed already";
        Terminal.Say(
            $"{import.From}: imported {studies}, {Numbers.Count(report.Groups, "group")}, {Numbers.Count(report.Runs, "run")} " +
            $"({report.Live} not ended){present}");
        if (report.VersionsLeft > 0)
        {
            Terminal.Say($"{Numbers.Count(report.VersionsLeft, "deployed version")} stayed there, with routes and requests: "
                + "deploy what the team should serve again");
        }

        Terminal.Say(
            $"set TENFOLD_LEDGER from now on; to bring over what {import.From} records later, import it again");
    }
}
