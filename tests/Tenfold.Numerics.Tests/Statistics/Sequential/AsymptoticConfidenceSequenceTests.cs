using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Numerics.Tests.Statistics.Sequential;

public sealed class AsymptoticConfidenceSequenceTests
{
    [Fact]
    public void Radii_and_p_values_agree_with_the_definition()
    {
        foreach (var one in SciPyReference.SequentialCases("sequences"))
        {
            var sequence = new AsymptoticConfidenceSequence(one.Number("alpha"), one.Number("tightest"));
            sequence.Radius(one.Number("error"), one.Number("n")).ShouldMatch(one.Number("radius"));
            sequence.PValue(one.Number("z"), one.Number("n")).ShouldMatch(one.Number("p"));
        }
    }

    [Theory]
    [InlineData(0.05, 40)]
    [InlineData(0.05, 5000)]
    [InlineData(0.01, 1e6)]
    public void The_interval_excludes_zero_exactly_when_p_is_at_most_alpha(double alpha, double n)
    {
        var sequence = new AsymptoticConfidenceSequence(alpha);
        var z = sequence.Radius(1, n);
        sequence.PValue(z, n).ShouldBe(alpha, 1e-12);
        sequence.PValue(z * 0.999, n).ShouldBeGreaterThan(alpha);
    }

    [Fact]
    public void The_interval_is_tightest_where_it_should_be()
    {
        double At(double tightest) => new AsymptoticConfidenceSequence(0.05, tightest).Radius(1, 2000);
        At(2000).ShouldBeLessThan(At(500));
        At(2000).ShouldBeLessThan(At(8000));
    }

    [Theory]
    [InlineData(0, 5000)]
    [InlineData(0.5, 5000)]
    [InlineData(double.NaN, 5000)]
    [InlineData(0.05, 0)]
    [InlineData(0.05, double.PositiveInfinity)]
    public void Wrong_arguments_are_rejected(double alpha, double tightest) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new AsymptoticConfidenceSequence(alpha, tightest));
}
