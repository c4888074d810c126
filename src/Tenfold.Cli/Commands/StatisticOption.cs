using System.CommandLine;
using System.CommandLine.Parsing;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary>The option <c>--statistic</c>: by which statistic groups are compared.</summary>
internal static class StatisticOption
{
    private static readonly string[] Words = [.. Enum.GetValues<LocationStatistic>().Select(StatisticText.Option)];

    /// <summary>Makes the option.</summary>
    public static Option<string?> Create() => new Option<string?>("--statistic")
    {
        Description = "What is compared: mean (the default); trimmed, the mean without the highest and lowest 20 %, where runs diverge; "
            + "median; or iqm, the interquartile mean.",
    }.AcceptOnlyFromAmong(Words);

    /// <summary>The statistic that was named; the mean when none was.</summary>
    public static LocationStatistic Of(ParseResult parsed, Option<string?> option) =>
        (LocationStatistic)Math.Max(0, Array.IndexOf(Words, parsed.GetValue(option)));

    /// <summary>True when another statistic than the mean was named.</summary>
    public static bool IsOther(OptionResult? result) => result?.Tokens is [{ Value: not "mean" }];
}
