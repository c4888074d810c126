using System.CommandLine;
using Tenfold.App.Reporting;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;
using Tenfold.Reports.Pages;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold report</c>: writes an HTML report of groups, a study or a deployed model.</summary>
internal static class ReportCommand
{
    private const string Description =
        "Write an HTML report with charts: values, learning curves, durations and provenance. It is one file and works offline.";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = CommandOptions.Ids(
            "groups", "A study, a group, the baseline group and groups to compare with it, or a deployed model", new ArgumentArity(1, 20));
        var output = new Option<string>("--output", "-o") { Description = "The file.", DefaultValueFactory = _ => "report.html" };
        var metric = new Option<string?>("--metric")
        {
            Description = "The metric to compare. Default: the one that the groups agree on.",
        };
        var statistic = StatisticOption.Create();
        var on = ServingOn.Create();
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file if it exists and is not a report." };
        var description = Description.WithExample(
            "tenfold report k7m2xqab -o report.html", "tenfold report BASELINE CANDIDATE -o report.html",
            "tenfold report STUDY -o sweep.html", "tenfold report iris -o serving.html", "tenfold report iris --on aws");
        var command = new Command("report", description) { ids, output, metric, statistic, on, overwrite };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var (path, isStream) = await FindPlaceAsync(parsed.GetValue(output)!, parsed.GetValue(overwrite), cancellationToken);
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            var html = await new ReportRenderer(place?.Services ?? services)
                .RenderAsync(parsed.GetValue(ids)!, parsed.GetValue(metric), StatisticOption.Of(parsed, statistic), cancellationToken)
                .OrFailAsync();
            return await WriteAsync(path, isStream, html, services.Outputs, cancellationToken);
        }, async (parsed, server, cancellationToken) =>
        {
            if (parsed.GetValue(on) is not null)
            {
                throw new CommandException(
                    ExitCodes.BadInput, "a server reports versions that its own ledger has: leave out --on, or unset TENFOLD_SERVER");
            }

            await server.WarnOutdatedAsync(cancellationToken);
            var (path, isStream) = await FindPlaceAsync(parsed.GetValue(output)!, parsed.GetValue(overwrite), cancellationToken);
            var body = RemoteIds.Body(parsed.GetValue(ids)!);
            body["metric"] = parsed.GetValue(metric);
            body["statistic"] = parsed.GetValue(statistic);
            var html = await server.PostForTextAsync("reports", body, cancellationToken);
            if (!ReportPage.IsReport(html)) throw ViewRecords.Unprintable();
            return await WriteAsync(path, isStream, html, ProcessServices.OpenOutputs(), cancellationToken);
        });
    }

    private static async Task<(string Path, bool IsStream)> FindPlaceAsync(
        string output, bool overwrite, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(output);
        var isStream = File.Exists(path) && !PlainFile.Is(path);
        if (File.Exists(path) && !isStream && !overwrite && !await IsReportAsync(path, cancellationToken))
        {
            throw new CommandException(
                ExitCodes.Exists, $"{path} exists and is not a Tenfold report: name another file with -o, or pass --overwrite");
        }

        return (path, isStream);
    }

    // A pipe or a device, such as /dev/stdout, can't be replaced.
    private static async Task<int> WriteAsync(
        string path, bool isStream, string html, OwnOutputs outputs, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(isStream ? path : path + ".part", html, cancellationToken);
            if (!isStream) File.Move(path + ".part", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCodes.CannotWrite, $"{path} can't be written ({e.Message.TrimEnd('.')}): name another file with -o");
        }

        if (!isStream) outputs.Record(path);
        Terminal.Say($"wrote {path}");
        return ExitCodes.Success;
    }

    private static async Task<bool> IsReportAsync(string path, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(path);
        var start = new char[4096];
        var length = await reader.ReadBlockAsync(start, cancellationToken);
        return ReportPage.IsReport(new string(start, 0, length));
    }
}
