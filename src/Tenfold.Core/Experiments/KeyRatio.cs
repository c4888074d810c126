using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Core.Experiments;

/// <summary>How keys were divided between the arms, against how they should have been.</summary>
/// <param name="Keys">Which keys.</param>
/// <param name="Test">The test.</param>
/// <param name="Baseline">The baseline's number of keys.</param>
/// <param name="Candidate">The candidate's number of keys.</param>
/// <param name="Expected">How many of both the candidate should have.</param>
internal sealed record KeyRatio(CountedKeys Keys, SampleRatioTest Test, long Baseline, long Candidate, double Expected)
{
    /// <summary>Tests units, period by period.</summary>
    /// <param name="keys">Which keys they are.</param>
    /// <param name="all">All units of the experiment.</param>
    /// <param name="units">The units to test, in the order in which they came; at least one.</param>
    /// <param name="alpha">The level.</param>
    /// <param name="lookEvery">After how many units the test looks.</param>
    public static KeyRatio Of(
        CountedKeys keys, ExperimentUnits all, IReadOnlyList<ExperimentUnit> units, double alpha, int lookEvery)
    {
        SampleRatioTest? test = null;
        var expected = 0.0;
        foreach (var period in units.GroupBy(unit => unit.Period).OrderBy(period => period.Key))
        {
            var share = all.Shares[period.Key];
            test = test?.ChangeShares([1 - share, share]) ?? new SampleRatioTest([1 - share, share], alpha);
            foreach (var chunk in period.Chunk(Math.Min(lookEvery, units.Count)))
            {
                var candidates = chunk.Count(unit => unit.IsCandidate);
                test = test.Add(chunk.Length - candidates, candidates);
            }

            expected += share * period.Count();
        }

        var candidate = units.Count(unit => unit.IsCandidate);
        return new(keys, test!, units.Count - candidate, candidate, expected);
    }

    /// <summary>The note of a mismatch.</summary>
    public ExperimentNote ToNote() => new ExperimentNote.SampleRatioMismatch(Keys, Baseline, Candidate, Expected, Test.PValue);
}
