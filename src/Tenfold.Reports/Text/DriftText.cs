using Tenfold.Numerics.Statistics.Drift;

namespace Tenfold.Reports.Text;

/// <summary>Turns a drift report into words.</summary>
public static class DriftText
{
    /// <summary>The verdict in one or two words.</summary>
    public static string Word(DriftVerdict verdict) => verdict switch
    {
        DriftVerdict.Shift => "shifted",
        DriftVerdict.SmallShift => "shifted a little",
        DriftVerdict.NotShown => "not shown",
        _ => "not tested",
    };

    /// <summary>What was found, with the error rate, in a sentence.</summary>
    public static string Sentence(DriftReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var tested = report.Features.Count(feature => feature.AdjustedPValue is not null);
        var shifted = report.Features.Count(feature => feature.Verdict is DriftVerdict.Shift or DriftVerdict.SmallShift);
        if (tested == 0) return "Nothing could be tested: each side needs 30 answered requests with values that repeat or are numbers.";
        return $"{shifted} of {Numbers.Count(tested, "tested feature")} {(shifted == 1 ? "has" : "have")} changed. Without any change, at "
            + $"least one would be reported in {Numbers.Percent(report.Alpha)} of such comparisons.";
    }
}
