using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics.Variance;

namespace Tenfold.Reports.Text;

/// <summary>Turns where the variance comes from into words.</summary>
public static class VarianceWords
{
    /// <summary>The main result in a sentence.</summary>
    public static string Sentence(GroupVariance group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var (components, metric) = (group.Components, group.Metric.Name);
        if (components.Largest is { } largest) return $"Most of the variance of {metric} comes from the {largest}.";
        if (components.Sources.All(source => source.Finding == SourceFinding.NoEffect)) return $"Nothing that was varied changes {metric}.";
        return components.Sources.All(source => source.Finding == SourceFinding.TooFew)
            ? $"Too few runs have a value of {metric} to tell where its variance comes from."
            : $"These runs don't show which source {metric} varies with most.";
    }

    /// <summary>A source's numbers in a line.</summary>
    public static string Facts(SourceVariance source) =>
        $"{Deviation(source)}{(Range(source) is { } range ? $" ({range})" : "")}{(Share(source) is { } share ? $" · {share}" : "")}";

    /// <summary>The standard deviation; or why there is none.</summary>
    public static string Deviation(SourceVariance source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.StandardDeviation is { } deviation ? Numbers.Format(deviation, deviation) : "too few values";
    }

    /// <summary>The interval of the standard deviation; null for none.</summary>
    public static string? Range(SourceVariance source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source is { Interval: { } ends, StandardDeviation: { } spread }
            ? $"{Numbers.Format(ends.Low, spread)} to {Numbers.Format(ends.High, spread)}" : null;
    }

    /// <summary>The share of the sum; null for none.</summary>
    public static string? Share(SourceVariance source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Share is { } share ? share is > 0 and < 0.01 ? "below 1 %" : Numbers.Percent(Math.Round(share, 2)) : null;
    }

    /// <summary>The value of <c>--json</c> for what the runs say about a source.</summary>
    public static string Word(SourceFinding finding) => finding switch
    {
        SourceFinding.TooFew => "too few",
        SourceFinding.NoEffect => "no effect",
        SourceFinding.NotAboveHardware => "not above hardware",
        _ => "varies",
    };

    /// <summary>What to know before believing the numbers, most important first.</summary>
    public static IEnumerable<string> Notes(GroupVariance group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var components = group.Components;
        foreach (var (source, declared) in components.Sources.Zip(group.Variation.Sources))
        {
            if (NoteOn(source, declared) is { } note) yield return note;
        }

        if (group.FarOutValues is > 0 and var far)
        {
            yield return $"{Numbers.Count(far, "value")} of {group.Runs - group.Missing} {(far == 1 ? "is" : "are")} far out, as of runs "
                + "that diverged. Their pairs are most of the variance, so these figures describe the divergence, not typical runs.";
        }

        if (group.Missing > 0)
            yield return $"{group.Missing} of {Numbers.Count(group.Runs, "run")} have no value that counts; their pairs are left out. "
                + "If bad runs fail more often, the variance is larger than it seems.";
        if (components is { SumStandardDeviation: { } sum, Together: { StandardDeviation: > 0 and var together } whole })
        {
            var figures = $"the sources add up to {Numbers.Format(sum, sum)}, and all together give "
                + $"{Numbers.Format(together, together)}{(Range(whole) is { } range ? $" ({range})" : "")}";
            yield return components.IsSumTooLarge
                ? $"The sources act jointly: {figures} (p {Numbers.PValue(components.SumPValue!.Value)}). What one source does depends on "
                    + $"another{(group.IsHardwareVaried ? "" : ", or the script isn't deterministic")}, and each share contains such parts."
                : $"Check: {figures}. These runs show no more in the sum than together.";
        }

        if (!group.IsHardwareVaried && components.Sources.Any(source => source.Variance > 0))
            yield return "Each part contains what a repeated run changes by itself. To know that, vary hardware too.";
    }

    private static string? NoteOn(SourceVariance source, VariedSource declared) => (source.Finding, declared.Name) switch
    {
        (SourceFinding.NoEffect, Variation.Hardware) =>
            "A repeated run gives the same value: the script is deterministic on these machines.",
        (SourceFinding.NoEffect, Variation.Seed) =>
            $"The seed changed nothing in {Numbers.Count(source.Count, "pair")} of runs: the script ignores TENFOLD_SEED, or nothing in it "
            + "is random.",
        (SourceFinding.NoEffect, _) =>
            $"{source.Name} changed nothing in {Numbers.Count(source.Count, "pair")} of runs: the script ignores the parameter "
            + $"{declared.Parameter}, or it has no effect.",
        (SourceFinding.NotAboveHardware, _) =>
            $"{source.Name} is not shown to change more than a repeated run does by itself.",
        (SourceFinding.TooFew, _) => $"{source.Name} has {Numbers.Count(source.Count, "pair")} of runs with values; two are needed.",
        _ => null,
    };
}
