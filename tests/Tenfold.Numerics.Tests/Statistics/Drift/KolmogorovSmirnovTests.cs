using Tenfold.Numerics.Statistics.Drift;

namespace Tenfold.Numerics.Tests.Statistics.Drift;

public sealed class KolmogorovSmirnovTests
{
    [Fact]
    public void Small_samples_match_the_exact_test_of_SciPy()
    {
        foreach (var one in SciPyReference.SequentialCases("smirnov"))
        {
            var test = KolmogorovSmirnov.Of(one.Numbers("x"), one.Numbers("y"));
            test.Distance.ShouldMatch(one.Number("distance"));
            test.PValue.ShouldMatch(one.Number("p"));
            test.IsExact.ShouldBeTrue();
        }
    }

    [Fact]
    public void The_limit_matches_SciPy()
    {
        foreach (var one in SciPyReference.SequentialCases("kolmogorov"))
            KolmogorovSmirnov.Limit(one.Number("x")).ShouldMatch(one.Number("p"), 1e-6);
    }

    [Fact]
    public void Large_samples_use_the_limit()
    {
        double[] Spaced(int n, double shift) => [.. Enumerable.Range(0, n).Select(i => (i + 0.5) / n + shift)];
        var test = KolmogorovSmirnov.Of(Spaced(10_000, 0), Spaced(2000, 0.03));
        test.IsExact.ShouldBeFalse();
        test.Distance.ShouldBe(0.03, 1e-3);
        test.PValue.ShouldBe(KolmogorovSmirnov.Limit(test.Distance * Math.Sqrt(10_000 * 2000 / 12_000.0)), 1e-12);
    }

    [Fact]
    public void Equal_samples_have_no_distance()
    {
        var test = KolmogorovSmirnov.Of([1, 2, 2, 3], [2, 1, 3, 2]);
        test.Distance.ShouldBe(0);
        test.PValue.ShouldBe(1);
    }

    [Fact]
    public void The_place_of_the_distance_is_a_value()
    {
        var test = KolmogorovSmirnov.Of([1, 2, 3, 4], [3, 4, 5, 6]);
        test.Distance.ShouldBe(0.5);
        test.At.ShouldBe(2);
    }

    [Fact]
    public void Wrong_samples_are_rejected()
    {
        Should.Throw<ArgumentException>(() => KolmogorovSmirnov.Of([], [1]));
        Should.Throw<ArgumentException>(() => KolmogorovSmirnov.Of([1], [double.NaN]));
    }
}
