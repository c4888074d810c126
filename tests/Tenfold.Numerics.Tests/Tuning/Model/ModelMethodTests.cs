using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Methods;
using Tenfold.Numerics.Tuning.Model;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning.Model;

/// <summary>The guarantees that Thompson, LogEI and auto have in common.</summary>
public sealed class ModelMethodTests
{
    public static TheoryData<SweepMethod> Methods => [SweepMethod.Thompson, SweepMethod.LogEI, SweepMethod.Auto];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Suggestions_do_not_depend_on_order_or_process(SweepMethod method)
    {
        var space = Spaces.Cube(3);
        var trials = Samples.Trials(space, 40);
        trials.Add(new Observation(3, trials[2].Point, 0.1)); // a second value of a point
        var running = Samples.Points(space, 3, 50);
        var old = SearchMethods.Create(method);
        for (var count = 15; count <= trials.Count; count += 5)
        {
            // One instance lives through the study and prepares; another is new; a third gets the observations shuffled.
            var history = History(space, trials[..count], running);
            old.Prepare(history);
            var expected = old.Suggest(history)!;
            var shuffled = trials[..count].OrderBy(trial => new SplitMix64(trial.Trial + count).Next()).ToList();
            Assert.Equal(expected.Point, SearchMethods.Create(method).Suggest(history)!.Point);
            Assert.Equal(expected.Point, SearchMethods.Create(method).Suggest(history with { Observations = shuffled })!.Point);
            Assert.Equal(expected.Reason, old.Suggest(history with { Observations = shuffled })!.Reason);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Preparing_on_another_thread_changes_nothing(SweepMethod method)
    {
        var space = Spaces.Cube(2);
        var trials = Samples.Trials(space, 60);
        var shared = SearchMethods.Create(method);
        var found = new double[40][];
        Parallel.For(20, 60, count =>
        {
            if (count % 3 == 0) shared.Prepare(History(space, trials[..count]));
            found[count - 20] = shared.Suggest(History(space, trials[..count]))!.Point;
        });
        for (var count = 20; count < 60; count += 3)
            Assert.Equal(SearchMethods.Create(method).Suggest(History(space, trials[..count]))!.Point, found[count - 20]);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void They_approach_the_optimum_of_a_smooth_function(SweepMethod method)
    {
        var space = Spaces.Cube(2);
        var maker = SearchMethods.Create(method);
        var trials = new List<Observation>();
        for (var number = 1; number <= 30; number++)
        {
            var point = maker.Suggest(History(space, trials) with { Number = number })!.Point;
            trials.Add(new Observation(number, point, Samples.Bowl(point)));
        }

        var best = Samples.Points(space, 100_000, 1).Max(Samples.Bowl);
        Assert.InRange(trials.Max(trial => trial.Value), best - 1e-4, double.PositiveInfinity);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_kind_of_space_is_searched_without_repeating_a_point(SweepMethod method)
    {
        var random = new Random(7);
        for (var round = 0; round < 8; round++)
        {
            var space = new SearchSpace(Spaces.Any(random, discrete: round % 2 == 0));
            var maker = SearchMethods.Create(method);
            var (trials, seen) = (new List<Observation>(), new HashSet<string>());
            var count = Math.Min(space.Count(30) ?? 30, 30);
            for (var number = 1; number <= count; number++)
            {
                var point = maker.Suggest(History(space, trials) with { Number = number, Seed = round })!.Point;
                Assert.Equal(space.Snap(point), point);
                Assert.True(seen.Add(SearchSpace.Key(point)), "asked twice");
                trials.Add(new Observation(number, point, number % 6 == 0 ? double.NaN : point.Sum() - Math.Pow(point[0], 2)));
            }

            if (space.Count(30) is not null) Assert.Null(maker.Suggest(History(space, trials) with { Number = count + 1 }));
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Pruned_points_repel_suggestions(SweepMethod method)
    {
        // The model expects the best near (0.35, 0.4), but every trial there was pruned.
        var space = Spaces.Cube(2);
        List<Observation> trials = [.. Samples.Trials(space, 60).Where(trial => Distance(trial.Point) > 0.2).Take(25)];
        List<double[]> ended = [.. Samples.Points(space, 400, 9).Where(point => Distance(point) < 0.15).Take(12)];
        var maker = SearchMethods.Create(method);
        var (near, nearAfter) = (Near([]), Near(ended));
        Assert.InRange(near, 5, 10);
        Assert.InRange(nearAfter, 0, near - 3);

        int Near(List<double[]> fallen) => Enumerable.Range(40, 10).Count(number =>
            Distance(maker.Suggest(History(space, trials) with { Pruned = fallen, Number = number })!.Point) < 0.15);

        static double Distance(double[] point) => Math.Sqrt(Math.Pow(point[0] - 0.35, 2) + Math.Pow(point[1] - 0.4, 2));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Ended_trials_only_exclude_their_points(SweepMethod method)
    {
        var space = Spaces.Cube(2);
        var history = History(space, Samples.Trials(space, 30));
        var expected = SearchMethods.Create(method).Suggest(history)!.Point;
        Assert.Equal(expected, SearchMethods.Create(method).Suggest(history with { Ended = Samples.Points(space, 8, 77) })!.Point);
        // A point that was pruned once and observed later counts by its value.
        Assert.Equal(expected, SearchMethods.Create(method).Suggest(history with { Pruned = [history.Observations[3].Point] })!.Point);
    }

    [Fact]
    public void Predictions_are_in_the_direction_of_the_metric()
    {
        var space = Spaces.Cube(2);
        var history = History(space, Samples.Trials(space, 30, value: point => -5 - Samples.Bowl(point)));
        var predicted = Predicted(history);
        Assert.InRange(predicted, -6, -5);
        Assert.Equal(-predicted, Predicted(history with { IsNegated = true }));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Running_and_ended_points_are_not_suggested_again(SweepMethod method)
    {
        // All but three of 125 points are taken, in different ways.
        var letters = Spaces.Words("p", "q", "r", "s", "t");
        var space = new SearchSpace(Spaces.Of(("a", Spaces.Wholes(1, 5)), ("b", letters), ("c", Spaces.Sizes(1, 2, 4, 8, 16))));
        var points = space.Points()!.ToList();
        List<Observation> trials = [.. points[..100].Select((point, i) => new Observation(i + 1, point, Samples.Bowl(point)))];
        var history = History(space, trials, points[100..110]) with
        {
            Ended = points[110..116],
            Pruned = points[116..122],
        };
        var maker = SearchMethods.Create(method);
        Assert.Contains(SearchSpace.Key(maker.Suggest(history)!.Point), points[122..].Select(point => SearchSpace.Key(point)));
        Assert.Null(maker.Suggest(history with { Ended = points[110..] }));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Values_in_another_unit_give_the_same_suggestion(SweepMethod method)
    {
        var space = Spaces.Cube(3);
        var trials = Samples.Trials(space, 25);
        var expected = SearchMethods.Create(method).Suggest(History(space, trials))!.Point;
        // A power of two leaves rounding unchanged.
        var scaled = trials.Select(trial => trial with { Value = trial.Value * (1 << 20) }).ToList();
        Assert.Equal(expected, SearchMethods.Create(method).Suggest(History(space, scaled))!.Point);
    }

    [Theory]
    [InlineData(1e6, 0)]
    [InlineData(1e-9, 0)]
    [InlineData(1e300, 0)]
    [InlineData(1, 1e6)]
    public void Extreme_units_and_offsets_do_not_affect_predictions(double factor, double offset)
    {
        var space = Spaces.Cube(2);
        var plain = Surrogate.Fit(space, Samples.Trials(space, 40))!;
        var surrogate = Surrogate.Fit(space, Samples.Trials(space, 40, value: point => (factor * Samples.Bowl(point)) + offset))!;
        foreach (var point in Samples.Points(space, 20, 99))
        {
            var (expected, found) = (plain.Predict(point), surrogate.Predict(point));
            Assert.Equal(expected.Mean, (found.Mean - offset) / factor, 1e-5);
            Assert.Equal(expected.StandardDeviation, found.StandardDeviation / factor, 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Degenerate_histories_give_valid_suggestions(SweepMethod method)
    {
        var space = Spaces.Cube(2);
        var point = space.Snap([0.3, 0.7]);
        foreach (var trials in new List<Observation>[]
        {
            [],
            [new(1, point, 1)],
            [new(1, point, double.NaN), new(2, point, double.NaN), new(3, point, double.NaN), new(4, point, double.NaN)],
            [.. Enumerable.Range(1, 20).Select(i => new Observation(i, point, i % 3))],
            [.. Samples.Trials(space, 20).Select(trial => trial with { Value = 0.25 })],
            [.. Samples.Trials(space, 20).Select(trial => trial with { Value = trial.Trial == 7 ? 1 : 0 })],
            [.. Samples.Trials(space, 20).Select(trial => trial with { Value = trial.Trial == 7 ? double.MaxValue : -double.MaxValue })],
        })
        {
            var suggestion = SearchMethods.Create(method).Suggest(History(space, trials))!;
            Assert.Equal(space.Snap(suggestion.Point), suggestion.Point);
            Assert.DoesNotContain("NaN", suggestion.Reason.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_huge_outlier_does_not_hide_the_other_values()
    {
        var space = Spaces.Cube(2);
        var trials = Samples.Trials(space, 40);
        trials[7] = trials[7] with { Value = -1e6 };
        var surrogate = Surrogate.Fit(space, trials)!;
        var away = Samples.Points(space, 50, 99)
            .Where(point => point.Zip(trials[7].Point, (a, b) => Math.Abs(a - b)).Max() > 0.35).ToList();
        // The best and the worst value of the bowl differ by 0.9.
        Assert.InRange(away.Average(point => Math.Abs(surrogate.Predict(point).Mean - Samples.Bowl(point))), 0, 0.15);
    }

    [Fact]
    public void Auto_uses_tpe_for_thousands_of_trials()
    {
        var space = Spaces.Cube(2);
        var auto = new AutoMethod();
        Assert.Equal("tpe", auto.Suggest(History(space, Samples.Trials(space, 2100)))!.Method);
        Assert.Contains(auto.Suggest(History(space, Samples.Trials(space, 60)))!.Method, new[] { "logei", "thompson" });
    }

    [Fact]
    public void The_initial_design_is_shorter_with_an_earlier_study()
    {
        var space = Spaces.Cube(8);
        TuningHistory At(int number, params List<Observation> trials) => History(space, trials) with { Number = number };
        var earlier = Samples.Trials(space, 30).Select(trial => trial with { Trial = -trial.Trial }).ToList();
        Assert.Equal("sobol", new LogEiMethod().Suggest(At(16, Samples.Trials(space, 15)))!.Method);
        Assert.Equal("logei", new LogEiMethod().Suggest(At(17, Samples.Trials(space, 16)))!.Method);
        Assert.Equal("sobol", new LogEiMethod().Suggest(At(20, Samples.Trials(space, 16)) with { Parallel = 20 })!.Method);
        Assert.Equal("logei", new LogEiMethod().Suggest(At(1, earlier))!.Method);
    }

    private static double Predicted(TuningHistory history)
    {
        var reason = SearchMethods.Create(SweepMethod.LogEI).Suggest(history)!.Reason;
        return Assert.IsType<SuggestionReason.ExpectedImprovement>(reason).Predicted.Mean;
    }

    private static TuningHistory History(SearchSpace space, List<Observation> trials, IReadOnlyList<double[]>? running = null) => new()
    {
        Space = space,
        Observations = trials,
        Running = running ?? [],
        Number = Math.Max(30, trials.Count + 5),
        Seed = 5,
    };
}
