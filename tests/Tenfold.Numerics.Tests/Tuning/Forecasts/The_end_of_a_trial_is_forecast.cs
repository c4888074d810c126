using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tests.Tuning.Model;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Forecasts;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning.Forecasts;

public sealed class The_end_of_a_trial_is_forecast
{
    private static readonly SearchSpace Space = new(new OrderedDictionary<string, SearchDimension>
    {
        ["x"] = new RangeDimension { Min = 0, Max = 1, Whole = false },
        ["y"] = new RangeDimension { Min = 0, Max = 1, Whole = false },
    });

    [Fact]
    public void The_end_is_known_exactly_where_all_curves_have_one_shape()
    {
        var (observations, early) = Trials(12, (_, end) => (2 * end) - 7);
        var (mean, variance) = FinalForecast.Of(Space, observations, early)!.Predict([0.3, 0.3], 3, (2 * -0.4) - 7)!.Value;
        Assert.Equal(-0.4, mean, 1e-9);
        Assert.InRange(variance, 0, 1e-12);
    }

    [Fact]
    public void The_forecast_allows_for_a_parameter_that_slows_learning()
    {
        // The early value alone says little about the end: the first parameter moves it by three times the spread of the ends.
        double early(double[] point, double end) => end - (3 * point[0]);
        var (observations, values) = Trials(30, early);
        var forecast = FinalForecast.Of(Space, observations, values)!;
        foreach (var point in Points(20, seed: 9))
        {
            var end = End(point);
            var (mean, variance) = forecast.Predict(point, 3, early(point, end))!.Value;
            Assert.InRange(mean - end, -0.1, 0.1);
            Assert.InRange(variance, 0, 0.02);
        }
    }

    [Fact]
    public void No_trial_is_hopeless_where_nothing_tells_the_end()
    {
        var random = new SplitMix64(5);
        var (trials, values) = Trials(12, (_, _) => random.NextDouble());
        List<Observation> observations = [.. trials.Select(trial => trial with { Value = random.NextDouble() })];
        var forecast = FinalForecast.Of(Space, observations, values)!;
        Assert.All(Points(20, seed: 9), point => Assert.InRange(forecast.ChanceToLead(forecast.Predict(point, 3, 0)!.Value, []), 0.002, 1));
    }

    [Fact]
    public void A_rival_that_is_surely_better_takes_the_chance()
    {
        var (observations, early) = Trials(12, (_, end) => end);
        var forecast = FinalForecast.Of(Space, observations, early)!;
        var own = (0.5, 0.01);
        Assert.InRange(forecast.ChanceToLead(own, []), 0.99, 1);
        Assert.InRange(forecast.ChanceToLead(own, [(0.5, 0.01)]), 0.49, 0.51);
        Assert.InRange(forecast.ChanceToLead(own, [(0.4, 0.01), (1.5, 0.01)]), 0, 1e-4);
    }

    [Fact]
    public void Too_few_trials_or_equal_ends_give_no_forecast()
    {
        var (observations, early) = Trials(4, (_, end) => end);
        Assert.Null(FinalForecast.Of(Space, observations, early));
        (observations, early) = Trials(12, (_, end) => end);
        Assert.Null(FinalForecast.Of(Space, [.. observations.Select(one => one with { Value = 1 })], early));
        Assert.Null(FinalForecast.Of(Space, observations, early)!.Predict([0.3, 0.3], 9, 0));
        Assert.Null(FinalForecast.Of(Space, observations, early)!.Predict([0.3, 0.3], 3, double.NaN));
    }

    [Fact]
    public void Pruned_trials_become_observations_with_a_variance()
    {
        var (observations, early) = Trials(12, (point, end) => end - point[0]);
        double[] pruned = [0.9, 0.1], unseen = [0.8, 0.2];
        var history = new TuningHistory
        {
            Space = Space,
            Observations = observations,
            Early = [.. early, new EarlyValues(13, pruned, [new EarlyValue(3, -1.5)])],
            Pruned = [pruned, unseen],
            Number = 15,
        };
        var applied = new FinalForecasts().Apply(history);
        var forecast = Assert.Single(applied.Observations, one => one.Trial == 13);
        Assert.True(forecast.Variance > 0);
        Assert.Equal([unseen], applied.Pruned);
        Assert.Equal(12, applied.Observations.Count(one => one.Variance == 0));
    }

    [Theory]
    [InlineData(SweepMethod.Auto)]
    [InlineData(SweepMethod.Tpe)]
    public void A_good_region_that_was_pruned_is_not_avoided(SweepMethod method)
    {
        // All trials near the best point were pruned, and their early values show that they would have ended well.
        var (observations, early) = Trials(20, (_, end) => end - 1);
        double[][] near = [.. Points(10, seed: 3).Select(point => Space.Snap([0.28 + (0.04 * point[0]), 0.28 + (0.04 * point[1])]))];
        var history = new TuningHistory
        {
            Space = Space,
            Observations = [.. observations.Where(one => one.Value < -0.05)],
            Early = [.. early, .. near.Select((point, i) => new EarlyValues(21 + i, point, [new EarlyValue(3, End(point) - 1)]))],
            Pruned = near,
            Number = 31,
        };
        var suggested = Enumerable.Range(31, 8)
            .Select(number => SearchMethods.Create(method).Suggest(history with { Number = number })!.Point);
        Assert.InRange(suggested.Count(point => End(point) > -0.05), 4, 8);
    }

    private static double End(double[] point) => -(Math.Pow(point[0] - 0.3, 2) + Math.Pow(point[1] - 0.3, 2));

    private static List<double[]> Points(int count, int seed) => Samples.Points(Space, count, seed);

    private static (List<Observation> Observations, List<EarlyValues> Early) Trials(int count, Func<double[], double, double> early)
    {
        var points = Points(count, seed: 1);
        return (
            [.. points.Select((point, i) => new Observation(i + 1, point, End(point)))],
            [.. points.Select((point, i) => new EarlyValues(i + 1, point, [new EarlyValue(3, early(point, End(point)))]))]);
    }
}
