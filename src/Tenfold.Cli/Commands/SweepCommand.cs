using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
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
            Description = "Continue this study after it was interrupted, or follow it on a server; with --trials, a finished one too.",
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
            var (isJson, trials) = (parsed.GetValue(json), settings.Trials(parsed));
            if (parsed.GetValue(resume) is { } id)
            {
                settings.CheckResume(parsed, id);
                var study = await services.Ids.ResolveStudyAsync(id, cancellationToken).OrFailAsync();
                study = await new StudyContinuation(services).ContinueAsync(study, trials, cancellationToken).OrFailAsync();
                return await ResumeAsync(new StudiesHere(services), study, study.Spec.Work is not null, isJson, cancellationToken);
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
            return await FollowAsync(new StudiesHere(services), recorded, isJson, cancellationToken);
        }, async (parsed, server, cancellationToken) =>
        {
            var (isJson, trials, studies) = (parsed.GetValue(json), settings.Trials(parsed), new StudiesOfServer(server));
            if (parsed.GetValue(dryRun)) throw RemoteCommit.Refuse(dryRun.Name);
            if (parsed.GetValue(resume) is { } id)
            {
                settings.CheckResume(parsed, id);
                var resumed = await studies.ResumeAsync(id, trials, cancellationToken);
                return await ViewRecords.PrintAsync(() => ResumeAsync(
                    studies, RemoteStudy.Of(resumed), resumed.Snapshot is not null, isJson, cancellationToken));
            }

            settings.CheckRemote(parsed);
            var made = await studies.SubmitAsync(settings.Read(parsed), cancellationToken);
            return await ViewRecords.PrintAsync(() =>
            {
                Terminal.Say(StudyDetails.Headline(RemoteStudy.Of(made)));
                return FollowAsync(studies, RemoteStudy.Of(made), isJson, cancellationToken);
            });
        });
    }

    private static async Task<int> ResumeAsync(
        IStudyHost host, StudyRecord study, bool hasWork, bool json, CancellationToken cancellationToken)
    {
        if (!hasWork)
        {
            Terminal.Say($"{study.Id} tries {study.Spec.Trials} points in all; next: tenfold study ask {study.Id}");
            return ExitCodes.Success;
        }

        if (study.State is StudyState.Finished or StudyState.Cancelled)
        {
            var why = study.Reason is { } reason ? $": {reason}" : "";
            Terminal.Say(
                $"{study.Id} is {study.State.ToString().ToLowerInvariant()}{why}; for more trials: " +
                (study.State == StudyState.Finished ? $"tenfold sweep --resume {study.Id} --trials N, or " : "") +
                $"tenfold sweep --from {study.Id}");
        }

        if (study.State != StudyState.Finished) return await FollowAsync(host, study, json, cancellationToken);
        var (result, told) = await host.LoadAsync(study.Id, cancellationToken);
        StudyResultText.Print(result, json, told);
        return result.HasCompleted ? ExitCodes.Success : ExitCodes.RunFailed;
    }

    private static async Task<int> FollowAsync(IStudyHost host, StudyRecord study, bool json, CancellationToken cancellationToken)
    {
        var text = new StudyWatchText(study, TimeProvider.System, host.Leaving(study.Id));
        var isOver = await new Follower(host.Loop).FollowAsync(host.Watch(study), text, cancellationToken);
        if (!isOver && !json)
        {
            Terminal.Say(host.Left(study.Id));
            return ExitCodes.Interrupted;
        }

        var (result, told) = await host.LoadAsync(study.Id, cancellationToken);
        StudyResultText.Print(result, json, told);
        if (!isOver)
        {
            Terminal.Say(host.Left(study.Id));
            return ExitCodes.Interrupted;
        }

        if (result.Study.Reason is Reason.FirstTrialsFailed failed) Terminal.Say(Remedy(study, failed));
        if (!json) Terminal.Say($"\n{string.Join("   ", host.Next(study))}");
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
