using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>Turns a comparison into words: a sentence with the verdict, and the numbers behind it.</summary>
public static class VerdictText
{
    /// <summary>The verdict in one or two words, for a badge.</summary>
    public static string Word(Comparison comparison) => comparison switch
    {
        { Method: null } => "not tested",
        { Verdict: Verdict.Better } => "better",
        { Verdict: Verdict.Worse } => "worse",
        _ => "not shown",
    };

    /// <summary>A conclusion about a margin in a few words.</summary>
    public static string Word(MarginConclusion conclusion) => conclusion switch
    {
        MarginConclusion.NoWorse => "no worse",
        MarginConclusion.Same => "same",
        MarginConclusion.BetterByMore => "better by more",
        MarginConclusion.WorseByMore => "worse by more",
        _ => "not shown",
    };

    /// <summary>What is shown about a margin, in a sentence.</summary>
    /// <param name="margin">The result.</param>
    /// <param name="isPaired">True when pairs were compared.</param>
    public static string Sentence(MarginResult margin, bool isPaired)
    {
        var m = Numbers.Format(margin.Margin, margin.Margin);
        return margin.Conclusion switch
        {
            MarginConclusion.NoWorse => $"No worse by {m}: if the candidate is worse at all, then by less.",
            MarginConclusion.Same => $"The same within ±{m}: any difference is smaller.",
            MarginConclusion.BetterByMore => $"Better by more than {m}.",
            MarginConclusion.WorseByMore => $"Worse by more than {m}.",
            _ => $"Not shown to be no worse by {m}." + margin.MoreRepeats switch
            {
                null => "",
                { } more =>
                    $" If there is no true difference, {more} more {(isPaired ? "pairs" : "on each side")}, tested alone, would show it in "
                    + "80 % of cases.",
            },
        };
    }

    /// <summary>The verdict in a self-contained sentence, with the names of the groups.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="candidate">The candidate's name.</param>
    /// <param name="baseline">The baseline's name.</param>
    /// <param name="metric">The metric.</param>
    public static string Sentence(Comparison comparison, string candidate, string baseline, string metric) =>
        string.Concat(Phrases(comparison, metric).Select(phrase => phrase.Role switch
        {
            PhraseRole.Candidate => candidate,
            PhraseRole.Baseline => baseline,
            _ => phrase.Text,
        }));

    /// <summary>
    /// The pieces of <see cref="Sentence(Comparison, string, string, string)"/>, with placeholders for the names, so that a page can
    /// highlight the names.
    /// </summary>
    public static IReadOnlyList<Phrase> Phrases(Comparison comparison, string metric)
    {
        var (candidate, baseline) = (new Phrase("", PhraseRole.Candidate), new Phrase("", PhraseRole.Baseline));
        if (comparison.Difference is not { } difference)
        {
            var who = comparison.Candidate is null ? "it" : "the baseline";
            return [candidate, new(" can't be compared with "), baseline, new($": {who} has no value of {metric} that counts.")];
        }

        var spread = SpreadOf(comparison);
        var observed = Numbers.WithSign(difference, spread);
        var ends = comparison.Interval is { } found ? Range(found, spread) : null;
        var confidence = $"{Numbers.Percent(comparison.Confidence)} interval";
        if (comparison.Method is null)
        {
            var why = comparison.Notes.Any(note => note is ComparisonNote.ZeroSpread { Kind: ZeroSpreadKind.Kept })
                ? $"the values that the {StatisticText.Name(comparison.Statistic)} keeps are equal, so it can't be tested"
                : comparison.Notes.Any(note => note is ComparisonNote.ZeroSpread { Kind: ZeroSpreadKind.Jitter })
                ? "repeats that differ by floating-point noise only can't be tested"
                : comparison.Notes.Any(note => note is ComparisonNote.ZeroSpread)
                ? "repeats that all give one value can't be tested" : "one value on a side can't be tested";
            var untested = new Phrase($" by {observed} in {metric}, but {why}.");
            return [candidate, new(" differs from "), baseline, untested];
        }

        if (comparison.Verdict == Verdict.NotShown)
        {
            var of = comparison.Statistic == LocationStatistic.Mean ? "" : $"of {StatisticText.Plural(comparison.Statistic)} ";
            var range = ends is null ? "" : $", and any difference from {ends} is compatible with the values ({confidence})";
            return
            [
                new("These repeats don't show a difference between "), candidate, new(" and "), baseline,
                new($". That doesn't mean that there is none: the observed difference {of}is {observed}{range}."),
            ];
        }

        var what = comparison.Statistic == LocationStatistic.Mean ? metric : $"{StatisticText.Name(comparison.Statistic)} of {metric}";
        var (direction, by) = (difference > 0 ? "higher" : "lower", Numbers.Format(Math.Abs(difference), spread));
        var interval = ends is null ? "" : $" ({confidence} {ends})";
        return [candidate, new($" is {Word(comparison)} than "), baseline, new($": its {what} is {direction} by {by}{interval}.")];
    }

