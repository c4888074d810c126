using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tests.Tuning.Model;

public sealed class Few_candidates_need_a_value
{
    [Fact]
    public void A_bound_has_the_exact_mean_and_no_smaller_variance()
    {
        var (process, _) = Samples.Posterior(Spaces.Cube(4), 200, 0.01);
        var points = Samples.Points(process.Embedding.Space, 101, 9);
        var (means, variances) = (new double[points.Count], new double[points.Count]);
        var (boundMeans, bounds) = (new double[points.Count], new double[points.Count]);
        process.Predict(points, means, variances);
        Assert.True(process.Bound(points, boundMeans, bounds));
        Assert.Equal(means, boundMeans);
        for (var i = 0; i < bounds.Length; i++) Assert.True(bounds[i] >= variances[i]);
        Assert.Contains(bounds.Zip(variances), pair => pair.First > 1.5 * pair.Second);
    }

    [Fact]
    public void With_few_rows_there_is_no_bound()
    {
        var (process, _) = Samples.Posterior(Spaces.Cube(4), 60, 0.01);
        Assert.False(process.Bound([process.Rows[0].Point], new double[1], new double[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_best_points_are_found_with_few_values(bool isWeighted)
    {
        var (process, values) = Samples.Posterior(Spaces.Cube(4), 300, 1e-4);
        IAcquisition acquisition = new LogExpectedImprovement(process, values.Max());
        if (isWeighted)
        {
            var scale = ValueTransform.Of([.. process.Rows.Select((row, i) => row with { Value = row.Point[0] < 0.3 ? -1 : 1 })])!;
            double[] labels = [.. process.Rows.Select(row => scale.Apply(row.Point[0] < 0.3 ? -1 : 1))];
            var model = GaussianProcess.Of(process.Embedding, process.Parameters, process.Rows, labels);
            acquisition = new SuccessWeighted(acquisition, new SuccessModel(model, scale));
        }

        var points = Samples.Points(process.Embedding.Space, 2000, 9);
        var all = acquisition.Evaluate(points);
        var order = Enumerable.Range(0, points.Count).OrderByDescending(i => all[i]).Select(i => points[i]).ToList();
        var counting = new Counting(acquisition);
        var sorted = new BestFirst(counting, points);
        Assert.Equal(order.Take(10), sorted.Take(10));
        Assert.InRange(counting.Values, 10, 500);
        Assert.Equal(order, sorted);
        Assert.Equal(points.Count, counting.Values);
    }

    [Fact]
    public void Bounds_do_not_change_what_is_found()
    {
        var (process, values) = Samples.Posterior(Spaces.Cube(4), 300, 1e-4);
        var acquisition = new LogExpectedImprovement(process, values.Max());
        var near = process.Rows.Take(3).Select(row => row.Point).ToList();
        var (with, without) = (Find(acquisition), Find(new Counting(acquisition) { IsBounded = false }));
        Assert.Equal(without, with);

        double[]? Find(IAcquisition one) => new AcquisitionMaximizer(process.Embedding.Space, new SplitMix64(3))
            .Maximise(one, process.Embedding, near, _ => false);
    }

    /// <summary>Counts the values that were computed for many points at once.</summary>
    private sealed class Counting(IAcquisition acquisition) : IAcquisition
    {
        public int Values { get; private set; }

        public bool IsBounded { get; init; } = true;

        public double[] Evaluate(IReadOnlyList<double[]> points)
        {
            Values += points.Count;
            return acquisition.Evaluate(points);
        }

        public double[]? Bounds(IReadOnlyList<double[]> points) => IsBounded ? acquisition.Bounds(points) : null;

        public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient) => acquisition.Evaluate(point, gradient);
    }
}
