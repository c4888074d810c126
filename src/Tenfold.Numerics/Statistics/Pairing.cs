namespace Tenfold.Numerics.Statistics;

/// <summary>The values of two sides, paired by seed. The arrays have equal lengths.</summary>
internal sealed record Pairing(double[] Candidate, double[] Baseline)
{
    /// <summary>
    /// Pairs the values, ordered by seed. Null when the seeds don't match by the rule of <see cref="Comparison.Between"/>.
    /// </summary>
    public static Pairing? Find(IReadOnlyList<SeedValue> candidate, IReadOnlyList<SeedValue> baseline)
    {
        if (!HasDistinctSeeds(candidate) || !HasDistinctSeeds(baseline)) return null;
        var pairs = candidate.Where(repeat => repeat.HasValue)
            .Join(
                baseline.Where(repeat => repeat.HasValue),
                repeat => repeat.Seed,
                repeat => repeat.Seed,
                (repeat, partner) => (Candidate: repeat, Baseline: partner))
            .OrderBy(pair => pair.Candidate.Seed)
            .ToArray();
        if (pairs.Length < 2) return null;

        var order = candidate.Count(repeat => repeat.HasValue).CompareTo(baseline.Count(repeat => repeat.HasValue));
        var match = (order <= 0 && AllSeedsRanOn(candidate, baseline)) || (order >= 0 && AllSeedsRanOn(baseline, candidate));
        if (!match) return null;
        return new([.. pairs.Select(pair => pair.Candidate.Value!.Value)], [.. pairs.Select(pair => pair.Baseline.Value!.Value)]);
    }

    private static bool HasDistinctSeeds(IReadOnlyList<SeedValue> side) => side.DistinctBy(repeat => repeat.Seed).Count() == side.Count;

    private static bool AllSeedsRanOn(IReadOnlyList<SeedValue> side, IReadOnlyList<SeedValue> other)
    {
        var seeds = other.Select(repeat => repeat.Seed).ToHashSet();
        return side.Where(repeat => repeat.HasValue).All(repeat => seeds.Contains(repeat.Seed));
    }
}
