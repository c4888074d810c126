using System.CommandLine;
using Tenfold.App.Fitting;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Cli.Sweeping;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold study</c>: lists studies, and asks and tells for users who run the trials in a loop of their own.</summary>
internal static class StudyCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var description = "List studies, or ask for trials and tell their results from a loop of your own.".WithExample(
            "tenfold study run -- python objective.py", "tenfold study create", "tenfold study ask k7m2xqab --json",
            "tenfold study tell k7m2xqab 3 0.93", "tenfold study best k7m2xqab");
        var command = new Command("study", description) { CreateStudy(), StudyRunCommand.Create(), StudySpaceCommand.Create() };
        foreach (var ofTrials in StudyTrialCommands.Create()) command.Add(ofTrials);
        command.Add(ShowBest());
        command.Add(List());
        return command;
    }

    private static Command CreateStudy()
    {
        var settings = new SweepOptions();
        var json = CommandOptions.Json();
        var description = "Record a study of this project's sweep, and print its id. You run the trials yourself.".WithExample(
            "tenfold study create --method thompson");
        var command = new Command("create", description) { json };
        settings.AddTo(command, hasWork: false);
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var plan = await new StudyPlanner(services).PlanAsync(settings.Read(parsed), cancellationToken).OrFailAsync();
            foreach (var note in plan.Notes) Terminal.Say($"note: {note}");
            var study = await new Submitter(services).RecordAsync(plan.Study, Terminal.Say, cancellationToken).OrFailAsync();
            if (parsed.GetValue(json)) Json.Write(StudyView.Of(study), ViewJson.Default.StudyView);
            else Console.Out.WriteLine(study.Id);
            Terminal.Say($"next: tenfold study ask {study.Id}");
            return ExitCodes.Success;
        });
    }

    private static Command ShowBest()
    {
        var id = CommandOptions.Id("The study");
        var json = CommandOptions.Json();
        var description = "Print the best settings so far, by the model's mean rather than by the luckiest value.".WithExample(
            "tenfold study best k7m2xqab --json");
        return new Command("best", description) { id, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var study = await services.Ids.ResolveStudyAsync(parsed.GetValue(id)!, cancellationToken).OrFailAsync();
            return WriteBest(await StudyResult.LoadAsync(services, study.Id, cancellationToken), parsed.GetValue(json));
        }, async (parsed, server, cancellationToken) =>
        {
            var (result, _) = await RemoteStudy.LoadAsync(server, Uri.EscapeDataString(parsed.GetValue(id)!), cancellationToken);
            return ViewRecords.Print(() => WriteBest(result, parsed.GetValue(json)));
        });
    }

    private static int WriteBest(StudyResult result, bool json)
    {
        var study = result.Study;
        if (study.Spec.HasFront)
        {
            throw new CommandException(
                ExitCodes.BadInput,
                $"{study.Id} has several objectives, so none of its settings is the best; `tenfold show {study.Id}` has the front");
        }

        if (result.Best is not { } best) throw new CommandException(ExitCodes.NotFound, $"{study.Id} has no completed trial yet");
        if (json)
        {
            Json.Write(BestView.Of(best), ViewJson.Default.BestView);
            return ExitCodes.Success;
        }

        Console.Out.WriteLine(best.Trial.Parameters.GetRawText());
        var expected = best.StandardDeviation is > 0 and var doubt
            ? $", expected {Numbers.Format(best.Mean, doubt)} ± {Numbers.Format(doubt, doubt)}"
            : "";
        var confirmed = result.Confirmed is null ? "" : ", confirmed with fresh seeds";
        Terminal.Say($"trial {best.Trial.Number}: {study.Spec.Metric.Name} {best.Trial.Value:G6}{expected}{confirmed}");
        return ExitCodes.Success;
    }

    private static Command List()
    {
        var limit = new Option<int>("--limit", "-n") { Description = "How many rows.", DefaultValueFactory = _ => 20 };
        var json = CommandOptions.Json();
        limit.Validators.Add(result => CommandOptions.CheckCount(result, "--limit"));
        var description = "List studies, newest first.".WithExample("tenfold study list");
        return new Command("list", description) { limit, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var studies = await new StudyLister(services).ListAsync(parsed.GetValue(limit), cancellationToken);
            return Write([.. studies.Select(StudyView.Of)], parsed.GetValue(json), services.Time.GetUtcNow());
        }, async (parsed, server, cancellationToken) =>
        {
            await server.WarnOutdatedAsync(cancellationToken);
            return Write(
                await server.GetAsync(
                    $"studies?limit={parsed.GetValue(limit)}", ViewJson.Default.IReadOnlyListStudyView, cancellationToken),
                parsed.GetValue(json), TimeProvider.System.GetUtcNow());
        });
    }

    private static string? BestOf(StudyView study) =>
        study.FrontSize is > 0 and var front ? $"{front} on the front"
            : study.Best is { } best ? $"{best:G6}{(study.Confirmed == true ? " confirmed" : "")}" : null;

    private static int Write(IReadOnlyList<StudyView> studies, bool json, DateTimeOffset now)
    {
        if (json)
        {
            Json.Write(studies, ViewJson.Default.IReadOnlyListStudyView);
            return ExitCodes.Success;
        }

        if (studies.Count == 0)
        {
            Terminal.Say("no studies yet; `tenfold sweep` starts one");
            return ExitCodes.Success;
        }

        var table = new TextTable("STUDY", "PROJECT", "STATE", "METHOD", "TRIALS", "METRIC", "BEST>", "WHEN");
        foreach (var study in studies)
        {
            table.Add(
                study.Id, study.Project, study.State, study.Method,
                string.Join(", ", (study.TrialStates ?? new Dictionary<string, int>()).Select(state => $"{state.Value} {state.Key}")),
                study.Objectives is { } objectives ? string.Join(", ", objectives.Select(one => one.Metric)) : study.Metric, BestOf(study),
                HumanText.Ago(study.CreatedAt, now));
        }

        table.Write(Console.Out, Terminal.Width);
        return ExitCodes.Success;
    }
}