    /// <summary>The numbers behind the verdict, each with its name.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="isFamily">True when several groups are compared with one baseline.</param>
    /// <param name="power">The power of the planned comparison (see <see cref="ComparisonOptions.Power"/>); default 0.80.</param>
    public static IEnumerable<(string Name, string Value)> Facts(Comparison comparison, bool isFamily, double power = 0.80)
    {
        var spread = SpreadOf(comparison);
        var isMean = comparison.Statistic == LocationStatistic.Mean;
        if (!isMean && comparison is { CandidateLocation: { } side, BaselineLocation: { } other })
        {
            var name = StatisticText.Plural(comparison.Statistic);
            yield return (string.Concat(name[..1].ToUpperInvariant(), name[1..]),
                $"{Numbers.Format(side.Value, spread)} against {Numbers.Format(other.Value, spread)}");
        }

        if (comparison.Difference is { } difference)
            yield return (StatisticText.Difference(comparison), Numbers.WithSign(difference, spread));
        if (comparison.Interval is { } ends)
            yield return ($"{Numbers.Percent(comparison.Confidence)} interval", Range(ends, spread));
        if (comparison.Method is not { } method) yield break;

        var isPaired = method == ComparisonMethod.Paired;
        if (comparison.PValue is { } p) yield return (StatisticText.Test(comparison), "p " + Numbers.PValue(p));
        if (comparison.PermutationPValue is { } permutation)
            yield return ($"Permutation test{(comparison.PermutationIsExact ? ", exact" : "")}", "p " + Numbers.PValue(permutation));
        if (isFamily && comparison.AdjustedPValue is { } adjusted) yield return ("Adjusted by Holm", "p " + Numbers.PValue(adjusted));
        yield return isPaired
            ? ("Pairs with the same seed", $"{comparison.PairsUsed}")
            : ("Repeats, unpaired", $"{comparison.Candidate?.N ?? 0} against {comparison.Baseline?.N ?? 0}");
        if (comparison.ChanceToWin is { Estimate: var win, Interval: var (least, most) })
            yield return ("Chance to beat the baseline", $"{WholePercent(win)} ({WholePercent(least)} to {WholePercent(most)})");
        if (comparison.SmallestDetectable is { } smallest)
            yield return ($"Smallest detectable ({Numbers.Percent(power)} power)", Numbers.Format(smallest, smallest));
        if (comparison.Notes.Any(note => note is ComparisonNote.PlannedLook)) yield break;
        // Medians have no planning figures.
        if (comparison.Statistic == LocationStatistic.Median && comparison.Verdict == Verdict.NotShown) yield break;
        if (comparison.Interval is not null || comparison.Verdict != Verdict.NotShown)
            yield return ("More repeats needed", MoreRepeats(comparison));
    }

    /// <summary>How many comparisons a project has had, and what to expect of so many; null for fewer than two.</summary>
    public static string? OfProject(int? made, double alpha) => made is not { } count || count < 2 ? null
        : $"{count} pairs of groups of this project have been compared so far. If nothing differed, about "
            + $"{Numbers.Format(Math.Round(count * alpha, 1))} of them would be shown to differ.";

    /// <summary>How often runs failed or diverged, in words.</summary>
    public static string Words(RateComparison rates) =>
        $"{Words(rates.Candidate)} against {Words(rates.Baseline)}, p {Numbers.PValue(rates.PValue)}";

    /// <summary>A rate with its interval, such as <c>2 of 10 (3 % to 56 %)</c>.</summary>
    public static string Words(Rate rate) =>
        $"{rate.Count} of {rate.Of} ({WholePercent(rate.Interval.Low)} to {WholePercent(rate.Interval.High)})";

    private static string Range(Interval interval, double? spread) =>
        $"{Numbers.WithSign(interval.Low, spread)} to {Numbers.WithSign(interval.High, spread)}";

    private static string MoreRepeats(Comparison comparison) => comparison switch
    {
        { Verdict: not Verdict.NotShown } => "none: the difference is shown",
        { MoreRepeats: { } more, MoreRepeatsRange: { } range } =>
            $"{more} ({Range(range)}) more {(comparison.Method == ComparisonMethod.Paired ? "pairs" : "on each side")}, tested alone, if "
            + "the observed difference is the true one",
        _ => "more than a million",
    };

    private static string WholePercent(double share) => Numbers.Percent(Math.Round(share, 2));

    /// <summary>A range of repeats, such as <c>17 to 80</c>.</summary>
    internal static string Range(RepeatRange range) => range switch
    {
        { High: null } => $"at least {range.Low}",
        { High: { } high } when high == range.Low => $"about {high}",
        _ => $"{range.Low} to {range.High}",
    };

    private static double? SpreadOf(Comparison comparison) => comparison switch
    {
        { Interval: { } ends } when ends.High > ends.Low => ends.High / 2 - ends.Low / 2,
        { Difference: { } difference and not 0 } => difference,
        _ => null,
    };
}

/// <summary>A piece of a sentence.</summary>
/// <param name="Text">The words; empty for a placeholder.</param>
/// <param name="Role">Words, or whose name goes here.</param>
public readonly record struct Phrase(string Text, PhraseRole Role = PhraseRole.Words);

/// <summary>The role of a <see cref="Phrase"/>.</summary>
public enum PhraseRole
{
    /// <summary>Words.</summary>
    Words,

    /// <summary>The placeholder for the candidate's name.</summary>
    Candidate,

    /// <summary>The placeholder for the baseline's name.</summary>
    Baseline,
}
