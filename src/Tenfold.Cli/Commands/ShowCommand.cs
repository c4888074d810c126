using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli.Output;
using Tenfold.Cli.Sweeping;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold show</c>: all that is known of a group or a run.</summary>
internal static class ShowCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var id = CommandOptions.Id("A study, a group or a run");
        var json = CommandOptions.Json();
        return new Command("show", "Show everything that is recorded of a study, a group or a run.".WithExample("tenfold show k7m2xqab", "tenfold show k7m2xqab-3 --json")) { id, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
                var found = await services.Ids.AnyAsync(parsed.GetValue(id)!, cancellationToken).OrFailAsync();
                if (await services.Studies.StudyAsync(found, cancellationToken) is { } study) return await StudyAsync(services, study, parsed.GetValue(json), cancellationToken);
                var group = (await services.Ledger.GroupAsync(RunNames.GroupOf(found), cancellationToken))!;
                return RunNames.IsOfRun(found)
                    ? await RunAsync(services, group, found, parsed.GetValue(json), cancellationToken)
                    : await GroupAsync(services, group, parsed.GetValue(json), cancellationToken);
            });
    }

    private static async Task<int> StudyAsync(Services services, StudyRecord study, bool json, CancellationToken cancellationToken)
    {
        var result = await StudyResult.LoadAsync(services, study.Id, cancellationToken);
        if (!json)
        {
            StudyDetails.Write(Console.Out, study);
            var names = StudyText.SettingNames(study.Spec);
            var table = new TextTable(["TRIAL", "STATE", study.Spec.Metric.Name.ToUpperInvariant() + ">", "TOOK>", "BY", .. StudyText.SettingHeadings(names), "WHY"]);
            foreach (var trial in result.Trials)
            {
                var took = ((trial.EndedAt ?? services.Time.GetUtcNow()) - trial.AskedAt) is { Ticks: >= 0 } time ? Numbers.Duration(time) : null;
                table.Add([
                    StudyText.Name(trial), StudyText.Word(trial.State), trial.Value is { } value ? $"{value:G6}" : null, took, trial.Method,
                    .. StudyText.SettingCells(names, trial.Parameters), Words.Cause(trial.Why) ?? " ",
                ]);
            }

            if (result.Trials.Count > 0) Section("trials", table, _ => { });
            Console.Out.WriteLine();
        }

        result.Print(json);
        if (json) return ExitCodes.Success;
        List<string> next = result.Trials.Count == 0 ? [] : [$"tenfold report {study.Id} -o sweep.html"];
        if (study.Spec.Work is not null && result.Trials.Count > 0) next.Add($"tenfold show {RunNames.Trial(study.Id, 1)}");
        if (study.State is StudyState.Running or StudyState.Confirming) next.Add(study.Spec.Work is null ? $"tenfold study ask {study.Id}" : $"tenfold sweep --resume {study.Id}");
        if (next.Count > 0) Console.Out.WriteLine($"\n{string.Join("   ", next)}");
        return ExitCodes.Success;
    }

    private static async Task<int> GroupAsync(Services services, GroupRecord group, bool json, CancellationToken cancellationToken)
    {
        if (json) return await GroupResult.PrintAsync(services, group, json: true, judge: false, cancellationToken);
        GroupDetails.Write(Console.Out, group);
        Console.Out.WriteLine();
        var now = services.Time.GetUtcNow();
        var metric = group.Spec.Metric?.Name;
        var table = new TextTable("RUN", "STATE", metric?.ToUpperInvariant() + ">", "SEED>", "TOOK>", "ATTEMPTS>", "WHY");
        foreach (var run in await services.Ledger.RunsOfAsync(group.Id, cancellationToken))
        {
            var value = run.Metrics.FirstOrDefault(m => m.Name == metric)?.Last;
            table.Add(
                run.Run.Id, run.Run.State.ToString().ToLowerInvariant(), value is { } number ? $"{number:G6}" : null, $"{run.Run.Seed}", Words.Took(run.Run, now),
                $"{run.Run.Attempts}", Words.FirstLine(run.Run.Reason) ?? " ");
        }

        table.Write(Console.Out, Terminal.Width);
        return await GroupResult.PrintAsync(services, group, json: false, judge: false, cancellationToken);
    }

    private static async Task<int> RunAsync(Services services, GroupRecord group, string id, bool json, CancellationToken cancellationToken)
    {
        var run = (await services.Ledger.RunsOfAsync(group.Id, cancellationToken)).Single(run => run.Run.Id == id);
        var attempts = await services.Ledger.AttemptsOfAsync(id, cancellationToken);
        var events = await services.Ledger.EventsOfAsync(id, cancellationToken);
        var elsewhere = services.WhereElse(group);
        if (elsewhere is not null) Terminal.Say($"note: {elsewhere}");
        var files = elsewhere is null ? await FilesAsync(services.StoreOf(group).OrFail(), run.Run.Attempt, cancellationToken) : [];
        if (json)
        {
            Json.Write(
                new RunResultView(GroupView.Of(group), RunView.Of(run, group), [.. attempts.Select(AttemptView.Of)], [.. events.Select(e => new EventView(e.At, e.Subject, e.Kind, e.Detail))], files),
                ViewJson.Default.RunResultView);
            return ExitCodes.Success;
        }

        var output = Console.Out;
        output.WriteLine($"{"run",-12} {id}   {run.Run.State.ToString().ToLowerInvariant()}{(run.Run.Reason is { } reason ? $": {reason.Replace("\n", "\n             ")}" : "")}");
        output.WriteLine($"{"seed",-12} {run.Run.Seed}   repeat {run.Run.Repeat} of {group.Repeat}");
        GroupDetails.Write(output, group);
        output.WriteLine($"{"checkpoints",-12} {await CheckpointsOfAsync(services, group, run.Run, cancellationToken)}");
        Section("attempts", new TextTable("ATTEMPT", "STATE", "STARTED", "TOOK>", "EXIT>", "SIGNAL>", "MEMORY>", "CPU>", "HOST"), table =>
        {
            foreach (var attempt in attempts)
            {
                table.Add(
                    attempt.Id, attempt.State.ToString().ToLowerInvariant(), attempt.StartedAt?.ToLocalTime().ToString("HH:mm:ss.fff"),
                    attempt.EndedAt - attempt.StartedAt is { } took ? Numbers.Duration(took) : null, attempt.ExitCode?.ToString(), attempt.Signal?.ToString(),
                    attempt.PeakMemoryBytes is { } peak ? Numbers.Size(peak) : null, attempt.CpuTime is { } cpu ? Numbers.Duration(cpu) : null, attempt.Host);
            }
        });
        Section("metrics", new TextTable("METRIC", "LAST>", "MIN>", "MAX>", "FIRST>", "STEP>", "COUNT>"), table =>
        {
            foreach (var metric in run.Metrics)
                table.Add(metric.Name, $"{metric.Last:G6}", $"{metric.Min:G6}", $"{metric.Max:G6}", $"{metric.First:G6}", $"{metric.LastStep}", $"{metric.Count}");
        });
        Section("files", new TextTable("FILE", "SIZE>", "SHA-256"), table =>
        {
            foreach (var file in files.Take(40)) table.Add(file.Path, Numbers.Size(file.SizeBytes), file.Sha256);
            if (files.Count > 40) table.Add($"and {files.Count - 40} more");
        });
        Section("events", new TextTable("WHEN", "WHAT", "OF", "DETAIL"), table =>
        {
            foreach (var e in events) table.Add(e.At.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff"), e.Kind, e.Subject, Words.FirstLine(e.Detail) ?? " ");
        });
        output.WriteLine($"\ntenfold logs {id}   tenfold fetch {id} out/   tenfold fit --like {id}");
        return ExitCodes.Success;
    }

    // On the machine that runs it in one folder for all attempts; of a backend's machines in the store, with each attempt.
    private static async Task<string> CheckpointsOfAsync(Services services, GroupRecord group, RunRecord run, CancellationToken cancellationToken)
    {
        if (group.Spec.Target is not (null or { Kind: "local" })) return $"{services.Stores.At(group.Spec.Store).Url}/{AttemptKeys.Checkpoints(run.Attempt)}";
        if (await services.Targets.FindAsync(group.Spec, cancellationToken) is not null) return Path.Combine(services.AgentHome, "checkpoints", run.Id);
        // The place is machine:home; the first versions recorded none.
        return group.Spec.Target is { } target ? $"{target.Place}/local/checkpoints/{run.Id}" : $"on {group.Host}";
    }

    private static void Section(string name, TextTable table, Action<TextTable> fill)
    {
        fill(table);
        if (table.IsEmpty) return;
        Console.Out.WriteLine($"\n{name}");
        table.Write(Console.Out, Terminal.Width);
    }

    private static async Task<IReadOnlyList<FileView>> FilesAsync(IStore store, string attempt, CancellationToken cancellationToken)
    {
        var bytes = await store.ReadAsync(ArtifactManifest.ManifestKey(attempt), cancellationToken);
        return bytes is null || ArtifactManifest.FromJson(bytes) is not { } manifest ? [] : [.. manifest.Files.Select(file => new FileView(file.Path, file.SizeBytes, file.Sha256))];
    }
}
