using System.CommandLine;
using System.Globalization;
using Tenfold.App.Costs;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Reasons;
using Tenfold.Projects;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold cost</c>: what the machines of runs have cost.</summary>
internal static class CostCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var since = new Option<string>("--since")
        {
            Description = "How far back, such as 7d or 12h.",
            DefaultValueFactory = _ => "30d",
        };
        var by = new Option<CostKey>("--by") { Description = "A row for each project, target or user." };
        var json = CommandOptions.Json();
        var description = ("Show what the machines of runs have cost in the last 30 days, or in the time that --since names. It counts "
            + "the time in which commands ran, at the price that was recorded when the runs were submitted.")
            .WithExample("tenfold cost", "tenfold cost --since 7d --by target");
        return new Command("cost", description) { since, by, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var period = Durations.Read(parsed.GetValue(since)!, out var fault)
                ?? throw new CommandException(ExitCodes.BadInput, $"--since {fault}");
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var (from, key) = (services.Time.GetUtcNow() - period, parsed.GetValue(by));
            var rows = await new CostReader(services).ReadAsync(from, key, cancellationToken);
            if (parsed.GetValue(json)) Json.Write(CostView.Of(from, key, rows), ViewJson.Default.CostView);
            else Write(key, rows);
            return ExitCodes.Success;
        });
    }

    private static void Write(CostKey key, IReadOnlyList<CostRow> rows)
    {
        if (rows.Count == 0)
        {
            Terminal.Say("no runs used a machine in this period");
            return;
        }

        var table = new TextTable($"{key}".ToUpperInvariant(), "RUNS>", "HOURS>", "USD>", "HOURS OF UNKNOWN PRICE>");
        foreach (var row in rows)
        {
            var unpriced = row.UnpricedTime > TimeSpan.Zero ? Hours(row.UnpricedTime) : null;
            table.Add(row.Key, $"{row.Runs}", Hours(row.MachineTime), Usd([row]), unpriced);
        }

        var unknown = Sum(row => row.UnpricedTime);
        if (rows.Count > 1)
        {
            table.Add("total", $"{rows.Sum(row => row.Runs)}", Hours(Sum(row => row.MachineTime)), Usd(rows),
                unknown > TimeSpan.Zero ? Hours(unknown) : null);
        }

        table.Write(Console.Out, Terminal.Width);
        if (unknown > TimeSpan.Zero) Terminal.Say("the hours of unknown price are not in the USD");

        TimeSpan Sum(Func<CostRow, TimeSpan> of) => rows.Aggregate(TimeSpan.Zero, (sum, row) => sum + of(row));
    }

    // Nothing is known about the cost of rows without any known price.
    private static string? Usd(IReadOnlyList<CostRow> rows) =>
        rows.All(row => row.Usd == 0 && row.UnpricedTime > TimeSpan.Zero) ? null : Money.Format(rows.Sum(row => row.Usd));

    private static string Hours(TimeSpan time) => time.TotalHours.ToString("0.##", CultureInfo.InvariantCulture);
}
