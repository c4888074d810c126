using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.App.Sweeping;
using Tenfold.App.Sweeping.Workers;
using Tenfold.Cli.Output;
using Tenfold.Cli.Sweeping;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Projects;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold study run</c>: runs the trials of a study in worker processes that speak lines of JSON.</summary>
internal static class StudyRunCommand
{
    private static readonly TimeSpan DefaultLease = TimeSpan.FromMinutes(1), Shortest = TimeSpan.FromSeconds(3);

    // As for runs.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var settings = new SweepOptions();
        var resume = new Option<string?>("--resume")
        {
            Description = "Continue this study, also beside other processes that run its trials.",
        };
        var lease = new Option<string?>("--lease")
        {
            Description = "How long a trial is kept when this command is killed, before its point is asked for again. Default: 1m.",
        };
        var json = CommandOptions.Json();
        var words = new Argument<string[]>("command")
        {
            Description = "The command of a worker, after --. It reads a line of JSON for each trial, and writes lines of JSON.",
            Arity = ArgumentArity.OneOrMore,
        };
        var description =
            ("Run the trials of a study in your own script, which can be an Optuna objective: `import tenfold_study` and " +
            "`tenfold_study.optimize(objective)`.").WithExample(
            "tenfold study run --trials 50 --parallel 4 -- python objective.py",
            "tenfold study run --resume k7m2xqab -- python objective.py");
        var command = new Command("run", description) { resume, lease, json, words };
        settings.AddTo(command, hasWork: false, hasFolder: false);
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var worker = TrialWorkers.Find(services, parsed.GetValue(words)!).OrFail();
            var kept = ReadLease(parsed.GetValue(lease));
            var study = parsed.GetValue(resume) is { } id
                ? await ResumeAsync(services, settings, parsed, id, cancellationToken)
                : await CreateAsync(services, settings, parsed, cancellationToken);
            return await RunAsync(services, study, worker, settings.Parallel(parsed) ?? study.Spec.Parallel, kept, parsed.GetValue(json));
        });
    }

    private static async Task<StudyRecord> CreateAsync(
        Services services, SweepOptions settings, ParseResult parsed, CancellationToken cancellationToken)
    {
        var plan = await new StudyPlanner(services).PlanAsync(settings.Read(parsed), cancellationToken).OrFailAsync();
        foreach (var note in plan.Notes) Terminal.Say($"note: {note}");
        return await new Submitter(services).RecordAsync(plan.Study, Terminal.Say, cancellationToken).OrFailAsync();
    }

    private static async Task<StudyRecord> ResumeAsync(
        Services services, SweepOptions settings, ParseResult parsed, string id, CancellationToken cancellationToken)
    {
        string[] allowed = [settings.TrialsName, settings.ParallelName];
        var given = settings.Given(parsed).Except(allowed).ToList();
        if (given.Count > 0)
        {
            throw new CommandException(
                ExitCodes.BadInput, $"--resume continues a study with its own settings: leave out {string.Join(", ", given)}");
        }

        var study = await services.Ids.ResolveStudyAsync(id, cancellationToken).OrFailAsync();
        if (study.Spec.Work is not null)
        {
            throw new CommandException(
                ExitCodes.BadInput, $"{study.Id} runs its trials itself; continue it with `tenfold sweep --resume {study.Id}`");
        }

        if (settings.Trials(parsed) is { } trials)
            study = await new StudyContinuation(services).ExtendAsync(study, trials, cancellationToken).OrFailAsync();
        if (study.State == StudyState.Running) return study;
        throw new CommandException(
            ExitCodes.BadInput,
            $"{study.Id} is {study.State.ToString().ToLowerInvariant()}{(study.Reason is { } why ? $": {why}" : "")}" +
            (study.State == StudyState.Finished ? "; for more trials add --trials N, the number in all" : ""));
    }

    private static async Task<int> RunAsync(
        Services services, StudyRecord study, IReadOnlyList<string> worker, int workers, TimeSpan lease, bool json)
    {
        var metrics = string.Join(" and ", study.Spec.Metrics.Select(metric => metric.Name));
        Terminal.Say($"study {study.Id}: {metrics}, {study.Spec.Trials?.ToString() ?? "all"} points, {workers} at once");
        using var signals = new ShutdownSignals();
        using var killing = CancellationTokenSource.CreateLinkedTokenSource(signals.Repeated);
        await using var patience = services.Time.CreateTimer(
            _ => killing.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var stopping = signals.Requested.Register(() =>
        {
            Terminal.Say("stopping the workers; Ctrl-C again kills them");
            patience.Change(Grace, Timeout.InfiniteTimeSpan);
        });
        var text = new StudyRunText(study);
        using var runner = new TrialWorkers(services, study, worker, lease, text.Show);
        var why = await runner.RunAsync(workers, signals.Requested, killing.Token);
        var result = await StudyResult.LoadAsync(services, study.Id, CancellationToken.None);
        if (why is not null || json) StudyResultText.Print(result, json);
        var resume = $"tenfold study run --resume {study.Id}";
        if (signals.Requested.IsCancellationRequested)
        {
            Terminal.Say($"to go on: {resume} -- …");
            return ExitCodes.Interrupted;
        }

        if (why is Reason.FirstTrialsFailed failed)
        {
            Terminal.Say(
                $"the first {failed.Trials} trials all failed alike, so no more were started. Mend the script and start again; if only " +
                $"these settings are at fault: {resume} --trials {(study.Spec.Trials ?? failed.Trials) + failed.Trials} -- …");
        }

        if (why is null) Terminal.Say($"{study.Id} has ended in the meantime, so it gives no more trials");
        return result.HasCompleted ? ExitCodes.Success : ExitCodes.RunFailed;
    }

    private static TimeSpan ReadLease(string? text)
    {
        if (text is null) return DefaultLease;
        var lease = Durations.Read(text, out var fault) ?? throw new CommandException(ExitCodes.BadInput, $"--lease {fault}");
        return lease >= Shortest ? lease
            : throw new CommandException(ExitCodes.BadInput, "--lease must be at least 3s, since it is renewed three times in that time");
    }
}
