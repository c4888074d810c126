using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>
/// The winner's curse in words: whoever picks the best of many noisy values picks their luck too, so the winner's own value in the sweep is
/// held against what it comes to with fresh seeds. Two different trials are never held against each other here.
/// </summary>
public static class WinnersCurse
{
    /// <summary>What the winner had in the sweep, what is left of it, and whose value was the best of all.</summary>
    /// <param name="goal">Which way is better.</param>
    /// <param name="name">The winner's name.</param>
    /// <param name="inSweep">Its value in the sweep.</param>
    /// <param name="fresh">Its values with fresh seeds.</param>
    /// <param name="text">Writes a value.</param>
    /// <param name="best">The trial with the best value of the sweep, and that value.</param>
    public static string Sentence(MetricGoal goal, string name, double inSweep, Summary fresh, Func<double, string> text, (string Name, double Value) best)
    {
        var ends = fresh.Interval is { } interval ? $" ({Numbers.Percent(fresh.Confidence)} interval {text(interval.Low)} to {text(interval.High)})" : "";
        var left = $"In the sweep {name} had {text(inSweep)}; with fresh seeds it comes to {text(fresh.Mean)}{ends}: {Verdict(goal, inSweep, fresh, text)}.";
        return best.Name == name ? left : $"{left} The best single value of the sweep, {text(best.Value)}, was {best.Name}'s; how much of that is luck this does not say.";
    }

    private static string Verdict(MetricGoal goal, double inSweep, Summary fresh, Func<double, string> text)
    {
        var drop = goal == MetricGoal.Maximize ? inSweep - fresh.Mean : fresh.Mean - inSweep;
        var isWithin = fresh.Interval is { } interval && inSweep >= interval.Low && inSweep <= interval.High;
        return drop switch
        {
            <= 0 => "fresh seeds bear it out",
            _ when isWithin => "no more is missing than the fresh runs leave open",
            _ => $"{text(drop)} of it was luck, so expect the fresh mean",
        };
    }
}
