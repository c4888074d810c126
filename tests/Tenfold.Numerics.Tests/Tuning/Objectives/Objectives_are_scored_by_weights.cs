using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Objectives;

namespace Tenfold.Numerics.Tests.Tuning.Objectives;

public sealed class Objectives_are_scored_by_weights
{
    private const int Trials = 40;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_weights_of_a_trial_add_up_to_one(int objectives)
    {
        for (var number = 1; number <= 50; number++)
        {
            var weights = Scalarization.Weights(objectives, seed: 3, number);
            weights.Length.ShouldBe(objectives);
            weights.ShouldAllBe(weight => weight >= 0);
            weights.Sum().ShouldBe(1, 1e-12);
            Scalarization.Weights(objectives, seed: 3, number).ShouldBe(weights);
        }
    }

    [Fact]
    public void The_weights_of_the_trials_are_spread_evenly()
    {
        var tenths = Enumerable.Range(1, 100).GroupBy(number => (int)(10 * Scalarization.Weights(2, seed: 5, number)[0])).ToList();
        tenths.Count.ShouldBe(10);
        tenths.ShouldAllBe(tenth => tenth.Count() >= 7 && tenth.Count() <= 13);
    }

    [Fact]
    public void The_middle_of_a_concave_front_wins_under_equal_weights()
    {
        // A weighted sum would prefer an end, whatever the weights.
        var scores = Scalarization.Scores([[1, 0], [0.45, 0.45], [0, 1]], [0.5, 0.5]);
        scores[1].ShouldBeGreaterThan(Math.Max(scores[0], scores[2]));
        Scalarization.Scores([[1, 0], [0.45, 0.45], [0, 1]], [0.9, 0.1])[0].ShouldBe(
            Scalarization.Scores([[1, 0], [0.45, 0.45], [0, 1]], [0.9, 0.1]).Max());
    }

    [Fact]
    public void A_point_on_the_front_beats_each_point_that_it_dominates()
    {
        var random = new Random(1);
        double[][] points =
            [.. Enumerable.Range(0, 60).Select(_ => new[] { random.NextDouble(), random.NextDouble(), random.NextDouble() })];
        for (var number = 1; number <= 30; number++)
        {
            var scores = Scalarization.Scores(points, Scalarization.Weights(3, seed: 0, number));
            for (var i = 0; i < points.Length; i++)
            {
                for (var j = 0; j < points.Length; j++)
                    if (ParetoFront.Dominates(points[i], points[j])) scores[i].ShouldBeGreaterThan(scores[j]);
            }
        }
    }

    [Fact]
    public void Units_and_very_poor_points_do_not_change_the_scores_of_the_front()
    {
        double[][] points = [[1, 0], [0.6, 0.5], [0, 1]];
        var scores = Scalarization.Scores(points, [0.3, 0.7]);
        double[][] scaled = [.. points.Select(point => new[] { 1000 * point[0], (0.001 * point[1]) - 7 }), [-1e9, -1e9]];
        var again = Scalarization.Scores(scaled, [0.3, 0.7]);
        for (var i = 0; i < points.Length; i++) again[i].ShouldBe(scores[i], 1e-9);
    }

    [Fact]
    public void Extreme_and_equal_values_have_finite_scores()
    {
        Scalarization.Scores([[double.MaxValue, 0], [double.MinValue, 1], [0, 1]], [0.5, 0.5]).ShouldAllBe(score => double.IsFinite(score));
        Scalarization.Scores([[2, 3], [2, 3]], [0.5, 0.5]).ShouldBe([0, 0]);
        Scalarization.Scores([[2, 3], [2, 1]], [0.5, 0.5])[1].ShouldBeLessThan(0);
        Scalarization.Scores([], [0.5, 0.5]).ShouldBeEmpty();
    }

    [Fact]
    public void Ranked_scores_prefer_the_front_then_the_front_of_the_rest_and_then_the_weights()
    {
        // The weights prefer the first objective, by which the beaten point 3 is better than point 2 on the front.
        double[][] points = [[1, 0], [0.5, 0.5], [0, 1], [0.9, -0.1], [0.4, 0.4], [0.3, 0.3], [0.2, 0.2], [0.1, 0.1], [0, 0], [0, -1]];
        double[] weights = [0.9, 0.1];
        var (plain, ranked) = (Scalarization.Scores(points, weights), Scalarization.RankedScores(points, weights));
        plain[3].ShouldBeGreaterThan(plain[2]);
        Enumerable.Range(0, 5).OrderByDescending(i => ranked[i]).ShouldBe([0, 1, 2, 3, 4]);
        ranked.ShouldAllBe(score => double.IsFinite(score));
        Scalarization.RankedScores([], weights).ShouldBeEmpty();
        Scalarization.RankedScores([[2, 3]], weights).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_search_finds_a_better_front_than_random_points(bool isConcave)
    {
        var (found, random) = (Median(SweepMethod.Auto), Median(SweepMethod.Random));
        // The largest possible volumes are 1.21 − 2/3 and 1.21 − 1/3.
        found.ShouldBeGreaterThan(0.9 * (1.21 - (isConcave ? 2.0 : 1.0) / 3));
        found.ShouldBeGreaterThan(1.5 * random);

        double Median(SweepMethod method) => Enumerable.Range(1, 3).Select(seed => Volume(method, isConcave, seed)).Order().ElementAt(1);
    }

    // ZDT1 or ZDT2 (Zitzler, Deb and Thiele 2000) in four dimensions, negated.
    private static double Volume(SweepMethod kind, bool isConcave, int seed)
    {
        var space = Spaces.Cube(4);
        var (method, points, values) = (SearchMethods.Create(kind), new List<double[]>(), new List<double[]>());
        while (points.Count < Trials)
        {
            var number = points.Count + 1;
            var scores = Scalarization.Scores(values, Scalarization.Weights(2, seed, number));
            var point = method.Suggest(new TuningHistory
            {
                Space = space,
                Observations = [.. points.Select((one, i) => new Observation(i + 1, one, scores[i]))],
                Number = number,
                Seed = seed,
            })!.Point;
            points.Add(point);
            var g = 1 + (9 * point.Skip(1).Average());
            values.Add([-point[0], -g * (1 - (isConcave ? Math.Pow(point[0] / g, 2) : Math.Sqrt(point[0] / g)))]);
        }

        return ParetoFront.Hypervolume(values, [-1.1, -1.1]);
    }
}
