using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Numerics.Tests.Statistics.Sequential;

public sealed class UnitMomentsTests
{
    [Fact]
    public void Moments_match_SciPy()
    {
        foreach (var one in SciPyReference.SequentialCases("moments"))
        {
            var values = one.Numbers("values");
            ShouldHave(UnitMoments.Of(values), one.Number("mean"), one.Number("variance"), one.Number("skewness"));
            for (var cut = 0; cut <= values.Length; cut += Math.Max(1, values.Length / 5))
            {
                var joined = UnitMoments.Of(values[..cut]).Join(UnitMoments.Of(values[cut..]));
                ShouldHave(joined, one.Number("mean"), one.Number("variance"), one.Number("skewness"));
            }
        }
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1000, 7)]
    [InlineData(12, 12)]
    [InlineData(0, 0)]
    public void Counts_of_events_have_the_moments_of_their_zeros_and_ones(int count, int ones)
    {
        var expected = UnitMoments.Of([.. Enumerable.Repeat(1.0, ones), .. Enumerable.Repeat(0.0, count - ones)]);
        var actual = UnitMoments.OfEvents(count, ones);
        actual.Count.ShouldBe(count);
        ShouldHave(actual, expected.Mean, expected.Variance, Math.Sqrt(expected.SkewnessSquared));
    }

    private static void ShouldHave(UnitMoments moments, double mean, double variance, double skewness)
    {
        moments.Mean.ShouldMatch(mean, 1e-3);
        moments.Variance.ShouldMatch(variance, 1e-3);
        moments.SkewnessSquared.ShouldBe(skewness * skewness, 1e-7 * Math.Max(1, skewness * skewness));
    }
}
