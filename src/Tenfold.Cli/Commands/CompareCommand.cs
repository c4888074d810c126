using System.CommandLine;
using System.Globalization;
using Tenfold.App.Comparing;
using Tenfold.App.Fitting;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Cli.Watching;
using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold compare</c>: tests whether groups differ from a baseline by more than chance.</summary>
internal static class CompareCommand
{
    private const string Worse = "worse", NotBetter = "not-better", MaybeWorse = "maybe-worse", NotTested = "not tested";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = CommandOptions.Ids("groups", "The baseline group, then one or more groups to compare with it", new ArgumentArity(2, 100));
        var alpha = new Option<double>("--alpha")
        {
            Description = "The significance level: how often a difference may be claimed when there is none.",
            DefaultValueFactory = _ => 0.05,
        };
        var metric = new Option<string?>("--metric")
        {
            Description = "The metric to compare, such as accuracy:maximize or loss:minimize. Default: the one that the groups agree on.",
        };
        var margin = new Option<double?>("--margin")
        {
            Description = "The difference that is too small to matter, in the metric's unit. Says whether the candidate is no worse by it, "
                + "the same within it, or better by more.",
        };
        var failOn = new Option<string?>("--fail-on")
        {
            Description = "Exit with code 8 unless every candidate passes: worse (shown to be worse fails, unless it is shown to be worse "
                + "by less than --margin), not-better (only shown to be better passes, by more than --margin if it is given), maybe-worse "
                + "(only shown to be no worse by --margin passes).",
        }.AcceptOnlyFromAmong(Worse, NotBetter, MaybeWorse);
        var until = new Option<bool>("--until-shown")
        {
            Description = "Run further repeats of both groups, a few at a time, until a difference is shown or has become unlikely; with "
                + "--margin, until it is shown whether the candidate is worse by it, or that has become unlikely to show. All looks "
                + "together keep --alpha. Needs --max.",
        };
        var max = new Option<int?>("--max") { Description = "The most repeats of each group for --until-shown, such as 40." };
        var statistic = StatisticOption.Create();
        var across = new Option<string?>("--across")
        {
            Description = "Compare on several data sets or tasks, with one verdict: data, or the parameter that names the task. Name two "
                + "groups of each task, its baseline first; or as many more of each, in one order.",
        };
        var json = CommandOptions.Json();
        max.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var most)
                && most is < Summary.Few or > GroupExtender.MaxRepeats)
                result.AddError($"--max must be a whole number from {Summary.Few} to {GroupExtender.MaxRepeats}, such as 40");
        });
        alpha.Validators.Add(result =>
        {
            // Another text than a number is an error of its own; reading it as a number here would throw.
            if (result.Tokens is [var token, ..] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var level)
                && level is not (> 0 and < 0.5))
                result.AddError("--alpha must be a number between 0 and 0.5, such as 0.05");
        });
        margin.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var size)
                && !(size > 0 && double.IsFinite(size)))
                result.AddError("--margin must be a number above 0, in the metric's unit, such as 0.002");
        });
        var description = "Test whether groups differ from a baseline by more than chance.".WithExample(
            "tenfold compare BASELINE CANDIDATE", "tenfold compare BASELINE CANDIDATE1 CANDIDATE2 --alpha 0.01",
            "tenfold compare BASELINE CANDIDATE --until-shown --max 40", "tenfold compare BASELINE CANDIDATE --margin 0.002",
            "tenfold compare BASELINE CANDIDATE --fail-on worse",
            "tenfold compare BASE1 CANDIDATE1 BASE2 CANDIDATE2 BASE3 CANDIDATE3 --across data");
        var command = new Command("compare", description) { ids, alpha, metric, margin, failOn, until, max, statistic, across, json };
        command.Validators.Add(result =>
        {
            // Not the option's value: reading a wrong one here would throw, and its parser reports it.
            if (result.GetResult(failOn)?.Tokens is [{ Value: MaybeWorse }] && result.GetResult(margin) is null)
                result.AddError("--fail-on maybe-worse needs --margin: the difference that is too small to matter");
            var isUntil = result.GetResult(until) is not null;
            if (isUntil != result.GetResult(max) is not null)
                result.AddError("--until-shown and --max go together: --until-shown --max 40 plans for at most 40 repeats of each group");
            if (isUntil && StatisticOption.IsOther(result.GetResult(statistic)))
                result.AddError("--until-shown compares means: leave out --statistic, or compare once");
            if (isUntil && result.GetResult(across) is not null)
                result.AddError("--until-shown compares two groups: leave out --across");
            if (isUntil && result.GetResult(ids)?.Tokens.Count > 2)
                result.AddError("--until-shown compares two groups: the baseline and one candidate");
        });
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var options = new ComparisonOptions
            {
                Alpha = parsed.GetValue(alpha),
                Margin = parsed.GetValue(margin),
                Statistic = StatisticOption.Of(parsed, statistic),
            };
            var (groups, named) = (parsed.GetValue(ids)!, parsed.GetValue(metric));
            if (parsed.GetValue(across) is { } task)
            {
                var all = await new AcrossComparer(services).CompareAsync(groups, named, task, options, cancellationToken).OrFailAsync();
                if (parsed.GetValue(json)) Json.Write(AcrossView.Of(all), ViewJson.Default.AcrossView);
                else AcrossText.Write(Console.Out, all);
                return all.All.Any(one => one.Result.Overall.Method is null) ? ExitCodes.RunFailed
                    : all.All.All(one => Passes(one.Result.Overall, parsed.GetValue(failOn))) ? ExitCodes.Success : ExitCodes.GateFailed;
            }

            var comparison = parsed.GetValue(until)
                ? await UntilShownText.RunAsync(services, groups, named, options, parsed.GetValue(max)!.Value, cancellationToken)
                : await new GroupLoader(services).CompareAsync(groups, named, options, cancellationToken).OrFailAsync();
            if (comparison is null) return ExitCodes.Interrupted;
            if (parsed.GetValue(json)) Json.Write(CompareView.Of(comparison), ViewJson.Default.CompareView);
            else ComparisonText.Write(Console.Out, comparison);
            var isComplete = comparison.Candidates.All(candidate => candidate.Comparison.Method is not null);
            if (!isComplete) return ExitCodes.RunFailed;
            return comparison.Candidates.All(candidate => Passes(candidate.Comparison, parsed.GetValue(failOn)))
                ? ExitCodes.Success : ExitCodes.GateFailed;
        }, async (parsed, server, cancellationToken) =>
        {
            var body = RemoteIds.Body(parsed.GetValue(ids)!, "groups");
            body["alpha"] = parsed.GetValue(alpha);
            body["metric"] = parsed.GetValue(metric);
            body["margin"] = parsed.GetValue(margin);
            await server.WarnOutdatedAsync(cancellationToken);
            var options = new ComparisonOptions
            {
                Alpha = parsed.GetValue(alpha),
                Margin = parsed.GetValue(margin),
                Statistic = StatisticOption.Of(parsed, statistic),
            };
            if (parsed.GetValue(until)) body["max"] = parsed.GetValue(max);
            else body["statistic"] = parsed.GetValue(statistic);
            if (parsed.GetValue(across) is { } task)
            {
                body["across"] = task;
                var told = await server.PostAsync("compare/across", body, ViewJson.Default.AcrossView, cancellationToken);
                if (parsed.GetValue(json)) Json.Write(told, ViewJson.Default.AcrossView);
                else await RemoteComparison.WriteAcrossAsync(Console.Out, server, told, parsed.GetValue(ids)!, options, cancellationToken);
                if (RemoteComparison.AllOf(told).Any(one => one.Verdict == NotTested)) return ExitCodes.RunFailed;
                return RemoteComparison.AllOf(told).All(one => Passes(one.Verdict, one.Margin, parsed.GetValue(failOn)))
                    ? ExitCodes.Success : ExitCodes.GateFailed;
            }

            var compared = parsed.GetValue(max) is { } most
                ? await UntilShownText.RunAsync(server, parsed.GetValue(ids)!, body, most, options, cancellationToken)
                : await server.PostAsync("compare", body, ViewJson.Default.CompareView, cancellationToken);
            if (compared is null) return ExitCodes.Interrupted;
            if (parsed.GetValue(json)) Json.Write(compared, ViewJson.Default.CompareView);
            else ViewRecords.Print(() => RemoteComparison.Write(Console.Out, compared, options));
            if (compared.Comparisons.Any(one => one.Method is null)) return ExitCodes.RunFailed;
            return compared.Comparisons.All(one => Passes(one.Verdict, one.Margin, parsed.GetValue(failOn)))
                ? ExitCodes.Success : ExitCodes.GateFailed;
        });
    }

    private static FailOn? RuleOf(string? word) => word switch
    {
        null => null,
        Worse => FailOn.Worse,
        NotBetter => FailOn.NotBetter,
        _ => FailOn.MaybeWorse,
    };

    private static bool Passes(string verdict, MarginView? margin, string? rule) =>
        RuleOf(rule) is not { } failOn || ComparisonGate.Passes(
            failOn, verdict switch { "worse" => Verdict.Worse, "better" => Verdict.Better, _ => Verdict.NotShown },
            margin is null ? null : Array.Find(
                Enum.GetValues<MarginConclusion>(), conclusion => VerdictText.Word(conclusion) == margin.Conclusion));

    private static bool Passes(Comparison comparison, string? rule) =>
        RuleOf(rule) is not { } failOn || ComparisonGate.Passes(failOn, comparison);
}
