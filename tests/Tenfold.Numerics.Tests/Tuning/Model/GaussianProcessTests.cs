using MathNet.Numerics.LinearAlgebra;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tests.Tuning.Model;

public sealed class GaussianProcessTests
{
    [Theory]
    [InlineData(1, 1e-6)]
    [InlineData(7, 0.05)]
    [InlineData(60, 0.05)]
    [InlineData(60, 1e-6)]
    public void The_posterior_matches_the_closed_form(int count, double noise)
    {
        var (process, values) = Samples.Posterior(Spaces.Cube(3), count, noise);
        var parameters = process.Parameters;
        double[][] points = [.. process.Rows.Select(row => row.Point)];
        var covariance = Matrix<double>.Build.Dense(count, count, (i, j) =>
            Samples.Kernel(parameters, points[i], points[j])
            + (i == j ? (noise / process.Rows[i].Count) + (1e-10 * parameters.Variance) : 0));
        var inverse = covariance.Inverse();
        var (y, ones) = (Vector<double>.Build.Dense(values), Vector<double>.Build.Dense(count, 1));
        var mean = (ones * inverse * y) / (1 + (ones * inverse * ones)); // the prior of the constant mean is standard normal
        var queries = Samples.Points(process.Embedding.Space, 20, 9);
        var (means, variances) = (new double[20], new double[20]);
        process.Predict(queries, means, variances);
        for (var q = 0; q < 20; q++)
        {
            var k = Vector<double>.Build.Dense(count, i => Samples.Kernel(parameters, queries[q], points[i]));
            var (predicted, variance) = process.Predict(queries[q]);
            Assert.Equal(mean + (k * inverse * (y - (mean * ones))), predicted, 1e-7);
            Assert.Equal(parameters.Variance - (k * inverse * k), variance, 1e-7);
            Assert.Equal(predicted, means[q], 1e-9);
            Assert.Equal(variance, variances[q], 1e-9);
            Assert.Equal(predicted, process.MeanAt(queries[q]), 1e-9);
        }

        var rows = process.MeansOfRows(values);
        for (var i = 0; i < count; i++) Assert.Equal(process.MeanAt(points[i]), rows[i], 1e-7);
    }

    [Fact]
    public void A_believer_reduces_the_variance_and_keeps_the_mean()
    {
        var (process, _) = Samples.Posterior(Spaces.Cube(3), 20, 0.01);
        var points = Samples.Points(process.Embedding.Space, 3, 77);
        var believing = process.WithBelievers(points);
        foreach (var query in Samples.Points(process.Embedding.Space, 20, 9))
        {
            var (before, after) = (process.Predict(query), believing.Predict(query));
            Assert.Equal(before.Mean, after.Mean, 1e-10);
            Assert.True(after.Variance < before.Variance + 1e-12);
        }

        Assert.InRange(believing.Predict(points[0]).Variance, 0, 0.01);
    }

    [Fact]
    public void Reusing_an_earlier_factor_does_not_change_the_posterior()
    {
        var (whole, values) = Samples.Posterior(Spaces.Cube(4), 50, 1e-4);
        var earlier = GaussianProcess.Of(whole.Embedding, whole.Parameters, [.. whole.Rows.Take(30), whole.Rows[45]], values[..31]);
        var grown = GaussianProcess.Of(whole.Embedding, whole.Parameters, whole.Rows, values, earlier);
        foreach (var query in Samples.Points(whole.Embedding.Space, 20, 9)) Assert.Equal(whole.Predict(query), grown.Predict(query));
    }

    [Fact]
    public void Nearly_equal_points_without_noise_give_finite_results()
    {
        var embedding = new Embedding(Spaces.Cube(2));
        List<ModelRow> rows = [];
        for (var i = 0; i < 60; i++)
        {
            double[] point = [0.3 + (1e-9 * i), 0.6];
            rows.Add(new ModelRow(point, embedding.Embed(point), i % 7, 1));
        }

        double[] values = [.. rows.Select(row => row.Value)];
        var process = GaussianProcess.Of(embedding, new HyperParameters([1, 1], 1, 1e-8), rows, values);
        var (mean, variance) = process.Predict([0.3, 0.6]);
        Assert.InRange(mean, -10, 10);
        Assert.InRange(variance, 1e-14, 1);
    }
}
