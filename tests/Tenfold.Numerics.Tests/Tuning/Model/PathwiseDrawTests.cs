using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Model;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning.Model;

public sealed class PathwiseDrawTests
{
    private const int Draws = 2000;

    // The mean of N draws has standard error √(v/N), and a covariance has √((vᵢvⱼ + cᵢⱼ²)/N). Random features add 1/512 of that, because
    // each draw has its own. With a correct sampler, the largest deviation of 50 means and 1,275 covariances exceeds 5 standard errors for
    // one in 1,300 seeds. The seed is fixed.
    private const double Errors = 5;

    [Theory]
    [InlineData(0.05)]
    [InlineData(1e-6)]
    public void Draws_have_the_mean_and_covariance_of_the_posterior(double noise)
    {
        var (process, values) = Samples.Posterior(Spaces.Cube(3), 12, noise);
        var points = Samples.Points(process.Embedding.Space, 50, 21);
        var random = new SplitMix64(4);
        double[][] draws = [.. Enumerable.Range(0, Draws).Select(_ => new PathwiseDraw(process, values, random).Evaluate(points))];

        var means = points.Select(point => process.Predict(point).Mean).ToArray();
        double[][] solved = [.. points.Select(Solved)];
        for (var i = 0; i < points.Count; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var expected = Covariance(i, j);
                var found = draws.Average(draw => (draw[i] - means[i]) * (draw[j] - means[j]));
                var error = Math.Sqrt(((Covariance(i, i) * Covariance(j, j)) + (expected * expected)) / Draws);
                Assert.True(
                    Math.Abs(found - expected) < (Errors * error) + 1e-8, $"covariance of {i} and {j}: {found}, not {expected} ± {error}");
            }

            var off = draws.Average(draw => draw[i]) - means[i];
            Assert.True(Math.Abs(off) < (Errors * Math.Sqrt(Covariance(i, i) / Draws)) + 1e-5, $"mean of {i} is off by {off}");
        }

        double Covariance(int i, int j) =>
            Samples.Kernel(process.Parameters, points[i], points[j]) - VectorKernels.Dot(solved[i], solved[j]);

        double[] Solved(double[] point)
        {
            double[] kernel = [.. process.Rows.Select(row => Samples.Kernel(process.Parameters, row.Point, point))];
            process.Factor.SolveLower(kernel);
            return kernel;
        }
    }

    [Fact]
    public void Prior_features_have_the_covariance_of_the_kernel()
    {
        var space = new SearchSpace(Spaces.Conditional());
        var (process, values) = Samples.Posterior(space, 1, 0.1);
        var points = Samples.Points(space, 12, 3);
        var random = new SplitMix64(6);
        var vectors = points.Select(point => process.ScaledVector(point)).ToArray();
        double[][] draws = [.. Enumerable.Range(0, Draws).Select(_ => new PathwiseDraw(process, values, random)).Select(Priors)];
        var (embedding, parameters) = (process.Embedding, process.Parameters);
        var scaled = new ScaledRows(
            [.. points.Select(point => embedding.Embed(point))], parameters.InverseLengths(embedding), parameters.Variance);
        var kernel = new double[scaled.Stride];
        for (var i = 0; i < points.Count; i++)
        {
            scaled.Kernel(vectors[i], kernel);
            for (var j = 0; j < points.Count; j++)
            {
                var error = Math.Sqrt(((kernel[i] * kernel[i]) + (kernel[j] * kernel[j])) / Draws);
                Assert.Equal(kernel[j], draws.Average(draw => draw[i] * draw[j]), Errors * error);
            }
        }

        double[] Priors(PathwiseDraw draw) => [.. vectors.Select(vector => draw.Prior(vector))];
    }
}
