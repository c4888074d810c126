using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>
/// Words the winner's curse: the best of many noisy values is partly luck. It compares the winner's value in the sweep with the winner's
/// mean with fresh seeds, and never different trials.
/// </summary>
public static class WinnersCurse
{
    /// <summary>Says what value the winner had in the sweep, what it has with fresh seeds, and which trial had the best value.</summary>
    /// <param name="goal">Which way is better.</param>
    /// <param name="name">The winner's name.</param>
    /// <param name="inSweep">The winner's value in the sweep.</param>
    /// <param name="fresh">The winner's values with fresh seeds.</param>
    /// <param name="text">Formats a value.</param>
    /// <param name="best">The trial with the best value of the sweep, and its value.</param>
    /// <param name="bad">How many of the fresh runs failed or diverged: then no value is to be expected.</param>
    /// <param name="runs">How many there were, in words.</param>
    public static string Sentence(
        MetricGoal goal, string name, double inSweep, Summary fresh, Func<double, string> text, (string Name, double Value) best, int bad,
        string runs)
    {
        if (bad > 0)
        {
            return $"In the sweep {name} had {text(inSweep)}; {bad} of its {runs} failed or diverged, so neither that value nor the fresh "
                + "mean is what to expect of the next run.";
        }

        if (fresh is { N: > 1, StandardDeviation: 0 })
        {
            return $"In the sweep {name} had {text(inSweep)}; each of its {fresh.N} fresh runs gave {text(fresh.Mean)}, so they count as "
                + "one run and say nothing about luck. Does the script set its random seed from TENFOLD_SEED?";
        }

        var ends = fresh.Interval is { } interval
            ? $" ({Numbers.Percent(fresh.Confidence)} interval {text(interval.Low)} to {text(interval.High)})" : "";
        var verdict = Verdict(goal, inSweep, fresh, text);
        var left = $"In the sweep {name} had {text(inSweep)}; with fresh seeds it has {text(fresh.Mean)}{ends}: {verdict}.";
        return best.Name == name
            ? left
            : $"{left} The best single value of the sweep, {text(best.Value)}, belongs to {best.Name}; this comparison doesn't say "
                + "how much of it is luck.";
    }

    /// <summary>Says that the winner's runs after the choice are no ground to trust it.</summary>
    /// <param name="name">The winner's name.</param>
    /// <param name="bad">How many of these runs failed or diverged: more than half.</param>
    /// <param name="runs">How many there were, in words.</param>
    public static string Refuted(string name, int bad, string runs) =>
        $"But {bad} of its {runs} failed or diverged, so {name} is not confirmed, and nothing else is.";

    /// <summary>Counts the runs by which a winner is measured.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="areFurther">True when the winner was chosen by other fresh runs.</param>
    public static string Runs(int count, bool areFurther) => Numbers.Count(count, areFurther ? "further fresh run" : "fresh run");

    private static string Verdict(MetricGoal goal, double inSweep, Summary fresh, Func<double, string> text)
    {
        var drop = goal == MetricGoal.Maximize ? inSweep - fresh.Mean : fresh.Mean - inSweep;
        var isWithin = fresh.Interval is { } interval && inSweep >= interval.Low && inSweep <= interval.High;
        return drop switch
        {
            <= 0 => "the fresh seeds confirm it",
            _ when isWithin => "the drop is within the uncertainty of the fresh runs",
            _ => $"{text(drop)} of it was luck, so expect the fresh mean",
        };
    }
}
