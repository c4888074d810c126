using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.App.Sweeping;
using Tenfold.Cli.Following;
using Tenfold.Cli.Output;
using Tenfold.Cli.Sweeping;
using Tenfold.Core.Studies;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold sweep</c>: searches for good settings.</summary>
internal static class SweepCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var settings = new SweepOptions();
        var resume = new Option<string?>("--resume") { Description = "Go on with this study, whatever ended it." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be searched and the first points, and do nothing." };
        var json = CommandOptions.Json();
        var command = new Command(
            "sweep", "Search for good parameters: many runs at once, in the fewest trials; then confirm the best with fresh seeds.".WithExample(
                "tenfold sweep --trials 50 --parallel 8", "tenfold sweep --method thompson --time 2h", "tenfold sweep --resume k7m2xqab"))
        {
            resume, dryRun, json,
        };
        settings.AddTo(command, hasWork: true);
        return command.Does(async (parsed, services, cancellationToken) =>
        {
            if (parsed.GetValue(resume) is { } id)
            {
                if (settings.Given(parsed) is { Count: > 0 } given)
                    throw new CommandException(ExitCodes.BadInput, $"--resume goes on with a study as it was begun: leave {string.Join(", ", given)} away, or begin a new one that learns from it: tenfold sweep --from {id}");
                return await ResumeAsync(services, await services.Ids.StudyAsync(id, cancellationToken).OrFailAsync(), parsed.GetValue(json), cancellationToken);
            }

            var plan = await new StudyPlanner(services).PlanAsync(settings.Read(parsed), cancellationToken).OrFailAsync();
            foreach (var note in plan.Notes) Terminal.Say($"note: {note}");
            if (parsed.GetValue(dryRun))
            {
                await DryRunAsync(services, plan, parsed.GetValue(json), cancellationToken);
                return ExitCodes.Success;
            }

            if (plan.Study.Spec.Work is { } work && await services.PrepareStoreAsync(work, Terminal.Say, cancellationToken) is { } refusal) throw refusal.ToException();
            await services.Studies.AddStudyAsync(plan.Study, cancellationToken);
            Terminal.Say(StudyDetails.Headline(plan.Study));
            return await FollowAsync(services, plan.Study, parsed.GetValue(json), cancellationToken);
        });
    }

    private static async Task<int> ResumeAsync(Services services, StudyRecord study, bool json, CancellationToken cancellationToken)
    {
        if (study.Spec.Work is null)
            throw new CommandException(ExitCodes.BadInput, $"{study.Id} was made with `tenfold study create`: you run its trials yourself, with `tenfold study ask {study.Id}`");
        if (study.State is StudyState.Finished or StudyState.Cancelled)
            Terminal.Say($"{study.Id} is {study.State.ToString().ToLowerInvariant()}{(study.Reason is { } why ? $": {why}" : "")}; for more trials: tenfold sweep --from {study.Id}");
        if (study.State != StudyState.Finished) return await FollowAsync(services, study, json, cancellationToken);
        var result = await StudyResult.LoadAsync(services, study.Id, cancellationToken);
        result.Print(json);
        return result.Leaders.Count > 0 ? ExitCodes.Success : ExitCodes.RunFailed;
    }

    private static async Task<int> FollowAsync(Services services, StudyRecord study, bool json, CancellationToken cancellationToken)
    {
        var isOver = await new Follower(services).FollowAsync(new FollowedStudy(services, study), cancellationToken);
        var result = await StudyResult.LoadAsync(services, study.Id, cancellationToken);
        if (isOver || json) result.Print(json);
        if (isOver && !json) Terminal.Say($"\ntenfold report {study.Id} -o sweep.html   tenfold show {study.Id}   tenfold study best {study.Id}");
        if (!isOver) Terminal.Say($"what runs goes on; the study goes on with: tenfold sweep --resume {study.Id}    to end it: tenfold cancel {study.Id}");
        return !isOver ? ExitCodes.Interrupted : result.Leaders.Count > 0 && result.Study.State != StudyState.Cancelled ? ExitCodes.Success : ExitCodes.RunFailed;
    }

    private static async Task DryRunAsync(Services services, StudyPlan plan, bool json, CancellationToken cancellationToken)
    {
        if (json)
        {
            Json.Write(StudyView.Of(plan.Study), ViewJson.Default.StudyView);
            return;
        }

        StudyDetails.Write(Console.Out, plan.Study, isRecorded: false);
        var asker = new TrialSuggester(plan.Study, Numerics.Tuning.SearchMethods.Create(plan.Study.Spec.Method));
        var trials = new List<TrialRecord>();
        while (trials.Count < Math.Min(plan.Study.Spec.Parallel, 5) && asker.Next(trials, services.Time.GetUtcNow()).Trial is { } trial) trials.Add(trial);
        Console.Out.WriteLine("\nthe first trials would be");
        foreach (var trial in trials) Console.Out.WriteLine($"  {StudyText.Settings(trial.Parameters)}");
        if (plan.Study.Spec.Work is not null && trials.Count > 0)
        {
            var submission = await SubmissionPreview.DescribeAsync(services, [.. trials.Select(trial => TrialGroups.OfTrial(plan.Study, trial))], cancellationToken);
            Console.Out.WriteLine($"\nwould be submitted to {plan.Study.Target}\n{submission}");
        }

        Console.Out.WriteLine("nothing was recorded or started (--dry-run)");
    }
}
