using System.CommandLine;
using Tenfold.App.Serving.Requests;
using Tenfold.App.Views;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;
using Tenfold.Core.Requests;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold feedback</c>: outcomes of requests that are known later.</summary>
internal static class FeedbackCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("feedback", "Outcomes of requests that are known later.".WithExample("tenfold feedback import outcomes.csv")) { Import() };

    private static Command Import()
    {
        var file = new Argument<string>("file")
        {
            Description = "A CSV file whose first line names its columns: request_id, metric, value and, optionally, at.",
        };
        var metric = new Option<string?>("--metric") { Description = "The metric of all rows, for a file without that column." };
        var (on, json) = (ServingOn.Create(), CommandOptions.Json());
        var description = "Import outcomes from a table. An import can be repeated: the latest value of a request and a metric counts."
            .WithExample("tenfold feedback import outcomes.csv", "tenfold feedback import clicks.csv --metric clicked");
        return new Command("import", description) { file, metric, on, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            var import = place is null ? new FeedbackImport(services)
                : new FeedbackImport(place.Services) { RowsAtOnce = FeedbackImport.RemoteRows };
            var counts = await import
                .RunAsync(parsed.GetValue(file)!, parsed.GetValue(metric), cancellationToken).OrFailAsync();
            if (parsed.GetValue(json)) Json.Write(FeedbackView.Of(counts), ViewJson.Default.FeedbackView);
            else Say(counts);
            return ExitCodes.Success;
        });
    }

    private static void Say(FeedbackCounts counts)
    {
        Terminal.Say(
            $"{Numbers.Count(counts.Added, "value")} added, {counts.Corrected} corrected, {counts.Repeated} known already, " +
            $"{counts.Superseded} older than the known value");
        if (counts.Unknown > 0)
        {
            Terminal.Say(
                $"warning: {Numbers.Count(counts.Unknown, "value")} of requests that are not in the log. They count once the requests " +
                "are loaded; if they never are, check the column request_id");
        }
    }
}
