using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class Distributions_agree_with_SciPy
{
    [Fact]
    public void Student_quantiles_and_p_values_match_SciPy()
    {
        foreach (var one in SciPyReference.Cases("student"))
        {
            StudentDistribution.TwoSidedQuantile(one.Number("alpha"), one.Number("df")).ShouldMatch(one.Number("quantile"));
            StudentDistribution.TwoSidedPValue(one.Number("t"), one.Number("df")).ShouldMatch(one.Number("p"));
        }
    }

    [Fact]
    public void The_noncentral_t_distribution_matches_SciPy()
    {
        foreach (var one in SciPyReference.Cases("noncentral"))
            NoncentralStudentDistribution.Cdf(one.Number("t"), one.Number("df"), one.Number("nc")).ShouldMatch(one.Number("cdf"));
    }

    [Fact]
    public void Noncentral_t_with_zero_noncentrality_is_Student_t()
    {
        foreach (var one in SciPyReference.Cases("student"))
            (2 * NoncentralStudentDistribution.Cdf(-one.Number("t"), one.Number("df"), 0)).ShouldMatch(one.Number("p"), 1e-9);
    }

    [Fact]
    public void The_noncentrality_for_a_power_matches_SciPy()
    {
        foreach (var one in SciPyReference.Cases("smallest"))
        {
            Power.Noncentrality(one.Number("power"), one.Number("df"), one.Number("alpha")).ShouldMatch(one.Number("nc"));
            Power.Of(one.Number("nc"), one.Number("df"), one.Number("alpha")).ShouldMatch(one.Number("power"));
        }
    }

    [Fact]
    public void The_noncentrality_gives_the_requested_power()
    {
        foreach (var degreesOfFreedom in new[] { 1, 1.2, 2, 3.3, 9, 42, 1000, 1e6 })
        {
            foreach (var alpha in new[] { 0.01, 0.05, 0.5 })
            {
                foreach (var power in new[] { 0.51, 0.8, 0.99, 0.9999 })
                    Power.Of(Power.Noncentrality(power, degreesOfFreedom, alpha), degreesOfFreedom, alpha).ShouldBe(power, 1e-10);
            }
        }

        Power.Of(Power.Noncentrality(0.11, 9, 0.1), 9, 0.1).ShouldBe(0.11, 1e-10);
    }

    [Fact]
    public void Extreme_arguments_give_finite_results()
    {
        Power.Of(3, 1_999_998, 0.05).ShouldBe(0.8508, 0.0005);
        Power.Noncentrality(0.8, 1, 1e-3).ShouldBeInRange(600, 1000);
        NoncentralStudentDistribution.Cdf(1e200, 3, 5).ShouldBe(1, 1e-12);
        NoncentralStudentDistribution.Cdf(-1e200, 3, 5).ShouldBe(0, 1e-12);
        StudentDistribution.TwoSidedPValue(1e15, 9).ShouldBeInRange(0, 1e-100);
    }
}
