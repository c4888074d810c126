using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.App.Watching;
using Tenfold.Cli.Output;
using Tenfold.Cli.Sweeping;
using Tenfold.Cli.Watching;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold sweep</c>: searches for good parameters.</summary>
internal static class SweepCommand
{
    private const int MaxShownTrials = 5;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var settings = new SweepOptions();
        var resume = new Option<string?>("--resume")
        {
            Description = "Continue this study after it was interrupted; with --trials, a finished one too.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be searched and the first points, and do nothing." };
        var json = CommandOptions.Json();
        var description = "Search for good parameters with few trials, many at once; then confirm the best with fresh seeds.".WithExample(
            "tenfold sweep --trials 50 --parallel 8", "tenfold sweep --method thompson --time 2h", "tenfold sweep --resume k7m2xqab",
            "tenfold sweep --resume k7m2xqab --trials 80");
        var command = new Command("sweep", description) { resume, dryRun, json };
        settings.AddTo(command, hasWork: true);
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var isJson = parsed.GetValue(json);
            if (parsed.GetValue(resume) is { } id)
            {
                var given = settings.Given(parsed).Where(name => name != settings.TrialsName).ToList();
                if (given.Count > 0) throw NotWithResume(id, given);
                var study = await services.Ids.ResolveStudyAsync(id, cancellationToken).OrFailAsync();
                if (settings.Trials(parsed) is not { } trials) return await ResumeAsync(services, study, isJson, cancellationToken);
                study = await new StudyContinuation(services).ExtendAsync(study, trials, cancellationToken).OrFailAsync();
                if (study.Spec.Work is not null) return await ResumeAsync(services, study, isJson, cancellationToken);
                Terminal.Say($"{study.Id} tries {trials} points in all; next: tenfold study ask {study.Id}");
                return ExitCodes.Success;
            }

            var request = settings.Read(parsed) with { IsTrial = parsed.GetValue(dryRun) };
            var plan = await new StudyPlanner(services).PlanAsync(request, cancellationToken).OrFailAsync();
            foreach (var note in plan.Notes) Terminal.Say($"note: {note}");
            if (parsed.GetValue(dryRun))
            {
                await DryRunAsync(services, plan, isJson, cancellationToken);
                return ExitCodes.Success;
            }

            var recorded = await new Submitter(services).RecordAsync(plan.Study, Terminal.Say, cancellationToken).OrFailAsync();
            Terminal.Say(StudyDetails.Headline(recorded));
            return await FollowAsync(services, recorded, isJson, cancellationToken);
        });
    }

    private static CommandException NotWithResume(string id, IReadOnlyList<string> given) => new(
        ExitCodes.BadInput,
        $"--resume continues a study with its own settings: leave out {string.Join(", ", given)}, or start a study that learns from it: " +
        $"tenfold sweep --from {id}");

    private static async Task<int> ResumeAsync(Services services, StudyRecord study, bool json, CancellationToken cancellationToken)
    {
        if (study.Spec.Work is null)
        {
            throw new CommandException(
                ExitCodes.BadInput,
                $"{study.Id} was made with `tenfold study create`, so you run its trials yourself: " +
                $"`tenfold study ask {study.Id}` gives the next one");
        }

        if (study.State is StudyState.Finished or StudyState.Cancelled)
        {
            var why = study.Reason is { } reason ? $": {reason}" : "";
            Terminal.Say(
                $"{study.Id} is {study.State.ToString().ToLowerInvariant()}{why}; for more trials: " +
                (study.State == StudyState.Finished ? $"tenfold sweep --resume {study.Id} --trials N, or " : "") +
                $"tenfold sweep --from {study.Id}");
        }

        if (study.State != StudyState.Finished)
        {
            var own = await new StudyContinuation(services).FindOwnAsync(study.Id, cancellationToken).OrFailAsync();
            return await FollowAsync(services, own, json, cancellationToken);
        }

        var result = await StudyResult.LoadAsync(services, study.Id, cancellationToken);
        StudyResultText.Print(result, json);
        return result.HasCompleted ? ExitCodes.Success : ExitCodes.RunFailed;
    }

    private static async Task<int> FollowAsync(Services services, StudyRecord study, bool json, CancellationToken cancellationToken)
    {
        var (watch, text) = (new StudyWatch(services, study), new StudyWatchText(study, services.Time));
        var isOver = await new Follower(services).FollowAsync(watch, text, cancellationToken);
        var result = await StudyResult.LoadAsync(services, study.Id, cancellationToken);
        if (isOver || json) StudyResultText.Print(result, json);
        if (!isOver)
        {
            Terminal.Say(
                $"running trials continue; to ask for more: tenfold sweep --resume {study.Id}    " +
                $"to end the study: tenfold cancel {study.Id}");
            return ExitCodes.Interrupted;
        }

        if (result.Study.Reason is Reason.FirstTrialsFailed failed) Terminal.Say(Remedy(study, failed));
        var best = study.Spec.HasFront ? "" : $"   tenfold study best {study.Id}";
        if (!json) Terminal.Say($"\ntenfold report {study.Id} -o sweep.html   tenfold show {study.Id}{best}");
        return result.HasCompleted && result.Study.State != StudyState.Cancelled ? ExitCodes.Success : ExitCodes.RunFailed;
    }

    private static string Remedy(StudyRecord study, Reason.FirstTrialsFailed failed)
    {
        var line = failed.First is Reason.MetricMissing missing
            ? $"\nthe script should print: {{\"metric\": \"{missing.Metric}\", \"value\": 0.93}}" : "";
        var more = (study.Spec.Trials ?? failed.Trials) + failed.Trials;
        return $"the first {failed.Trials} trials all failed alike, so no more were started. Mend the script and sweep again.{line}\n" +
            $"if only these settings are at fault: tenfold sweep --resume {study.Id} --trials {more}";
    }

    private static async Task DryRunAsync(Services services, StudyPlan plan, bool json, CancellationToken cancellationToken)
    {
        var study = plan.Study;
        if (json)
        {
            Json.Write(StudyView.Of(study), ViewJson.Default.StudyView);
            return;
        }

        StudyDetails.Write(Console.Out, study, isRecorded: false);
        var suggester = new TrialSuggester(study, SearchMethods.Create(study.Spec.Method));
        var trials = new List<TrialRecord>();
        while (trials.Count < Math.Min(study.Spec.Parallel, MaxShownTrials)
            && suggester.Next(trials, services.Time.GetUtcNow()).Trial is { } trial)
        {
            trials.Add(trial);
        }

        Console.Out.WriteLine("\nthe first trials would be");
        foreach (var trial in trials) Console.Out.WriteLine($"  {StudyText.Settings(trial.Parameters)}");
        if (study.Spec.Work is not null && trials.Count > 0)
        {
            PlannedGroup[] groups = [.. trials.Select(trial => TrialGroups.OfTrial(study, trial))];
            var submission = await SubmissionPreview.DescribeAsync(services, groups, cancellationToken).OrFailAsync();
            Console.Out.WriteLine($"\nwould be submitted to {study.Target}\n{submission}");
        }

        Console.Out.WriteLine("nothing was recorded or started (--dry-run)");
    }
}
