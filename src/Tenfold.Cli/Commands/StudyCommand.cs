using System.CommandLine;
using System.Globalization;
using Tenfold.App;
using Tenfold.App.Sweeping;
using Tenfold.Cli.Output;
using Tenfold.Cli.Sweeping;
using Tenfold.Core.Input;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold study</c>: ask and tell, for people with a loop of their own; and the list of studies.</summary>
internal static class StudyCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() => new("study", "List studies, or ask and tell from a loop of your own.".WithExample(
        "tenfold study create", "tenfold study ask k7m2xqab --json", "tenfold study tell k7m2xqab 3 0.93", "tenfold study best k7m2xqab"))
    {
        Make(), Ask(), Tell(), Best(), List(),
    };

    private static Command Make()
    {
        var settings = new SweepOptions();
        var json = CommandOptions.Json();
        var command = new Command("create", "Record a study of this project's sweep, whose trials you run yourself; prints its id.".WithExample("tenfold study create --method thompson")) { json };
        settings.AddTo(command, hasWork: false);
        return command.Does(async (parsed, services, cancellationToken) =>
        {
            var plan = await new StudyPlanner(services).PlanAsync(settings.Read(parsed), cancellationToken).OrFailAsync();
            await services.Studies.AddStudyAsync(plan.Study, cancellationToken);
            if (parsed.GetValue(json)) Json.Write(StudyView.Of(plan.Study), ViewJson.Default.StudyView);
            else Console.Out.WriteLine(plan.Study.Id);
            Terminal.Say($"next: tenfold study ask {plan.Study.Id}");
            return ExitCodes.Success;
        });
    }

    private static Command Ask()
    {
        var id = CommandOptions.Id("The study");
        var json = CommandOptions.Json();
        return new Command("ask", "Ask for the next trial: its number and its settings.".WithExample("tenfold study ask k7m2xqab --json")) { id, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                var study = await services.Ids.StudyAsync(parsed.GetValue(id)!, cancellationToken).OrFailAsync();
                if (study.Spec.Work is not null)
                    throw new CommandException(ExitCodes.BadInput, $"{study.Id} runs its trials itself: `tenfold sweep --resume {study.Id}` asks for them. For a loop of your own: tenfold study create");
                if (study.State != StudyState.Running) throw new CommandException(ExitCodes.BadInput, $"{study.Id} is {study.State.ToString().ToLowerInvariant()}: it gives no more trials");
                var trial = await AskAsync(services, study, cancellationToken);
                if (parsed.GetValue(json)) Json.Write(TrialView.Of(trial), ViewJson.Default.TrialView);
                else Console.Out.WriteLine($"{trial.Number} {trial.Parameters.GetRawText()}");
                return ExitCodes.Success;
            });
    }

    private static async Task<TrialRecord> AskAsync(Services services, StudyRecord study, CancellationToken cancellationToken)
    {
        var asker = new TrialSuggester(study, SearchMethods.Create(study.Spec.Method));
        // Others may ask at the same time: whoever records the number first has it, and the next looks again.
        while (true)
        {
            var trials = await services.Studies.TrialsOfAsync(study.Id, cancellationToken);
            var ask = asker.Next(trials, services.Time.GetUtcNow());
            if (ask.Trial is not { } trial) throw new CommandException(ExitCodes.NotFound, $"{study.Id} has no more trials: {ask.Why}; `tenfold study best {study.Id}` has the best");
            if (await services.Studies.AddTrialAsync(trial, null, [], cancellationToken)) return trial;
            if ((await services.Studies.StudyAsync(study.Id, cancellationToken))!.State != StudyState.Running)
                throw new CommandException(ExitCodes.BadInput, $"{study.Id} was ended meanwhile: it gives no more trials");
        }
    }

    private static Command Tell()
    {
        var id = CommandOptions.Id("The study");
        var number = new Argument<int>("trial") { Description = "The trial's number, as `ask` gave it." };
        var values = new Argument<string[]>("value") { Description = "The metric's value; several for repeats with different seeds.", Arity = ArgumentArity.ZeroOrMore };
        var failed = new Option<string?>("--failed") { Description = "It failed by its own fault (an error, out of memory, NaN), and why: such points are avoided." };
        var lost = new Option<bool>("--lost") { Description = "Its machine was taken away: its point will be asked again." };
        var json = CommandOptions.Json();
        return new Command("tell", "Tell what came of a trial. Telling twice changes nothing.".WithExample(
            "tenfold study tell k7m2xqab 3 0.93", "tenfold study tell k7m2xqab 4 --failed \"out of memory\"", "tenfold study tell k7m2xqab 5 --lost")) { id, number, values, failed, lost, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                var study = await services.Ids.StudyAsync(parsed.GetValue(id)!, cancellationToken).OrFailAsync();
                var tell = ReadTell(services, study, parsed.GetValue(number), parsed.GetValue(values) ?? [], parsed.GetValue(failed), parsed.GetValue(lost));
                var isNew = await services.Studies.TellAsync(tell, cancellationToken);
                var trial = (await services.Studies.TrialsOfAsync(study.Id, cancellationToken)).FirstOrDefault(trial => trial.Number == tell.Number)
                    ?? throw new CommandException(ExitCodes.NotFound, $"{study.Id} has no trial {tell.Number}: `tenfold study ask {study.Id}` gives the numbers");
                if (parsed.GetValue(json)) Json.Write(new ToldView(study.Id, trial.Number, StudyText.Word(trial.State), trial.Value, isNew), ViewJson.Default.ToldView);
                else if (isNew && trial.State == TrialState.Failed) Terminal.Say($"trial {trial.Number} has failed: {trial.Why}");
                if (!isNew) Terminal.Say($"trial {trial.Number} was told before ({StudyText.Word(trial.State)}{(trial.Value is { } value ? $", {value:G6}" : "")}): nothing is changed");
                return ExitCodes.Success;
            });
    }

    private static TrialTell ReadTell(Services services, StudyRecord study, int number, string[] texts, string? failed, bool lost)
    {
        if ((texts.Length > 0 ? 1 : 0) + (failed is null ? 0 : 1) + (lost ? 1 : 0) != 1)
            throw new CommandException(ExitCodes.BadInput, "tell wants one of these: a value (or several), --failed \"why\", or --lost");
        if (study.Spec.Work is not null)
            throw new CommandException(ExitCodes.BadInput, $"{study.Id} runs its trials itself, and hears from its runs what came of them; `tenfold cancel` ends a run");
        var values = texts.Select(ReadValue).ToList();
        var now = services.Time.GetUtcNow();
        if (lost) return new TrialTell(study.Id, number, TrialState.Lost, [], "its machine was taken away", now);
        if (failed is not null && string.IsNullOrWhiteSpace(failed)) throw new CommandException(ExitCodes.BadInput, "--failed wants a reason, as --failed \"out of memory\"");
        if (values.TrueForAll(double.IsFinite) && values.Count > 0 && !double.IsFinite(values.Average()))
            throw new CommandException(ExitCodes.BadInput, "the mean of these values is more than a number can hold");
        // A loss that is NaN is a failure whose value got lost.
        return failed is not null || values.Exists(value => !double.IsFinite(value))
            ? new TrialTell(study.Id, number, TrialState.Failed, [], failed ?? $"{study.Spec.Metric.Name} came to {texts[values.FindIndex(value => !double.IsFinite(value))]}", now)
            : new TrialTell(study.Id, number, TrialState.Completed, values, null, now);
    }

    private static double ReadValue(string text)
    {
        // As Python and C print an infinity.
        if (text.TrimStart('+', '-').ToLowerInvariant() is "inf" or "infinity") return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value
            : throw new CommandException(ExitCodes.BadInput, $"{Excerpt.Of(text)} is no number; write for instance 0.93, or --failed \"why\"");
    }

    private static Command Best()
    {
        var id = CommandOptions.Id("The study");
        var json = CommandOptions.Json();
        return new Command("best", "Print the best settings so far: by the model's mean, not by the luckiest value.".WithExample("tenfold study best k7m2xqab --json")) { id, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                var study = await services.Ids.StudyAsync(parsed.GetValue(id)!, cancellationToken).OrFailAsync();
                var result = await StudyResult.LoadAsync(services, study.Id, cancellationToken);
                var best = result.Confirmed?.Winner is { } winner ? result.Leaders.FirstOrDefault(leader => leader.Trial.Number == winner.Trial.Number) ?? result.Leaders[0]
                    : result.Leaders.Count > 0 ? result.Leaders[0]
                    : throw new CommandException(ExitCodes.NotFound, $"{study.Id} has no completed trial yet");
                if (parsed.GetValue(json))
                {
                    Json.Write(BestView.Of(best), ViewJson.Default.BestView);
                    return ExitCodes.Success;
                }

                Console.Out.WriteLine(best.Trial.Parameters.GetRawText());
                var spread = best.StandardDeviation is > 0 and var deviation ? deviation : (double?)null;
                Terminal.Say($"trial {best.Trial.Number}: {study.Spec.Metric.Name} {best.Trial.Value:G6}{(spread is { } doubt ? $", expected {Numbers.Format(best.Mean, doubt)} ± {Numbers.Format(doubt, doubt)}" : "")}{(result.Confirmed is null ? "" : ", confirmed with fresh seeds")}");
                return ExitCodes.Success;
            });
    }

    private static Command List()
    {
        var limit = new Option<int>("--limit", "-n") { Description = "How many.", DefaultValueFactory = _ => 20 };
        var json = CommandOptions.Json();
        limit.Validators.Add(result => CommandOptions.AtLeastOne(result, "--limit"));
        return new Command("list", "List studies, newest first.".WithExample("tenfold study list")) { limit, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                var studies = await services.Studies.StudiesAsync(parsed.GetValue(limit), cancellationToken);
                if (parsed.GetValue(json))
                {
                    Json.Write([.. studies.Select(StudyView.Of)], ViewJson.Default.IReadOnlyListStudyView);
                    return ExitCodes.Success;
                }

                if (studies.Count == 0) Terminal.Say("no studies yet; `tenfold sweep` makes one");
                var table = new TextTable("STUDY", "PROJECT", "STATE", "METHOD", "TRIALS", "METRIC", "BEST>", "WHEN");
                foreach (var study in studies)
                {
                    var trials = await services.Studies.TrialsOfAsync(study.Id, cancellationToken);
                    table.Add(
                        study.Id, study.Spec.Project, study.State.ToString().ToLowerInvariant(), study.Spec.Method.ToString().ToLowerInvariant(), StudyText.States(trials),
                        study.Spec.Metric.Name, StudyText.Best(study.Spec, trials) is { } best ? $"{best.Value:G6}" : null, Words.Ago(study.CreatedAt, services.Time.GetUtcNow()));
                }

                if (studies.Count > 0) table.Write(Console.Out, Terminal.Width);
                return ExitCodes.Success;
            });
    }
}
