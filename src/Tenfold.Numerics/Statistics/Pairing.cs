namespace Tenfold.Numerics.Statistics;

/// <summary>The pairs of two sides whose seeds match.</summary>
internal sealed record Pairing(double[] Candidate, double[] Baseline)
{
    /// <summary>The complete pairs, by seed; null when the seeds don't match by the rule of <see cref="Comparison.Between"/>.</summary>
    public static Pairing? Find(IReadOnlyList<SeedValue> candidate, IReadOnlyList<SeedValue> baseline)
    {
        if (!HasDistinctSeeds(candidate) || !HasDistinctSeeds(baseline)) return null;
        var pairs = candidate.Where(one => one.HasValue)
            .Join(baseline.Where(one => one.HasValue), one => one.Seed, one => one.Seed, (one, other) => (Candidate: one, Baseline: other))
            .OrderBy(pair => pair.Candidate.Seed)
            .ToArray();
        if (pairs.Length < 2) return null;

        var order = candidate.Count(one => one.HasValue).CompareTo(baseline.Count(one => one.HasValue));
        var match = (order <= 0 && AllRanOn(candidate, baseline)) || (order >= 0 && AllRanOn(baseline, candidate));
        if (!match) return null;
        return new([.. pairs.Select(pair => pair.Candidate.Value!.Value)], [.. pairs.Select(pair => pair.Baseline.Value!.Value)]);
    }

    private static bool HasDistinctSeeds(IReadOnlyList<SeedValue> side) => side.DistinctBy(one => one.Seed).Count() == side.Count;

    private static bool AllRanOn(IReadOnlyList<SeedValue> side, IReadOnlyList<SeedValue> other)
    {
        var seeds = other.Select(one => one.Seed).ToHashSet();
        return side.Where(one => one.HasValue).All(one => seeds.Contains(one.Seed));
    }
}
