using System.CommandLine;
using Tenfold.App.Listing;
using Tenfold.App.Metrics;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold metrics</c>: reads the logs of ended runs again.</summary>
internal static class MetricsCommand
{
    private const int MaxRows = 40;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var id = CommandOptions.Id("A group whose runs have ended");
        var patterns = new Option<string[]>("--pattern")
        {
            Description = "A metric and the regular expression that finds it, name=regex, as under `metrics:` in tenfold.yaml. The first " +
                "group is the value; (?<step>…) is its step. May be repeated.",
            Required = true,
            AllowMultipleArgumentsPerToken = false,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be found, and record nothing." };
        var json = CommandOptions.Json();
        var description = "Find metrics in the logs of runs that have ended, without running them again.".WithExample(
            @"tenfold metrics k7m2xqab --pattern 'acc=acc: ([-+.\w]+)'",
            @"tenfold metrics k7m2xqab --pattern 'loss=epoch (?<step>\d+).*loss ([-+.\w]+)' --dry-run");
        var command = new Command("metrics", description) { id, patterns, dryRun, json };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var isDryRun = parsed.GetValue(dryRun);
            var reading = await new MetricReader(services)
                .ReadAsync(parsed.GetValue(id)!, parsed.GetValue(patterns)!, isDryRun, cancellationToken).OrFailAsync();
            return Write(MetricReadingView.Of(reading), reading.Listing, isDryRun, parsed.GetValue(json));
        }, async (parsed, server, cancellationToken) =>
        {
            await server.WarnOutdatedAsync(cancellationToken);
            var body = RemoteIds.Body(parsed.GetValue(patterns)!, "patterns");
            body["dryRun"] = parsed.GetValue(dryRun);
            var path = $"groups/{Uri.EscapeDataString(parsed.GetValue(id)!)}/metrics";
            var reading = await server.PostAsync(path, body, ViewJson.Default.MetricReadingView, cancellationToken);
            return ViewRecords.Print(
                () => Write(reading, ViewRecords.Of(reading.Group), parsed.GetValue(dryRun), parsed.GetValue(json)));
        });
    }

    private static int Write(MetricReadingView reading, GroupListing listing, bool isDryRun, bool isJson)
    {
        WriteFound(reading, listing.Runs.Count, isJson ? Console.Error : Console.Out);
        foreach (var warning in reading.Warnings) Terminal.Say($"{warning.Attempt}: warning: {warning.Text}");
        if (RunNames.StudyOf(listing.Group.Id) is { } study)
            Terminal.Say($"note: {study} keeps the outcome that it recorded for this trial");
        if (isDryRun) Terminal.Say("nothing was recorded (--dry-run)");
        if (isJson) Json.Write([reading.Group], ViewJson.Default.IReadOnlyListGroupResultView);
        else if (!isDryRun && reading.Found.Count > 0) GroupResultText.Print(listing, json: false);
        return reading.Found.Count > 0 ? ExitCodes.Success : ExitCodes.RunFailed;
    }

    private static void WriteFound(MetricReadingView reading, int runs, TextWriter writer)
    {
        var table = new TextTable("RUN", "METRIC", "LAST>", "STEP>", "COUNT>");
        var found = reading.Found;
        foreach (var (attempt, metric) in found.Take(MaxRows))
            table.Add(RunNames.RunOf(attempt), metric.Name, $"{metric.Last:G6}", $"{metric.LastStep}", $"{metric.Count}");
        if (found.Count > MaxRows) table.Add($"and {found.Count - MaxRows} more", " ", " ", " ", " ");
        if (!table.IsEmpty) table.Write(writer);
        foreach (var name in reading.Names)
        {
            var with = found.Where(one => one.Metric.Name == name).Select(one => RunNames.RunOf(one.Attempt)).Distinct().Count();
            if (with < runs) Terminal.Say($"{name}: its pattern matches nothing in {runs - with} of {Numbers.Count(runs, "log")}");
        }
    }
}
