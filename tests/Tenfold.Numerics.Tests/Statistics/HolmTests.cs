using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class HolmTests
{
    [Fact]
    public void Adjusted_p_values_agree_with_the_definition()
    {
        foreach (var one in SciPyReference.Cases("holm"))
        {
            var adjusted = Holm.Adjust(one.Numbers("p"));
            foreach (var (actual, expected) in adjusted.Zip(one.Numbers("adjusted"))) actual.ShouldMatch(expected);
        }
    }

    [Fact]
    public void A_later_p_value_is_never_adjusted_below_an_earlier_one() =>
        Holm.Adjust([0.03, 0.02, 0.01]).ShouldBe([0.04, 0.04, 0.03], 1e-15);

    [Fact]
    public void No_p_values_give_no_adjusted_p_values() => Holm.Adjust([]).ShouldBeEmpty();

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Invalid_p_values_are_rejected(double p) => Should.Throw<ArgumentException>(() => Holm.Adjust([0.5, p]));

    [Fact]
    public void Levels_after_the_first_failure_are_those_of_the_failure() =>
        // 0.001 passes 0.05 / 3; 0.03 fails 0.05 / 2, and 0.04 has the same level.
        Holm.Levels([0.04, 0.001, 0.03], 0.05).ShouldBe([0.025, 0.05 / 3, 0.025], 1e-15);
}
