using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Model;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning.Model;

/// <summary>Compares analytic gradients with central differences, whose relative error is about 1e-6 here.</summary>
public sealed class Gradients_agree_with_differences
{
    private const double Step = 1e-5;

    [Theory]
    [InlineData(-1)]
    [InlineData(-7)]
    public void The_gradient_of_the_marginal_likelihood_is_correct(double logNoise)
    {
        var embedding = new Embedding(new SearchSpace(Spaces.Conditional()));
        List<ModelRow> rows = [.. Samples.Points(embedding.Space, 30, 5).Select(Row)];
        var likelihood = new MarginalLikelihood(embedding, rows, [.. rows.Select(row => row.Value)]);
        double[] at = [.. Enumerable.Range(0, embedding.Axes).Select(axis => -1 + (0.3 * axis)), 0.4, logNoise];
        var (gradient, ignored) = (new double[at.Length], new double[at.Length]);
        likelihood.Evaluate(at, gradient);
        for (var i = 0; i < at.Length; i++)
        {
            var rise = likelihood.Evaluate(Moved(at, i, Step), ignored) - likelihood.Evaluate(Moved(at, i, -Step), ignored);
            var expected = rise / (2 * Step);
            Assert.Equal(expected, gradient[i], 1e-5 * (1 + Math.Abs(expected)));
        }

        ModelRow Row(double[] point, int i) =>
            new(point, embedding.Embed(point), Math.Sin(9 * point[0]) + point[1], 1 + (i % 3), 0.02 * (i % 4));
    }

    [Theory]
    [InlineData(0.05, 1.0)]
    [InlineData(0.05, 30.0)] // improbable by hundreds of orders of magnitude
    [InlineData(1e-4, 1.0)]
    public void The_gradient_of_the_log_expected_improvement_is_correct(double noise, double best)
    {
        var (process, _) = Samples.Posterior(Spaces.Cube(3), 15, noise);
        Check(new LogExpectedImprovement(process, best), process.Embedding);
    }

    [Theory]
    [InlineData(1e-6, false)]
    [InlineData(0.3, false)]
    [InlineData(0.3, true)]
    public void The_gradient_of_the_probability_of_success_is_correct(double noise, bool isCautious)
    {
        var (process, values) = Samples.Posterior(Spaces.Cube(3), 15, noise);
        var scale = ValueTransform.Of([.. process.Rows.Select((row, i) => row with { Value = i % 3 == 0 ? -1 : 1 })])!;
        var labels = GaussianProcess.Of(
            process.Embedding, process.Parameters, process.Rows, [.. values.Select((_, i) => scale.Apply(i % 3 == 0 ? -1 : 1))]);
        var draw = new PathwiseDraw(process, values, new SplitMix64(8));
        Check(new SuccessWeighted(draw, new SuccessModel(labels, scale), isCautious), process.Embedding);
    }

    [Fact]
    public void The_gradient_of_an_improvement_by_duration_is_correct()
    {
        var (process, values) = Samples.Posterior(Spaces.Cube(3), 15, 0.05);
        var scale = ValueTransform.Of(process.Rows)!;
        var durations = GaussianProcess.Of(process.Embedding, process.Parameters, process.Rows, [.. values.Select(scale.Apply)]);
        var improvement = new LogExpectedImprovement(process, 1);
        Check(new DurationWeighted(improvement, new DurationModel(durations, scale), 0.7), process.Embedding);
    }

    // Reference: scipy.special.log_ndtr, SciPy 1.10.
    [Theory]
    [InlineData(0, -0.6931471805599453)]
    [InlineData(2, -0.023012909328963486)]
    [InlineData(-5, -15.064998393988727)]
    [InlineData(-29.9, -451.3229124585287)]
    [InlineData(-40, -804.6084420137538)]
    public void The_logarithm_of_the_normal_distribution_is_correct(double z, double expected)
    {
        Assert.Equal(expected, SuccessModel.LogNormal(z).Value, 1e-6 * (1 + Math.Abs(expected)));
        var rise = SuccessModel.LogNormal(z + Step).Value - SuccessModel.LogNormal(z - Step).Value;
        Assert.Equal(rise / (2 * Step), SuccessModel.LogNormal(z).Slope, 1e-3 * (1 + Math.Abs(z)));
    }

    [Fact]
    public void The_gradient_of_a_draw_is_correct()
    {
        var (process, values) = Samples.Posterior(Spaces.Cube(3), 15, 0.01);
        Check(new PathwiseDraw(process, values, new SplitMix64(8)), process.Embedding);
    }

    [Fact]
    public void The_gradient_along_a_conditional_axis_is_correct()
    {
        var (process, values) = Samples.Posterior(new SearchSpace(Spaces.Conditional()), 15, 0.01);
        Check(new PathwiseDraw(process, values, new SplitMix64(8)), process.Embedding);
    }

    [Theory]
    [InlineData(-2.999999, -3.000001)]
    [InlineData(-1e3, -1e3)]
    [InlineData(-1e7, -1e7)]
    [InlineData(5, 5)]
    public void The_logarithm_of_h_is_continuous(double here, double there)
    {
        // h(z) → φ(z)/z²·(1 − 3/z²) far below; h(z) → z far above.
        var (value, slope) = LogExpectedImprovement.LogH(here);
        var (other, otherSlope) = LogExpectedImprovement.LogH(there);
        Assert.Equal(value + ((there - here) * slope), other, 1e-9 * Math.Abs(value));
        Assert.Equal(slope, otherSlope, 1e-5 * Math.Abs(slope));
        if (here < -100)
        {
            var far = (-0.5 * here * here) - (0.5 * Math.Log(2 * Math.PI)) - (2 * Math.Log(-here)) + Math.Log(1 - (3 / (here * here)));
            Assert.Equal(far, value, 1e-9 * Math.Abs(far));
        }

        if (here > 0) Assert.Equal(Math.Log(here), value, 1e-6);
    }

    private static void Check(IAcquisition acquisition, Embedding embedding)
    {
        var (space, components) = (embedding.Space, new double[embedding.Size]);
        var checks = 0;
        foreach (var point in Samples.Points(space, 10, 31))
        {
            var value = acquisition.Evaluate(point, components);
            Assert.Equal(acquisition.Evaluate([point])[0], value, 1e-7 * (1 + Math.Abs(value)));
            for (var axis = 0; axis < point.Length; axis++)
            {
                if (space.Axes[axis].Kind != AxisKind.Continuous || !space.IsActive(point, axis)) continue;
                var found = embedding.Derivative(point, axis, components);
                var values = acquisition.Evaluate([Moved(point, axis, Step), Moved(point, axis, -Step)]);
                var expected = (values[0] - values[1]) / (2 * Step);
                Assert.Equal(expected, found, 1e-4 * (1 + Math.Abs(expected)));
                checks++;
            }
        }

        Assert.True(checks > 0);
    }

    private static double[] Moved(double[] point, int axis, double by)
    {
        var moved = point.ToArray();
        moved[axis] += by;
        return moved;
    }
}
