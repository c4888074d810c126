using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>A comparison in plain words: the sentence first, then the numbers behind it.</summary>
public static class VerdictText
{
    /// <summary>One word for a badge.</summary>
    public static string Word(Comparison comparison) => comparison switch
    {
        { Method: null } => "not tested",
        { Verdict: Verdict.Better } => "better",
        { Verdict: Verdict.Worse } => "worse",
        _ => "not shown",
    };

    /// <summary>The answer, for who reads nothing else, in the groups' own names.</summary>
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

    /// <summary>The same, with places for the names, so that a page can set them off.</summary>
    public static IReadOnlyList<Phrase> Phrases(Comparison comparison, string metric)
    {
        var (candidate, baseline) = (new Phrase("", PhraseRole.Candidate), new Phrase("", PhraseRole.Baseline));
        if (comparison.Difference is not { } difference)
            return [candidate, new(" can't be compared with "), baseline, new($": {(comparison.Candidate is null ? "it" : "the baseline")} has no value of {metric} that counts.")];
        var spread = SpreadOf(comparison);
        var observed = Numbers.WithSign(difference, spread);
        var ends = comparison.Interval is { } found ? $"{Numbers.WithSign(found.Low, spread)} to {Numbers.WithSign(found.High, spread)}" : null;
        var confidence = $"{Numbers.Percent(comparison.Confidence)} interval";
        return comparison switch
        {
            { Method: null } => [candidate, new(" differs from "), baseline, new($" by {observed} in {metric}, but one value on a side can't be tested.")],
            { Verdict: Verdict.Better or Verdict.Worse } =>
                [candidate, new($" is {Word(comparison)} than "), baseline, new($": its {metric} is {(difference > 0 ? "higher" : "lower")} by {Numbers.Format(Math.Abs(difference), spread)}{(ends is null ? "" : $" ({confidence} {ends})")}.")],
            _ =>
            [
                new("These repeats don't show a difference between "), candidate, new(" and "), baseline,
                new($". That doesn't mean there is none: the observed one is {observed}{(ends is null ? "" : $", and any from {ends} fits these values ({confidence})")}."),
            ],
        };
    }

    /// <summary>The numbers behind it: name and value.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="isFamily">True when it is one of several against one baseline.</param>
    /// <param name="power">The power that planning aimed at: <see cref="ComparisonOptions.Power"/>.</param>
    public static IEnumerable<(string Name, string Value)> Facts(Comparison comparison, bool isFamily, double power = 0.80)
    {
        var spread = SpreadOf(comparison);
        if (comparison.Difference is { } difference) yield return ("Difference of means", Numbers.WithSign(difference, spread));
        if (comparison.Interval is { } ends)
            yield return ($"{Numbers.Percent(comparison.Confidence)} interval", $"{Numbers.WithSign(ends.Low, spread)} to {Numbers.WithSign(ends.High, spread)}");
        if (comparison.Method is not { } method) yield break;

        var isPaired = method == ComparisonMethod.Paired;
        if (comparison.PValue is { } p) yield return (isPaired ? "Paired t test" : "Welch's t test", "p " + Numbers.PValue(p));
        if (comparison.PermutationPValue is { } permutation)
            yield return ($"Permutation test{(comparison.PermutationIsExact ? ", exact" : "")}", "p " + Numbers.PValue(permutation));
        if (isFamily && comparison.AdjustedPValue is { } adjusted) yield return ("Adjusted by Holm", "p " + Numbers.PValue(adjusted));
        yield return isPaired
            ? ("Pairs with the same seed", $"{comparison.PairsUsed}")
            : ("Repeats, unpaired", $"{comparison.Candidate?.N ?? 0} against {comparison.Baseline?.N ?? 0}");
        if (comparison.SmallestDetectable is { } smallest) yield return ($"Smallest detectable ({Numbers.Percent(power)} power)", Numbers.Format(smallest, smallest));
        if (comparison.Interval is not null || comparison.Verdict != Verdict.NotShown) yield return ("More repeats needed", MoreRepeats(comparison));
    }

    private static string MoreRepeats(Comparison comparison) => comparison switch
    {
        { Verdict: not Verdict.NotShown } => "none: it is shown",
        { MoreRepeats: { } more } => $"about {more} more {(comparison.Method == ComparisonMethod.Paired ? "pairs" : "on each side")}",
        _ => "more than a million",
    };

    private static double? SpreadOf(Comparison comparison) =>
        comparison.Interval is { } ends && ends.High > ends.Low ? ends.High / 2 - ends.Low / 2 : comparison.Difference is { } difference and not 0 ? difference : null;
}

/// <summary>A piece of a sentence.</summary>
/// <param name="Text">The words; empty where a name belongs.</param>
/// <param name="Role">Whose name belongs here.</param>
public readonly record struct Phrase(string Text, PhraseRole Role = PhraseRole.Words);

/// <summary>What a <see cref="Phrase"/> is.</summary>
public enum PhraseRole
{
    /// <summary>Words.</summary>
    Words,

    /// <summary>The place of the candidate's name.</summary>
    Candidate,

    /// <summary>The place of the baseline's name.</summary>
    Baseline,
}
