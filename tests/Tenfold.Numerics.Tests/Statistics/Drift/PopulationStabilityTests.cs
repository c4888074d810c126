using Tenfold.Numerics.Statistics.Drift;

namespace Tenfold.Numerics.Tests.Statistics.Drift;

public sealed class PopulationStabilityTests
{
    [Fact]
    public void The_tail_of_chi_squared_matches_SciPy()
    {
        foreach (var one in SciPyReference.SequentialCases("chi_squared"))
            PopulationStability.ChiSquaredTail(one.Number("x"), (int)one.Number("df")).ShouldMatch(one.Number("p"));
    }

    [Fact]
    public void The_index_is_that_of_the_shares()
    {
        var stability = PopulationStability.Of([500, 300, 200], [400, 300, 300]);
        double Term(double p, double q) => (p - q) * Math.Log(p / q);
        double Share(int count) => (count + 0.5) / 1001.5;
        stability.Index.ShouldMatch(Term(Share(500), Share(400)) + Term(Share(200), Share(300)));
        stability.Expected.ShouldMatch(2 * 0.002);
        stability.PValue.ShouldBeLessThan(1e-5);
    }

    [Theory]
    [InlineData(new long[] { 100, 0, 0, 0 }, new long[] { 90, 4, 3, 3 }, 2)]
    [InlineData(new long[] { 1, 1, 1, 1 }, new long[] { 1, 1, 1, 1 }, 1)]
    [InlineData(new long[] { 1000, 1 }, new long[] { 10, 0 }, 1)]
    public void Rare_bins_are_joined(long[] reference, long[] window, int bins)
    {
        var stability = PopulationStability.Of(reference, window);
        stability.Bins.ShouldBe(bins);
        double.IsFinite(stability.Index).ShouldBeTrue();
    }

    [Fact]
    public void An_empty_bin_gives_a_finite_index()
    {
        var stability = PopulationStability.Of([500, 500], [1000, 0]);
        stability.Index.ShouldBeInRange(1, 10);
        stability.PValue.ShouldBeLessThan(1e-9);
    }

    [Fact]
    public void One_bin_tests_nothing()
    {
        var stability = PopulationStability.Of([100], [50]);
        stability.PValue.ShouldBe(1);
    }

    [Fact]
    public void Quantile_bins_have_equally_many_values()
    {
        double[] values = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        QuantileBins.Of(values).CountsOf(values).Max().ShouldBeInRange(100, 101);
        QuantileBins.Of([1, 1, 1, 1, 2]).CountsOf([0, 1, 2, 3]).ShouldBe([2, 2]);
        QuantileBins.Of([7, 7]).Count.ShouldBe(1);
    }
}
