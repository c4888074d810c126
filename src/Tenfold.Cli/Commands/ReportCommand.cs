using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.Cli.Output;
using Tenfold.Cli.Sweeping;
using Tenfold.Reports.Groups;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold report</c>: pictures of groups, in one file.</summary>
internal static class ReportCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = CommandOptions.Ids("groups", "A study, a group, or the baseline's and those to compare with it", new ArgumentArity(1, 20));
        var output = new Option<string>("--output", "-o") { Description = "The file.", DefaultValueFactory = _ => "report.html" };
        var metric = new Option<string?>("--metric") { Description = "The metric that decides. Default: the first group's." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file if it is there and is no report." };
        return new Command("report", "Write one HTML file with pictures: values, learning curves, durations, provenance. It needs no network.".WithExample("tenfold report k7m2xqab -o report.html", "tenfold report BASELINE CANDIDATE -o report.html", "tenfold report STUDY -o sweep.html")) { ids, output, metric, overwrite }
            .Does(async (parsed, services, cancellationToken) =>
            {
                Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
                var path = Path.GetFullPath(parsed.GetValue(output)!);
                if (File.Exists(path) && !parsed.GetValue(overwrite) && !await IsReportAsync(path, cancellationToken))
                    throw new CommandException(ExitCodes.Exists, $"{path} is there and is no report of tenfold's; choose another name, or --overwrite");
                var html = await StudyAsync(services, parsed.GetValue(ids)!, parsed.GetValue(metric), cancellationToken)
                    ?? await GroupsAsync(services, parsed.GetValue(ids)!, parsed.GetValue(metric), cancellationToken);
                await WriteAsync(path, html, cancellationToken);
                Terminal.Say($"wrote {path}");
                return ExitCodes.Success;
            });
    }

    private static async Task WriteAsync(string path, string html, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(path + ".part", html, cancellationToken);
            File.Move(path + ".part", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.CannotWrite, $"{path} can't be written ({e.Message.TrimEnd('.')}): name another file with -o");
        }
    }

    // Null: no study is meant.
    private static async Task<string?> StudyAsync(Services services, string[] ids, string? metric, CancellationToken cancellationToken)
    {
        foreach (var id in ids)
        {
            if (await services.Studies.StudyAsync(await services.Ids.AnyAsync(id, cancellationToken).OrFailAsync(), cancellationToken) is not { } study) continue;
            if (ids.Length > 1) throw new CommandException(ExitCodes.BadInput, $"{study.Id} is a study, and a study's report is its own: tenfold report {study.Id}");
            if (metric is not null) throw new CommandException(ExitCodes.BadInput, $"{study.Id} was searched by {study.Spec.Metric.Name}: leave --metric away");
            return await new StudyReporting(services).RenderAsync(study, cancellationToken);
        }

        return null;
    }

    private static async Task<string> GroupsAsync(Services services, string[] ids, string? metric, CancellationToken cancellationToken)
    {
        var groups = await CompareCommand.LoadAsync(services, ids, cancellationToken);
        if (!MetricChoice.TryChoose([.. groups.Select(group => group.Group)], metric, out var chosen, out var refusal)) throw refusal.ToException();
        return HtmlReport.Render(ReportModel.From(groups, chosen, services.Time.GetUtcNow()));
    }

    private static async Task<bool> IsReportAsync(string path, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(path);
        var start = new char[4096];
        var length = await reader.ReadBlockAsync(start, cancellationToken);
        return new string(start, 0, length).Contains("· Tenfold report</title>", StringComparison.Ordinal);
    }
}
