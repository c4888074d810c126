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
    public void The_smallest_detectable_difference_matches_SciPy()
    {
        foreach (var one in SciPyReference.Cases("smallest"))
        {
            var errors = one.Number("errors");
            Power.DetectableErrors(one.Number("power"), one.Number("df"), one.Number("alpha")).ShouldBe(errors, 1e-6 * errors);
        }
    }

    [Fact]
    public void With_many_degrees_of_freedom_the_spread_is_known()
    {
        foreach (var alpha in new[] { 0.01, 0.05, 0.5 })
        {
            foreach (var power in new[] { 0.51, 0.8, 0.99, 0.9999 })
                Power.Of(Power.DetectableErrors(power, 1e7, alpha), 1e7, alpha).ShouldBe(power, 1e-6);
        }
    }

    [Fact]
    public void Extreme_arguments_give_finite_results()
    {
        Power.Of(3, 1_999_998, 0.05).ShouldBe(0.8508, 0.0005);
        Power.DetectableErrors(0.8, 1, 1e-3).ShouldBeInRange(1000, 3000);
        NoncentralStudentDistribution.Cdf(1e200, 3, 5).ShouldBe(1, 1e-12);
        NoncentralStudentDistribution.Cdf(-1e200, 3, 5).ShouldBe(0, 1e-12);
        StudentDistribution.TwoSidedPValue(1e15, 9).ShouldBeInRange(0, 1e-100);
    }
}
