using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning;

public sealed class SearchMethodsTests
{
    public static TheoryData<SweepMethod> All => [.. Enum.GetValues<SweepMethod>()];

    /// <summary>The methods that accept any space.</summary>
    public static TheoryData<SweepMethod> Free => [.. Enum.GetValues<SweepMethod>().Except([SweepMethod.Grid])];

    [Theory]
    [MemberData(nameof(All))]
    public void A_method_has_the_name_of_the_project_file(SweepMethod method)
    {
        SearchMethods.Create(method).Name.ShouldBe(method.ToString().ToLowerInvariant());
        var history = History(new SearchSpace(Spaces.Conditional(discrete: true)), 1);
        var suggestion = SearchMethods.Create(method).Suggest(history).ShouldNotBeNull();
        // Methods that learn begin with the Sobol sequence.
        suggestion.Method.ShouldBe(method is SweepMethod.Random or SweepMethod.Grid ? method.ToString().ToLowerInvariant() : "sobol");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_small_space_is_suggested_completely_and_once(SweepMethod method)
    {
        var space = new SearchSpace(Spaces.Conditional(discrete: true));
        var trials = Ask(SearchMethods.Create(method), space, 36, parallel: 5);
        trials.Select(trial => SearchSpace.Key(trial.Point)).Distinct().Count().ShouldBe(36);
        SearchMethods.Create(method).Suggest(History(space, 37) with { Observations = trials }).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Running_and_ended_points_are_excluded(SweepMethod method)
    {
        var space = new SearchSpace(Spaces.Of(("a", Spaces.Words("x", "y")), ("b", Spaces.Wholes(1, 3))));
        var points = space.Points()!.ToList();
        foreach (var left in points)
        {
            var others = points.Where(point => point != left).ToList();
            var first = new Observation(1, others[0], 1);
            var history = History(space, 6) with
            {
                Observations = [first],
                Running = others[1..3],
                Ended = others[3..4],
                Pruned = others[4..],
            };
            SearchMethods.Create(method).Suggest(history)!.Point.ShouldBe(left);
            SearchMethods.Create(method).Suggest(history with { Ended = [.. history.Ended, left] }).ShouldBeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Free))]
    public void A_space_without_axes_has_one_point(SweepMethod method)
    {
        var space = new SearchSpace(Spaces.Of(("a", new FixedDimension(new IntegerValue(1)))));
        SearchMethods.Create(method).Suggest(History(space, 1))!.Point.ShouldBeEmpty();
        SearchMethods.Create(method).Suggest(History(space, 2) with { Running = [[]] }).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Free))]
    public void Every_suggestion_is_a_new_snapped_point(SweepMethod method)
    {
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            var space = new SearchSpace(Spaces.Any(random));
            var most = space.Count(30) ?? 30;
            var trials = Ask(SearchMethods.Create(method), space, most, parallel: 4);
            trials.ShouldAllBe(trial => space.Snap(trial.Point).SequenceEqual(trial.Point));
            trials.Select(trial => SearchSpace.Key(trial.Point)).Distinct().Count().ShouldBe(most);
        }
    }

    [Theory]
    [MemberData(nameof(Free))]
    public void Equal_histories_give_equal_suggestions(SweepMethod method)
    {
        var space = new SearchSpace(Spaces.Conditional());
        var used = SearchMethods.Create(method);
        var trials = Ask(used, space, 40, parallel: 6);
        var history = History(space, 45) with { Observations = trials[..36], Running = [.. trials[36..].Select(trial => trial.Point)] };
        var expected = SearchMethods.Create(method).Suggest(history)!;
        used.Prepare(history);
        used.Suggest(history)!.Point.ShouldBe(expected.Point);
        var random = new Random(5);
        for (var i = 0; i < 5; i++)
        {
            Observation[] shuffled = [.. trials[..36]];
            random.Shuffle(shuffled);
            var suggestion = SearchMethods.Create(method).Suggest(history with { Observations = shuffled })!;
            suggestion.Point.ShouldBe(expected.Point);
            suggestion.Reason.ShouldBe(expected.Reason);
        }

        SearchMethods.Create(method).Suggest(history with { Seed = 9 })!.Point.ShouldNotBe(expected.Point);
        SearchMethods.Create(method).Suggest(history with { Number = 46 })!.Point.ShouldNotBe(expected.Point);
    }

    [Fact]
    public void Random_points_are_uniform_and_independent()
    {
        var space = Spaces.Cube(2);
        var method = SearchMethods.Create(SweepMethod.Random);
        var points = Enumerable.Range(1, 4000).Select(number => method.Suggest(History(space, number))!.Point).ToList();
        foreach (var axis in (int[])[0, 1])
        {
            // Chi-square with 15 degrees of freedom: 44 is its quantile at 1e-4.
            points.CountBy(point => (int)(point[axis] * 16)).Sum(bin => Math.Pow(bin.Value - 250, 2) / 250).ShouldBeLessThan(44);
            // A coordinate is independent of the next point and of the other axis.
            points.Zip(points.Skip(1)).Average(pair => (pair.First[axis] - 0.5) * (pair.Second[axis] - 0.5)).ShouldBe(0, 0.006);
        }

        points.Average(point => (point[0] - 0.5) * (point[1] - 0.5)).ShouldBe(0, 0.006);
    }

    [Fact]
    public void Random_values_of_a_choice_are_equally_likely()
    {
        var space = new SearchSpace(Spaces.Of(("kind", Spaces.Words("a", "b", "c")), ("x", Spaces.Floats(0, 1))));
        Enumerable.Range(1, 3000).Select(number => SearchMethods.Create(SweepMethod.Random).Suggest(History(space, number))!.Point)
            .CountBy(point => point[0]).ShouldAllBe(count => count.Value > 880 && count.Value < 1120);
    }

    [Fact]
    public void Sobol_points_fill_the_space_by_their_numbers()
    {
        var space = Spaces.Cube(2);
        var method = SearchMethods.Create(SweepMethod.Sobol);
        var points = Enumerable.Range(1, 64).Select(number => method.Suggest(History(space, number))!.Point).ToList();
        points.Select(point => ((int)(point[0] * 8), (int)(point[1] * 8))).Distinct().Count().ShouldBe(64);
    }

    [Fact]
    public void A_grid_continues_at_the_first_free_point()
    {
        var space = new SearchSpace(Spaces.Of(("a", Spaces.Words("x", "y")), ("b", Spaces.Wholes(1, 3))));
        var points = space.Points()!.ToList();
        List<Observation> observations = [new Observation(1, points[0], 1), new Observation(2, points[2], double.NaN)];
        var history = History(space, 4) with { Observations = observations };
        SearchMethods.Create(SweepMethod.Grid).Suggest(history)!.Point.ShouldBe(points[1]);
        Should.Throw<ArgumentException>(() => SearchMethods.Create(SweepMethod.Grid).Suggest(History(Spaces.Cube(1), 1)));
    }

    internal static TuningHistory History(SearchSpace space, int number) =>
        new() { Space = space, Number = number, Seed = 7, Parallel = 4 };

    /// <summary>Runs trials in parallel; the oldest ends first. By default the optimum is near the middle.</summary>
    internal static List<Observation> Ask(
        ISearchMethod method, SearchSpace space, int count, int parallel, Func<double[], double>? value = null, long seed = 7)
    {
        var trials = new List<Observation>();
        for (var number = 1; number <= count; number++)
        {
            var observations = trials[..Math.Max(0, trials.Count - parallel + 1)];
            var suggestion = method.Suggest(new TuningHistory
            {
                Space = space,
                Number = number,
                Seed = seed,
                Parallel = parallel,
                Observations = observations,
                Running = [.. trials[observations.Count..].Select(trial => trial.Point)],
            });
            var point = suggestion.ShouldNotBeNull().Point;
            trials.Add(new Observation(number, point, value?.Invoke(point) ?? -point.Sum(x => Math.Pow(x - 0.4, 2))));
        }

        return trials;
    }
}
