using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Methods;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning;

public sealed class TpeMethodTests
{
    private static readonly Func<double[], double>[] Functions =
    [
        // A bowl, a narrow valley, an optimum in a corner, and hills.
        x => -x.Sum(xi => Math.Pow(xi - 0.3, 2)),
        x => -(Math.Pow(x[0] - x[1], 2) * 10) - Math.Pow(x[2] - x[1], 2) - Math.Pow(x[3] - 0.7, 2),
        x => x[0] + (2 * x[1]) - x[2] - (x[3] * x[0]),
        x => -x.Sum(xi => Math.Pow(xi - 0.6, 2) + (0.05 * (1 - Math.Cos(6 * Math.PI * (xi - 0.6))))),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_is_far_better_than_random_points(int function)
    {
        double[] best(SweepMethod method) =>
        [
            .. Enumerable.Range(1, 7).Select(seed => SearchMethodsTests.Ask(
                SearchMethods.Create(method), Spaces.Cube(4), 80, parallel: 6, Functions[function], seed)
                .Max(trial => trial.Value)).Order(),
        ];
        var (optimum, tpe, random) = (function == 2 ? 3 : 0, best(SweepMethod.Tpe), best(SweepMethod.Random));
        (optimum - tpe[3]).ShouldBeLessThan(0.3 * (optimum - random[3]));
        (optimum - tpe[0]).ShouldBeLessThan(optimum - random[3]);
    }

    [Fact]
    public void It_finds_the_best_choice_and_its_conditional_parameters()
    {
        var space = new SearchSpace(Spaces.Conditional());
        double value(double[] point)
        {
            var settings = space.Decode(point);
            var kind = settings["optimizer"].Text switch { "sgd" => 1.0, "adam" => 0.8, _ => 0 };
            return kind - (settings.TryGetValue("momentum", out var momentum) ? Math.Abs(((NumberValue)momentum).Value - 0.9) : 0);
        }

        for (var seed = 1; seed <= 5; seed++)
        {
            var trials = SearchMethodsTests.Ask(SearchMethods.Create(SweepMethod.Tpe), space, 80, parallel: 4, value, seed);
            trials.Max(trial => trial.Value).ShouldBeGreaterThan(0.97);
            trials.Skip(60).Count(trial => space.Decode(trial.Point)["optimizer"].Text == "sgd").ShouldBeGreaterThan(10);
        }
    }

    [Fact]
    public void It_avoids_regions_where_trials_fail()
    {
        // Trials in half of the space fail, close to the best points.
        static double value(double[] x) => x[0] > 0.5 ? double.NaN : -Math.Abs(x[0] - 0.4);
        var tpe = SearchMethodsTests.Ask(SearchMethods.Create(SweepMethod.Tpe), Spaces.Cube(2), 80, parallel: 4, value);
        tpe.Skip(20).Count(trial => double.IsNaN(trial.Value)).ShouldBeLessThan(10);
        tpe.Where(trial => !double.IsNaN(trial.Value)).Max(trial => trial.Value).ShouldBeGreaterThan(-0.01);
    }

    [Fact]
    public void It_continues_when_all_trials_failed_or_are_equal()
    {
        foreach (var constant in (double[])[double.NaN, 3, double.NegativeInfinity])
        {
            var trials = SearchMethodsTests.Ask(SearchMethods.Create(SweepMethod.Tpe), Spaces.Cube(2), 40, parallel: 4, _ => constant);
            trials.Select(trial => SearchSpace.Key(trial.Point)).Distinct().Count().ShouldBe(40);
            trials.Select(trial => (trial.Point[0] < 0.5, trial.Point[1] < 0.5)).Distinct().Count().ShouldBe(4);
        }
    }

    [Fact]
    public void Running_trials_repel_suggestions()
    {
        var space = Spaces.Cube(2);
        var trials = SearchMethodsTests.Ask(SearchMethods.Create(SweepMethod.Tpe), space, 30, parallel: 1);
        var best = trials.MaxBy(trial => trial.Value)!.Point;
        double[][] crowd =
            [.. Enumerable.Range(0, 20).Select(i => space.Snap([best[0] + (0.01 * Math.Cos(i)), best[1] + (0.01 * Math.Sin(i))]))];
        int near(double[][] running) => Enumerable.Range(31, 100).Count(number => SearchMethods.Create(SweepMethod.Tpe).Suggest(
            SearchMethodsTests.History(space, number) with { Observations = trials, Running = running })!.Point
            .Zip(best, (x, y) => Math.Abs(x - y)).Max() < 0.04);
        near(crowd).ShouldBeLessThan(near([]) / 2);
    }

    [Fact]
    public void The_density_integrates_to_one_and_its_draws_follow_it()
    {
        var space = new SearchSpace(Spaces.Of(("kind", Spaces.Words("a", "b", "c")), ("x", Spaces.Floats(0, 1))));
        double[][] points = [space.Snap([0.1, 0.2]), space.Snap([0.1, 0.25]), space.Snap([0.5, 0.9])];
        var density = new ParzenEstimator(space, points, [1, 0.5, 2], 1.5);
        var sum = 0.0;
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 2000; j++) sum += Math.Exp(density.LogDensity([(i + 0.5) / 3, (j + 0.5) / 2000])) / 6000;
        sum.ShouldBe(1, 1e-3);

        // Compare the share of draws of kind a with x < 0.5 to that of the density.
        double expected = 0, all = 0;
        for (var j = 0; j < 2000; j++)
        {
            var mass = Math.Exp(density.LogDensity([0.5 / 3, (j + 0.5) / 2000]));
            all += mass;
            if (j < 1000) expected += mass;
        }

        var random = new SplitMix64(3);
        var draws = Enumerable.Range(0, 20_000).Select(_ => density.Draw(random)).Where(point => point[0] < 0.3).ToList();
        (draws.Count / 20_000.0).ShouldBe(all / 6000, 0.02);
        (draws.Count(point => point[1] < 0.5) / (double)draws.Count).ShouldBe(expected / all, 0.03);
        draws.ShouldContain(point => point[1] == 0);

        // A crossed draw combines kind a with any x.
        var crossed = Enumerable.Range(0, 20_000).Select(_ => density.Draw(random, crossed: true)).Where(point => point[0] < 0.3).ToList();
        (crossed.Count / 20_000.0).ShouldBe(all / 6000, 0.02);
        (crossed.Count(point => point[1] < 0.5) / (double)crossed.Count).ShouldBeLessThan((expected / all) - 0.05);
    }

    [Fact]
    public void An_inactive_axis_does_not_change_the_density()
    {
        var space = new SearchSpace(Spaces.Conditional());
        var adam = space.Encode(Parameters.FromJson("""{"optimizer": "adam", "amsgrad": false, "layers": 2}"""))!;
        var sgd = space.Encode(Parameters.FromJson("""{"optimizer": "sgd", "momentum": 0.9, "layers": 2}"""))!;
        var density = new ParzenEstimator(space, [adam], [1], 1.5);
        double at(double momentum)
        {
            var point = sgd.ToArray();
            point[0] = momentum;
            return density.LogDensity(point);
        }

        at(0.1).ShouldBe(at(0.9), 1e-12);
        density.LogDensity(adam).ShouldBeGreaterThan(at(0.5));
    }
}
