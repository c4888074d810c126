using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>Names the statistics by which groups are compared.</summary>
public static class StatisticText
{
    /// <summary>The name in a sentence, such as <c>trimmed mean</c>.</summary>
    public static string Name(LocationStatistic statistic) => statistic switch
    {
        LocationStatistic.Trimmed => "trimmed mean",
        LocationStatistic.Median => "median",
        LocationStatistic.Iqm => "interquartile mean",
        _ => "mean",
    };

    /// <summary>The names of two, such as <c>trimmed means</c>.</summary>
    public static string Plural(LocationStatistic statistic) => Name(statistic) + "s";

    /// <summary>The value of <c>--statistic</c>, which <c>--json</c> has too.</summary>
    public static string Option(LocationStatistic statistic) => statistic.ToString().ToLowerInvariant();

    /// <summary>The name of the test of a comparison.</summary>
    internal static string Test(Comparison comparison) => (comparison.Statistic, comparison.Method == ComparisonMethod.Paired) switch
    {
        (LocationStatistic.Trimmed, true) => "Yuen's test of pairs",
        (LocationStatistic.Trimmed, false) => "Yuen–Welch test",
        (LocationStatistic.Median, true) => "Sign test",
        (LocationStatistic.Median, false) => "Price–Bonett test",
        (LocationStatistic.Iqm, _) => "Bootstrap t test",
        (_, true) => "Paired t test",
        _ => "Welch's t test",
    };

    /// <summary>What the difference of a comparison is one of.</summary>
    internal static string Difference(Comparison comparison) =>
        comparison is { Statistic: LocationStatistic.Median, Method: ComparisonMethod.Paired }
            ? "Median difference of the pairs" : $"Difference of {Plural(comparison.Statistic)}";
}
