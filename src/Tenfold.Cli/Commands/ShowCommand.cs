using System.CommandLine;
using Tenfold.App.Listing;
using Tenfold.App.Showing;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Cli.Sweeping;
using Tenfold.Core.Input;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold show</c>: shows everything that is recorded about a study, a group or a run.</summary>
internal static class ShowCommand
{
    private const int MaxFiles = 40;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var id = CommandOptions.Id("A study, a group or a run");
        var json = CommandOptions.Json();
        var description = "Show everything that is recorded about a study, a group or a run.".WithExample(
            "tenfold show k7m2xqab", "tenfold show k7m2xqab-3 --json");
        return new Command("show", description) { id, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var record = await new RecordLoader(services).LoadAsync(parsed.GetValue(id)!, cancellationToken).OrFailAsync();
            var (isJson, now) = (parsed.GetValue(json), services.Time.GetUtcNow());
            return record.Match(
                study => Write(study.Result, isJson, now), group => Write(group.Listing, isJson, now), run => Write(run.Details, isJson));
        }, async (parsed, server, cancellationToken) =>
        {
            await server.WarnOutdatedAsync(cancellationToken);
            var (isJson, now) = (parsed.GetValue(json), TimeProvider.System.GetUtcNow());
            var escaped = Uri.EscapeDataString(parsed.GetValue(id)!);
            var found = await server.GetAsync($"ids/{escaped}", ViewJson.Default.IdView, cancellationToken);
            if (found.Kind == "study")
            {
                if (!isJson)
                {
                    var (study, _) = await RemoteStudy.LoadAsync(server, found.Id, cancellationToken);
                    return ViewRecords.Print(() => Write(study, json: false, now, isOfServer: true));
                }

                Json.Write(
                    await server.GetAsync($"studies/{found.Id}", ViewJson.Default.StudyResultView, cancellationToken),
                    ViewJson.Default.StudyResultView);
            }
            else if (found.Kind == "run")
            {
                var run = await server.GetAsync($"runs/{found.Id}", ViewJson.Default.RunResultView, cancellationToken);
                if (!isJson) return ViewRecords.Print(() => Write(ViewRecords.Of(run), json: false));
                Json.Write(run, ViewJson.Default.RunResultView);
            }
            else
            {
                var group = await server.GetAsync($"groups/{found.Id}", ViewJson.Default.GroupResultView, cancellationToken);
                if (!isJson) return ViewRecords.Print(() => Write(ViewRecords.Of(group), json: false, now, group.Reproduction?.Text));
                Json.Write([group], ViewJson.Default.IReadOnlyListGroupResultView);
            }

            return ExitCodes.Success;
        });
    }

    private static int Write(StudyResult result, bool json, DateTimeOffset now, bool isOfServer = false)
    {
        if (json)
        {
            StudyResultText.Print(result, json: true);
            return ExitCodes.Success;
        }

        WriteTrials(result, now);
        StudyResultText.Print(result, json: false);
        if (NextCommands(result, isOfServer) is { Count: > 0 } next) Console.Out.WriteLine($"\n{string.Join("   ", next)}");
        return ExitCodes.Success;
    }

    private static void WriteTrials(StudyResult result, DateTimeOffset now)
    {
        var study = result.Study;
        StudyDetails.Write(Console.Out, study);
        var names = StudyText.SettingNames(study.Spec);
        var metrics = study.Spec.Metrics.Select(metric => metric.Name.ToUpperInvariant() + ">").ToList();
        var table = new TextTable(["TRIAL", "STATE", .. metrics, "TOOK>", "BY", .. StudyText.SettingHeadings(names), "WHY"]);
        foreach (var trial in result.Trials)
        {
            var took = ((trial.EndedAt ?? now) - trial.AskedAt) is { Ticks: >= 0 } time ? Numbers.Duration(time) : null;
            table.Add([
                StudyText.Name(trial), StudyText.Word(trial.State),
                .. metrics.Select((_, i) => i < trial.Means.Count ? $"{trial.Means[i]:G6}" : null), took, trial.Method,
                .. StudyText.SettingCells(names, trial.Parameters), HumanText.Cause(trial.Why) ?? " ",
            ]);
        }

        WriteSection("trials", table);
        Console.Out.WriteLine();
    }

    private static List<string> NextCommands(StudyResult result, bool isOfServer)
    {
        var study = result.Study;
        var next = new List<string>();
        if (result.Trials.Count > 0) next.Add($"tenfold report {study.Id} -o sweep.html");
        if (result.Trials is [{ Group: { } first }, ..]) next.Add($"tenfold show {first}");
        if (study.State is not (StudyState.Running or StudyState.Confirming)) return next;
        // A loop of one's own asks and tells on the machine that has the ledger.
        if (result.Trials.Any(trial => trial.Group is not null)) next.Add($"tenfold sweep --resume {study.Id}");
        else if (!isOfServer) next.Add(study.Spec.Work is null ? $"tenfold study ask {study.Id}" : $"tenfold sweep --resume {study.Id}");
        return next;
    }

    private static int Write(GroupListing listing, bool json, DateTimeOffset now, string? reproduction = null)
    {
        if (!json)
        {
            GroupDetails.Write(Console.Out, listing.Group);
            Console.Out.WriteLine();
            var metric = listing.Group.Spec.Metric?.Name;
            var variation = listing.Group.Spec.Variation;
            var table = new TextTable(
            [
                "RUN", "STATE", metric?.ToUpperInvariant() + ">", .. variation is null ? Array.Empty<string>() : ["DRAWN"], "?SEED>",
                "TOOK>", "?ATTEMPTS>", "WHY",
            ]);
            foreach (var run in listing.Runs)
            {
                var value = run.Metrics.FirstOrDefault(m => m.Name == metric)?.Last;
                table.Add(
                [
                    run.Run.Id, run.Run.State.ToString().ToLowerInvariant(), value is { } number ? $"{number:G6}" : null,
                    .. variation is null ? Array.Empty<string?>() : [variation.WordOf(run.Run.Repeat)],
                    $"{run.Run.Seed}", HumanText.Took(run.Run, now), $"{run.Run.Attempts}", HumanText.FirstLine(run.Run) ?? " ",
                ]);
            }

            table.Write(Console.Out, Terminal.Width);
        }

        GroupResultText.Print(listing, json);
        foreach (var line in reproduction?.Split('\n') ?? []) Console.Out.WriteLine($"  {line}");
        return ExitCodes.Success;
    }

    private static int Write(RunDetails details, bool json)
    {
        var (group, run) = (details.Group, details.Run.Run);
        if (details.MissingFilesReason is { } elsewhere) Terminal.Say($"note: {elsewhere}");
        if (json)
        {
            Json.Write(RunResultView.Of(details), ViewJson.Default.RunResultView);
            return ExitCodes.Success;
        }

        var output = Console.Out;
        var reason = HumanText.Indented(run, 13) is { } why ? $": {why}" : "";
        output.WriteLine($"{"run",-12} {run.Id}   {run.State.ToString().ToLowerInvariant()}{reason}");
        var (lost, allowed) = (details.Attempts.Count(attempt => attempt.State == AttemptState.Lost), group.Spec.Resources.MaxLost);
        if (run.State == RunState.Failed && lost > allowed)
            output.WriteLine($"{"",-12} {Numbers.Count(lost, "lost attempt")}: resources.lost_retries ({allowed}) allows no more");
        var drawn = group.Spec.Variation is { } variation ? $"   drawn anew: {variation.WordOf(run.Repeat)}" : "";
        output.WriteLine($"{"seed",-12} {run.Seed}   repeat {run.Repeat} of {group.Repeat}{drawn}");
        GroupDetails.Write(output, group with { Spec = group.SpecOf(run.Repeat) });
        foreach (var line in RanIn(details.Environment)) output.WriteLine(line);
        output.WriteLine($"{"checkpoints",-12} {details.Checkpoints}");
        WriteSection("attempts", Attempts(details));
        WriteSection("jobs", Jobs(details));
        WriteSection("metrics", Metrics(details));
        WriteSection("files", Files(details));
        WriteSection("events", Events(details));
        output.WriteLine($"\ntenfold logs {run.Id}   tenfold fetch {run.Id} out/   tenfold fit --like {run.Id}");
        return ExitCodes.Success;
    }

    private static IEnumerable<string> RanIn(RunEnvironment? environment)
    {
        if (environment is null) yield break;
        if (environment.Interpreter is { } interpreter)
        {
            var packages = environment is { Packages: { } hash, PackageCount: { } count }
                ? $"   {Numbers.Count(count, "package")}, SHA-256 {hash[..16]}…" : "";
            yield return $"{"interpreter",-12} {interpreter}   {environment.Version}{packages}";
        }

        yield return $"{"platform",-12} {environment.Platform}{(environment.Processor is { } processor ? $"   {processor}" : "")}";
    }

    private static TextTable Attempts(RunDetails details)
    {
        var table = new TextTable("ATTEMPT", "STATE", "STARTED", "TOOK>", "EXIT>", "?SIGNAL>", "?MEMORY>", "?CPU>", "HOST");
        foreach (var attempt in details.Attempts)
        {
            table.Add(
                attempt.Id, attempt.State.ToString().ToLowerInvariant(), attempt.StartedAt?.ToLocalTime().ToString("HH:mm:ss.fff"),
                attempt.EndedAt - attempt.StartedAt is { } took ? Numbers.Duration(took) : null, attempt.ExitCode?.ToString(),
                attempt.Signal?.ToString(), attempt.PeakMemoryBytes is { } peak ? Numbers.Size(peak) : null,
                attempt.CpuTime is { } cpu ? Numbers.Duration(cpu) : null, attempt.Host);
        }

        return table;
    }

    private static TextTable Jobs(RunDetails details)
    {
        var table = new TextTable("ATTEMPT", "JOB", "SHOWN BY");
        foreach (var attempt in details.Attempts)
            if (details.Jobs.GetValueOrDefault(attempt.Id) is { } job) table.Add(attempt.Id, job.Name, job.Command);
        return table;
    }

    private static TextTable Metrics(RunDetails details)
    {
        // Only where a run was resumed, or a metric was read from the log afterwards.
        var isResumed = details.Run.Metrics.Any(metric => metric.Resumes.Count > 0);
        var isReadAfterwards = details.Run.Metrics.Any(metric => metric.Pattern is not null);
        var table = new TextTable(
        [
            "METRIC", "LAST>", "MIN>", "MAX>", "FIRST>", "STEP>", "COUNT>", .. isResumed ? ["RESUMED AT>"] : Array.Empty<string>(),
            .. isReadAfterwards ? ["READ AFTERWARDS BY"] : Array.Empty<string>(),
        ]);
        foreach (var metric in details.Run.Metrics)
        {
            table.Add(
            [
                metric.Name, $"{metric.Last:G6}", $"{metric.Min:G6}", $"{metric.Max:G6}", $"{metric.First:G6}", $"{metric.LastStep}",
                $"{metric.Count}",
                .. isResumed ? [metric.Resumes.Count > 0 ? string.Join(", ", metric.Resumes) : null] : Array.Empty<string?>(),
                .. isReadAfterwards ? [metric.Pattern] : Array.Empty<string?>(),
            ]);
        }

        return table;
    }

    private static TextTable Files(RunDetails details)
    {
        var table = new TextTable("FILE", "SIZE>", "SHA-256");
        foreach (var file in details.Files.Take(MaxFiles))
            table.Add(Excerpt.Bare(file.Path, longest: 1_000), Numbers.Size(file.SizeBytes), file.Sha256);
        if (details.Files.Count > MaxFiles) table.Add($"and {details.Files.Count - MaxFiles} more");
        return table;
    }

    private static TextTable Events(RunDetails details)
    {
        var table = new TextTable("WHEN", "WHAT", "OF", "DETAIL");
        foreach (var e in details.Events)
            table.Add(e.At.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff"), e.Kind, e.Subject, HumanText.FirstLine(e.Detail) ?? " ");
        return table;
    }

    private static void WriteSection(string name, TextTable table)
    {
        if (table.IsEmpty) return;
        Console.Out.WriteLine($"\n{name}");
        table.Write(Console.Out, Terminal.Width);
    }
}
