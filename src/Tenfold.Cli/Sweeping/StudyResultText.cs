using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Results;
using Tenfold.Core.Studies;
using Tenfold.Reports.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Sweeping;

/// <summary>Prints what a study has found: the leaderboard, then the confirmation.</summary>
internal static class StudyResultText
{
    /// <summary>Prints a result, as JSON or as text.</summary>
    /// <param name="result">The result.</param>
    /// <param name="json">True for JSON.</param>
    /// <param name="told">The result as a server told it, which has more than <paramref name="result"/>; null without a server.</param>
    public static void Print(StudyResult result, bool json, StudyResultView? told = null)
    {
        if (json)
        {
            Json.Write(told ?? StudyResultView.Of(result), ViewJson.Default.StudyResultView);
            return;
        }

        var states = result.Trials.Count > 0 ? $": {StudyText.States(result.Trials)}" : "";
        var reason = result.Study.Reason is { } why ? $"; {why}" : "";
        Console.Out.WriteLine($"{Numbers.Count(result.Trials.Count, "trial")}{states}{reason}");
        var failures = result.Trials.Where(trial => trial.State == TrialState.Failed).GroupBy(trial => HumanText.Cause(trial.Why));
        foreach (var failure in failures.Take(3))
        {
            var more = failure.Count() > 3 ? $" and {failure.Count() - 3} more" : "";
            Console.Out.WriteLine($"failed: {string.Join(", ", failure.Take(3).Select(StudyText.Name))}{more}: {failure.Key}");
        }

        if (failures.Count() > 3)
        {
            var more = Numbers.Count(failures.Count() - 3, "more reason");
            Console.Out.WriteLine($"and {more}; `tenfold show {result.Study.Id}` has all of them");
        }

        var infeasible = result.Trials.Where(trial => trial.State == TrialState.Infeasible).ToList();
        if (infeasible.Count > 0)
        {
            var limits = string.Join(", ", result.Study.Spec.Constraints);
            Console.Out.WriteLine($"infeasible, so not ranked: {Numbers.Count(infeasible.Count, "trial")} ({limits})");
        }

        if (result.LinesUnread.Count > 0)
        {
            var metrics = string.Join(" or ", result.Study.Spec.Metrics.Select(metric => metric.Name));
            Console.Out.WriteLine($"note: {NoteText.Sentence(new Note.TrialLinesUnread(metrics, result.LinesUnread))}");
        }

        if (result.Front.Count > 0) PrintFront(result);
        if (result.Leaders.Count == 0) return;
        PrintLeaders(result);
        var values = result.Trials.Where(trial => trial.State == TrialState.Completed).Select(trial => trial.Value).ToList();
        if (values.Count > 2 && values.TrueForAll(value => value == values[0]))
            Console.Out.WriteLine($"note: {NoteText.Sentence(new Note.EqualTrialValues())}");
        if (result.Confirmed is { } confirmed) ConfirmationText.Write(Console.Out, result.Study, confirmed);
        else Console.Out.WriteLine(WarnOfLuck(result));
    }

    private static void PrintFront(StudyResult result)
    {
        var (spec, front) = (result.Study.Spec, result.Front);
        var names = StudyText.SettingNames(spec);
        var table = new TextTable([
            "TRIAL", .. spec.Objectives.Select(objective => objective.Name.ToUpperInvariant() + ">"), "RUNS>", "BY",
            .. StudyText.SettingHeadings(names),
        ]);
        foreach (var trial in front)
        {
            table.Add([
                StudyText.Name(trial), .. trial.Means.Select(mean => $"{mean:G6}"), $"{trial.Values.Count}", trial.Method,
                .. StudyText.SettingCells(names, trial.Parameters),
            ]);
        }

        Console.Out.WriteLine(FrontText.Sentence(front, result.Trials));
        table.Write(Console.Out, Terminal.Width);
        if (result.ConfirmedFront is { } confirmed) FrontConfirmationText.Write(Console.Out, spec, confirmed);
        else Console.Out.WriteLine(FrontText.Caution);
    }

    private static void PrintLeaders(StudyResult result)
    {
        var (spec, leaders) = (result.Study.Spec, result.Leaders);
        // A study with too few trials for a model has measured values only.
        string[] model = leaders[0].StandardDeviation is null ? [] : ["EXPECTED>", "±>"];
        var names = StudyText.SettingNames(spec);
        var metric = spec.Metric.Name.ToUpperInvariant();
        var table = new TextTable(["TRIAL", .. model, metric + ">", "RUNS>", "BY", .. StudyText.SettingHeadings(names)]);
        foreach (var leader in leaders)
        {
            var spread = leader.StandardDeviation is > 0 and var deviation ? deviation : (double?)null;
            string?[] expected = model.Length == 0 ? []
                : [Numbers.Format(leader.Mean, spread), spread is { } shown ? Numbers.Format(shown, shown) : null];
            table.Add([
                StudyText.Name(leader.Trial), .. expected, $"{leader.Trial.Value:G6}", $"{leader.Trial.Values.Count}", leader.Trial.Method,
                .. StudyText.SettingCells(names, leader.Trial.Parameters),
            ]);
        }

        table.Write(Console.Out, Terminal.Width);
    }

    // The best of many values is too high, because it was picked for being high.
    private static string WarnOfLuck(StudyResult result)
    {
        var completed = result.Trials.Count(trial => trial.State == TrialState.Completed);
        if (completed < 2) return "one trial says nothing about chance; repeat its settings: tenfold fit --repeat 10 -p NAME=VALUE";
        var model = result.Leaders[0].StandardDeviation is null ? "" : "EXPECTED is the model's mean, and ± is its uncertainty. ";
        return $"{model}The best of {completed} values is a lucky one. " +
            "`confirm: { top: 3, repeat: 10 }` runs the best again with fresh seeds.";
    }
}
