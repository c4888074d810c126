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
            var period = Read(parsed.GetValue(since)!);
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var (from, key) = (services.Time.GetUtcNow() - period, parsed.GetValue(by));
            var rows = await new CostReader(services).ReadAsync(from, key, cancellationToken);
            return Write(key, CostView.Of(from, key, rows), parsed.GetValue(json));
        }, async (parsed, server, cancellationToken) =>
        {
            var period = parsed.GetValue(since)!;
            Read(period);
            await server.WarnOutdatedAsync(cancellationToken);
            var key = parsed.GetValue(by);
            var path = $"cost?since={Uri.EscapeDataString(period)}&by={key}";
            return Write(key, await server.GetAsync(path, ViewJson.Default.CostView, cancellationToken), parsed.GetValue(json));
        });
    }

    private static TimeSpan Read(string since) => Durations.Read(since, out var fault)
        ?? throw new CommandException(ExitCodes.BadInput, $"--since {fault}");

    private static int Write(CostKey key, CostView cost, bool isJson)
    {
        if (isJson) Json.Write(cost, ViewJson.Default.CostView);
        else Write(key, cost.Rows);
        return ExitCodes.Success;
    }

    private static void Write(CostKey key, IReadOnlyList<CostRowView> rows)
    {
        if (rows.Count == 0)
        {
            Terminal.Say("no runs used a machine in this period");
            return;
        }

        var table = new TextTable($"{key}".ToUpperInvariant(), "RUNS>", "HOURS>", "USD>", "HOURS OF UNKNOWN PRICE>");
        foreach (var row in rows)
        {
            var unpriced = row.UnpricedHours > 0 ? Hours(row.UnpricedHours) : null;
            table.Add(row.Key, $"{row.Runs}", Hours(row.MachineHours), Usd([row]), unpriced);
        }

        var unknown = rows.Sum(row => row.UnpricedHours);
        if (rows.Count > 1)
        {
            table.Add("total", $"{rows.Sum(row => row.Runs)}", Hours(rows.Sum(row => row.MachineHours)), Usd(rows),
                unknown > 0 ? Hours(unknown) : null);
        }

        table.Write(Console.Out, Terminal.Width);
        if (unknown > 0) Terminal.Say("the hours of unknown price are not in the USD");
    }

    // Nothing is known about the cost of rows without any known price.
    private static string? Usd(IReadOnlyList<CostRowView> rows) =>
        rows.All(row => row.Usd == 0 && row.UnpricedHours > 0) ? null : Money.Format(rows.Sum(row => row.Usd));

    private static string Hours(double hours) => hours.ToString("0.##", CultureInfo.InvariantCulture);
}
