using Tenfold.Numerics.Tests.Tuning.Model;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Numerics.Tests.Tuning;

public sealed class Durations_count_when_they_should
{
    [Theory]
    [InlineData(SweepMethod.Auto)]
    [InlineData(SweepMethod.LogEI)]
    public void Quick_points_are_preferred_where_the_improvement_is_alike(SweepMethod method)
    {
        // The function is a little better at the upper end of the first axis, where trials take a hundred times as long.
        var history = History(
            point => (0.02 * point[0]) - Math.Pow(Math.Abs(point[0] - 0.5) - 0.3, 2) - Math.Pow(point[1] - 0.4, 2),
            point => Math.Pow(100, point[0]));
        Assert.InRange(Lower(method, history), 0, 3);
        Assert.InRange(Lower(method, history with { DurationWeight = 1 }), 7, 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Durations_without_weight_and_equal_durations_change_nothing(double weight)
    {
        var history = History(Samples.Bowl, _ => 60) with { DurationWeight = weight };
        var expected = SearchMethods.Create(SweepMethod.LogEI).Suggest(history with { Durations = [], DurationWeight = 0 })!.Point;
        if (weight == 0) history = history with { Durations = History(Samples.Bowl, point => 1 + point[0]).Durations };
        Assert.Equal(expected, SearchMethods.Create(SweepMethod.LogEI).Suggest(history)!.Point);
    }

    [Fact]
    public void The_order_of_durations_does_not_matter()
    {
        var history = History(Samples.Bowl, point => 1 + point[0]) with { DurationWeight = 0.5 };
        var expected = SearchMethods.Create(SweepMethod.LogEI).Suggest(history)!.Point;
        var method = SearchMethods.Create(SweepMethod.LogEI);
        method.Prepare(history);
        Assert.Equal(expected, method.Suggest(history with { Durations = [.. history.Durations.Reverse()] })!.Point);
    }

    // How many of ten suggestions lie in the lower half of the first axis.
    private static int Lower(SweepMethod method, TuningHistory history) => Enumerable.Range(41, 10)
        .Count(number => SearchMethods.Create(method).Suggest(history with { Number = number, Seed = number })!.Point[0] < 0.5);

    private static TuningHistory History(Func<double[], double> value, Func<double[], double> seconds)
    {
        var space = Spaces.Cube(2);
        // Each point is there with its mirror image, so that no half of the space is known better.
        var points = Samples.Points(space, 12, 1).SelectMany(point => new[] { point, space.Snap([1 - point[0], point[1]]) });
        var trials = points.Select((point, i) => new Observation(i + 1, point, value(point))).ToList();
        return new TuningHistory
        {
            Space = space,
            Observations = trials,
            Durations = [.. trials.Select(trial => new TrialDuration(trial.Trial, trial.Point, seconds(trial.Point)))],
            Number = 41,
        };
    }
}
