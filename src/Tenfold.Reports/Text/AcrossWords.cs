using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>Turns a comparison across tasks into words.</summary>
public static class AcrossWords
{
    /// <summary>The verdict in a sentence.</summary>
    public static string Sentence(GroupsAcrossTasks all)
    {
        ArgumentNullException.ThrowIfNull(all);
        var (overall, metric) = (all.Result.Overall, all.Metric.Name);
        var n = all.Tasks.Count;
        if (overall.Method is null) return $"The candidate was not tested: the {n} tasks show no spread.";
        var spread = SpreadOf(overall);
        var range = overall.Interval is not { } ends ? ""
            : $" ({Numbers.Percent(overall.Confidence)} interval {Numbers.WithSign(ends.Low, spread)} to "
                + $"{Numbers.WithSign(ends.High, spread)})";
        var difference = Numbers.WithSign(overall.Difference!.Value, spread);
        return overall.Verdict == Verdict.NotShown
            ? $"These {n} tasks don't show a difference in {metric}. That doesn't mean that there is none: the mean difference is "
                + $"{difference}{range}."
            : $"Across {n} tasks, the candidate is {VerdictText.Word(overall)} than the baseline: its {metric} differs by {difference} on "
                + $"average{range}.";
    }

    /// <summary>What Friedman's test says of all arms in a sentence, with their mean ranks; null for a single candidate.</summary>
    public static string? Friedman(GroupsAcrossTasks all)
    {
        ArgumentNullException.ThrowIfNull(all);
        if (all.Friedman is not { } test) return null;
        string[] names = ["baseline", .. all.All.Select(one => one.Candidate)];
        var ranks = string.Join(", ", names.Zip(test.MeanRanks, (name, rank) => $"{name} {Numbers.Format(rank, 0.5)}"));
        var shown = test.PValue <= all.Options.Alpha ? "The arms differ" : "These tasks don't show that the arms differ";
        return $"{shown} (Friedman's test by Iman and Davenport's F, p {Numbers.PValue(test.PValue)}). Mean ranks, 1 is the best: {ranks}.";
    }

    /// <summary>What the verdict assumes.</summary>
    public static string Assumptions(GroupsAcrossTasks all) =>
        "Each task counts once. The verdict is about further tasks of this kind, if these are a fair sample of them, and if a difference "
        + $"in {all.Metric.Name} means as much on one task as on another. The t test assumes roughly normal differences, and Wilcoxon's "
        + "test only symmetric ones." + (all.Result.Overall.Verdict != Verdict.NotShown ? ""
            : " To add tasks because nothing was shown makes false verdicts more frequent (6 tasks after a look at 3: 12 % instead of "
                + "5 %). Decide on their number beforehand, or compare the new tasks alone.");

    /// <summary>The numbers behind the verdict, each with its name.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(GroupsAcrossTasks all)
    {
        var (result, overall) = (all.Result, all.Result.Overall);
        var spread = SpreadOf(overall);
        if (overall.PValue is { } p) yield return ("t test of the tasks", "p " + Numbers.PValue(p));
        if (all.Result.IsFamily && overall.AdjustedPValue is { } adjusted)
            yield return ("Adjusted by Holm", "p " + Numbers.PValue(adjusted));
        yield return ("Wilcoxon's signed ranks", "p " + Numbers.PValue(result.SignedRankPValue));
        if (result.BetweenTasks is { } between)
            yield return ("True differences vary between tasks by", Numbers.Format(between, spread));
        if (result.ChanceOnNextTask is { } chance)
            yield return ("Chance to be better on one more task", Numbers.Percent(Math.Round(chance, 2)));
        if (overall.SmallestDetectable is { } smallest)
            yield return ("Smallest detectable (80 % power)", Numbers.Format(smallest, smallest));
        if (overall is { Verdict: Verdict.NotShown, MoreRepeats: { } more, MoreRepeatsRange: { } range })
        {
            yield return (
                "More tasks needed", $"{more} ({VerdictText.Range(range)}), compared alone, if the observed difference is the true one");
        }
    }

    /// <summary>A task's own difference, with its interval.</summary>
    public static string Difference(TaskComparison task)
    {
        var spread = SpreadOf(task.Comparison);
        return Numbers.WithSign(task.Comparison.Difference!.Value, spread) + (task.Comparison.Interval is { } ends
            ? $" ({Numbers.WithSign(ends.Low, spread)} to {Numbers.WithSign(ends.High, spread)})" : "");
    }

    private static double? SpreadOf(Comparison comparison) =>
        comparison.Interval is { } ends && ends.High > ends.Low ? ends.High / 2 - ends.Low / 2
        : comparison.Difference is { } difference and not 0 ? difference : null;
}
