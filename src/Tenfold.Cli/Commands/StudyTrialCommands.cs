using System.CommandLine;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Sweeping;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Projects;

namespace Tenfold.Cli.Commands;

/// <summary>The commands of <c>tenfold study</c> for the trials of a loop of the user's own.</summary>
internal static class StudyTrialCommands
{
    /// <summary>Builds the commands.</summary>
    public static IEnumerable<Command> Create() => [Ask(), Tell(), Touch(), Report(), ShouldPrune()];

    private static Command Ask()
    {
        var (id, lease, json) = (CommandOptions.Id("The study"), Lease(
            "How long the trial may be without a sign of life, such as 2h, before its point is asked for again. Default: no limit."),
            CommandOptions.Json());
        var description = "Ask for the next trial: its number and its settings.".WithExample(
            "tenfold study ask k7m2xqab --json", "tenfold study ask k7m2xqab --lease 2h");
        return new Command("ask", description) { id, lease, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var trial = await new AskAndTell(services).AskAsync(parsed.GetValue(id)!, ReadLease(parsed, lease), cancellationToken)
                .OrFailAsync();
            if (parsed.GetValue(json)) Json.Write(TrialView.Of(trial), ViewJson.Default.TrialView);
            else Console.Out.WriteLine($"{trial.Number} {trial.Parameters.GetRawText()}");
            return ExitCodes.Success;
        });
    }

    private static Command Tell()
    {
        var (id, number, json) = (CommandOptions.Id("The study"), Number(), CommandOptions.Json());
        var values = new Argument<string[]>("value")
        {
            Description = "The metric's value; several for repeats with different seeds. With several objectives, a value for each.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var failed = new Option<string?>("--failed")
        {
            Description = "Why the trial failed, when its settings are at fault (an error, out of memory, NaN): such points are avoided.",
        };
        var lost = new Option<bool>("--lost") { Description = "The trial was lost with its machine: its point will be asked again." };
        var pruned = new Option<bool>("--pruned") { Description = "The trial was ended early, as `report` or your own rule advised." };
        var metrics = new Option<string[]>("--metric")
        {
            Description = "Another metric that the study limits, as name=value. May be repeated.",
            AllowMultipleArgumentsPerToken = false,
        };
        var correct = new Option<bool>("--correct") { Description = "Replace a result that was told before. Both stay in the record." };
        var description = "Tell the result of a trial. The first result stands, unless --correct replaces it.".WithExample(
            "tenfold study tell k7m2xqab 3 0.93", "tenfold study tell k7m2xqab 4 --failed \"out of memory\"",
            "tenfold study tell k7m2xqab 5 --lost", "tenfold study tell k7m2xqab 3 0.95 --correct");
        var command = new Command("tell", description) { id, number, values, failed, lost, pruned, metrics, correct, json };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var result = new TrialResult(
                parsed.GetValue(number), parsed.GetValue(values) ?? [], parsed.GetValue(failed), parsed.GetValue(lost),
                parsed.GetValue(pruned), parsed.GetValue(correct))
            {
                Metrics = ReadMetrics(parsed.GetValue(metrics) ?? []),
            };
            var told = await new AskAndTell(services).TellAsync(parsed.GetValue(id)!, result, cancellationToken).OrFailAsync();
            var trial = told.Trial;
            if (parsed.GetValue(json)) Json.Write(ToldView.Of(told), ViewJson.Default.ToldView);
            else if (told.IsNew && trial.State == TrialState.Failed) Terminal.Say($"trial {trial.Number} has failed: {trial.Why}");
            else if (told.IsNew && trial.State == TrialState.Infeasible)
                Terminal.Say($"trial {trial.Number} does not count: {trial.Why}");
            if (told.IsNew)
            {
                if (result.IsCorrection && trial.Replaced.Count > 0)
                    Terminal.Say($"trial {trial.Number} was {Describe(trial.Replaced[^1].State, Mean(trial.Replaced[^1].Values))} before");
                return ExitCodes.Success;
            }

            var hint = result.IsCorrection ? "" : "; --correct replaces it";
            Terminal.Say(
                $"trial {trial.Number} has a result already ({Describe(trial.State, trial.Value)}): nothing was changed{hint}");
            return ExitCodes.Success;
        });
    }

    private static Command Touch()
    {
        var (id, number, lease) = (CommandOptions.Id("The study"), Number(), Lease("The lease from now on. Default: as long as before."));
        var description = "Say that a trial is still at work, so that its lease starts again. `report` does so too.".WithExample(
            "tenfold study touch k7m2xqab 3");
        return new Command("touch", description) { id, number, lease }.WithAction(async (parsed, services, cancellationToken) =>
        {
            await new AskAndTell(services).TouchAsync(
                parsed.GetValue(id)!, parsed.GetValue(number), ReadLease(parsed, lease), cancellationToken).OrFailAsync();
            return ExitCodes.Success;
        });
    }

    private static Command Report()
    {
        var (id, number, json) = (CommandOptions.Id("The study"), Number(), CommandOptions.Json());
        var step = new Argument<long>("step") { Description = "The step, such as the epoch; a whole number of at least 0." };
        step.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && long.TryParse(result.Tokens[0].Value, out var value) && value < 0)
                result.AddError($"the step must be a whole number of at least 0, not {value}");
        });
        var value = new Argument<string>("value") { Description = "The metric's value at this step. The first value of a step stands." };
        var description =
            "Report the value that a trial has reached, and print `continue` or `prune`: whether to end it early, by the study's `prune`."
            .WithExample("tenfold study report k7m2xqab 3 10 0.81");
        return new Command("report", description) { id, number, step, value, json }.WithAction(
            async (parsed, services, cancellationToken) => Print(
                await new AskAndTell(services).ReportAsync(
                    parsed.GetValue(id)!, parsed.GetValue(number), parsed.GetValue(step), parsed.GetValue(value)!, cancellationToken)
                    .OrFailAsync(),
                parsed.GetValue(json)));
    }

    private static Command ShouldPrune()
    {
        var (id, number, json) = (CommandOptions.Id("The study"), Number(), CommandOptions.Json());
        var description = "Print `continue` or `prune`: whether to end a trial early, by what was reported.".WithExample(
            "tenfold study should-prune k7m2xqab 3");
        return new Command("should-prune", description) { id, number, json }.WithAction(
            async (parsed, services, cancellationToken) => Print(
                await new AskAndTell(services).ShouldPruneAsync(parsed.GetValue(id)!, parsed.GetValue(number), cancellationToken)
                    .OrFailAsync(),
                parsed.GetValue(json)));
    }

    private static int Print(PruningAdvice advice, bool isJson)
    {
        if (isJson) Json.Write(PruningAdviceView.Of(advice), ViewJson.Default.PruningAdviceView);
        else Console.Out.WriteLine(advice.Why is null ? "continue" : "prune");
        if (!advice.HasRule) Terminal.Say($"note: {advice.Study} ends no trial early; `sweep.prune` or `study create --prune` sets a rule");
        else if (advice.Why is { } why) Terminal.Say($"trial {advice.Trial}: {ReasonText.Of(why)}; then: tenfold study tell … --pruned");
        return ExitCodes.Success;
    }

    private static Dictionary<string, string> ReadMetrics(IReadOnlyList<string> arguments)
    {
        var metrics = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var argument in arguments)
        {
            var at = argument.LastIndexOf('=');
            if (at <= 0) throw new CommandException(ExitCodes.BadInput, $"--metric {argument} must be name=value, such as latency_ms=12.5");
            if (!metrics.TryAdd(argument[..at], argument[(at + 1)..]))
                throw new CommandException(ExitCodes.BadInput, $"--metric names {argument[..at]} twice");
        }

        return metrics;
    }

    private static Argument<int> Number() => new("trial") { Description = "The trial's number, as `ask` gave it." };

    private static Option<string?> Lease(string description) => new("--lease") { Description = description };

    private static TimeSpan? ReadLease(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } text
        ? Durations.Read(text, out var fault) ?? throw new CommandException(ExitCodes.BadInput, $"--lease {fault}") : null;

    private static string Describe(TrialState state, double? value) =>
        $"{StudyText.Word(state)}{(value is { } known ? $", {known:G6}" : "")}";

    private static double? Mean(IReadOnlyList<double> values) => values.Count > 0 ? values.Average() : null;
}
