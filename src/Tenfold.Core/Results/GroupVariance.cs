using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Variance;

namespace Tenfold.Core.Results;

/// <summary>Where the variance between a group's runs comes from.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Variation">The sources that the runs vary.</param>
/// <param name="Components">The variance of each source, and of all together.</param>
/// <param name="Runs">How many runs the group has.</param>
/// <param name="Missing">How many of them have no value that counts.</param>
public sealed record GroupVariance(MetricSpec Metric, Variation Variation, VarianceComponents Components, int Runs, int Missing)
{
    /// <summary>How many values are far from the others, as those of diverged runs are; see <see cref="FarOut"/>.</summary>
    public int FarOutValues { get; init; }

    /// <summary>True when the group varies the hardware too, so that its part is known.</summary>
    public bool IsHardwareVaried => Variation.Sources.Any(source => source.Name == Variation.Hardware);

    /// <summary>Computes the components of a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="runs">Its runs.</param>
    /// <param name="metric">The metric; null for the group's own.</param>
    /// <param name="confidence">The confidence of the intervals; default 0.95.</param>
    /// <returns>Null when the group doesn't vary several sources, or has no metric.</returns>
    public static GroupVariance? Of(
        GroupRecord group, IReadOnlyList<RunWithMetrics> runs, MetricSpec? metric = null, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(runs);
        if (group.Spec.Variation is not { } variation || (metric ?? group.Spec.Metric) is not { } chosen) return null;
        var values = runs.ToDictionary(run => run.Run.Repeat, run => RunValue.Of(run, chosen.Name).Value);
        var blocks = runs.Select(run => variation.BlockOf(run.Run.Repeat)).Distinct().Order().Select(block =>
        {
            var first = block * variation.BlockSize + 1;
            return new VarianceBlock(
                values.GetValueOrDefault(first),
                [.. variation.Sources.Select((_, i) => values.GetValueOrDefault(first + 1 + i))]);
        });
        var hardware = variation.Sources.Select((source, i) => (source.Name, Index: (int?)i))
            .FirstOrDefault(source => source.Name == Variation.Hardware).Index;
        return new(
            chosen, variation,
            VarianceComponents.Of([.. variation.Sources.Select(source => source.Name)], [.. blocks], hardware, confidence),
            runs.Count, values.Values.Count(value => value is null))
        {
            FarOutValues = FarOut.Find([.. values.Values.OfType<double>()]).Count(isFar => isFar),
        };
    }

    /// <summary>The runs that are a plain sample, which means and intervals are about.</summary>
    /// <param name="group">The group.</param>
    /// <param name="runs">All its runs.</param>
    /// <returns>All runs; of a group that varies several sources, its base runs.</returns>
    public static IReadOnlyList<RunWithMetrics> SampleOf(GroupRecord group, IReadOnlyList<RunWithMetrics> runs)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.Spec.Variation is { } variation ? [.. runs.Where(run => variation.SourceOf(run.Run.Repeat) is null)] : runs;
    }
}
