using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning;

public sealed class SearchSpaceTests
{
    [Fact]
    public void Snapping_is_idempotent()
    {
        foreach (var (space, point) in RandomPoints()) space.Snap(point).ShouldBe(point);
    }

    [Fact]
    public void A_snapped_point_survives_decoding_and_encoding()
    {
        foreach (var (space, point) in RandomPoints())
        {
            var settings = Parameters.FromJson(space.Decode(point).ToJson());
            settings.ShouldBe(space.Decode(point));
            var again = space.Encode(settings).ShouldNotBeNull();
            again.ShouldBe(point);
            SearchSpace.Key(again).ShouldBe(SearchSpace.Key(point));
        }
    }

    [Fact]
    public void Equal_settings_give_equal_points()
    {
        var random = new Random(2);
        for (var i = 0; i < 300; i++)
        {
            var space = new SearchSpace(Spaces.Any(random, discrete: true));
            var points = Enumerable.Range(0, 50).Select(_ => space.Snap(Coordinates(random, space))).ToList();
            points.Select(point => SearchSpace.Key(point)).Distinct().Count()
                .ShouldBe(points.Select(point => space.Decode(point).ToJson()).Distinct().Count());
        }
    }

    [Fact]
    public void Points_enumerates_all_combinations()
    {
        var random = new Random(3);
        for (var i = 0; i < 100; i++)
        {
            var space = new SearchSpace(Spaces.Any(random, discrete: true));
            if (space.Axes.Aggregate(1.0, (product, axis) => product * axis.Levels) > 20_000) continue;
            var expected = Combinations(space, [], 0).Select(point => SearchSpace.Key(space.Snap(point))).ToHashSet();
            var points = space.Points().ShouldNotBeNull().Select(point => SearchSpace.Key(point)).ToList();
            points.Count.ShouldBe(expected.Count);
            points.ToHashSet().SetEquals(expected).ShouldBeTrue();
            space.Count(int.MaxValue).ShouldBe(expected.Count);
            space.Count(expected.Count).ShouldBe(expected.Count);
            space.Count(expected.Count - 1).ShouldBeNull();
        }
    }

    [Fact]
    public void The_last_axis_varies_fastest()
    {
        var space = new SearchSpace(Spaces.Of(("a", Spaces.Words("x", "y")), ("b", Spaces.Wholes(1, 3))));
        space.Points()!.Select(point => string.Concat(space.Decode(point).Values.Select(value => value.Text)))
            .ShouldBe(["x1", "x2", "x3", "y1", "y2", "y3"]);
    }

    [Fact]
    public void A_continuous_axis_has_no_list_of_points()
    {
        Spaces.Cube(1).Points().ShouldBeNull();
        Spaces.Cube(1).Count(100).ShouldBeNull();
    }

    [Fact]
    public void Decoding_gives_active_parameters_in_the_order_of_the_file()
    {
        var space = new SearchSpace(Spaces.Conditional());
        space.IsConditional.ShouldBeTrue();
        space.Axes.Select(axis => axis.Name).ShouldBe(["momentum", "optimizer", "amsgrad", "epsilon", "layers"]);
        Names("""{"optimizer": "sgd"}""").ShouldBe(["momentum", "optimizer", "layers", "epochs"]);
        Names("""{"optimizer": "adam", "amsgrad": true}""").ShouldBe(["optimizer", "amsgrad", "epsilon", "layers", "epochs"]);
        Names("""{"optimizer": "adam", "amsgrad": false}""").ShouldBe(["optimizer", "amsgrad", "layers", "epochs"]);
        Names("""{"optimizer": "lbfgs"}""").ShouldBe(["optimizer", "history", "layers", "epochs"]);

        IEnumerable<string> Names(string settings) => space.Decode(space.Encode(Parameters.FromJson(settings))!).Keys;
    }

    [Fact]
    public void Inactive_axes_are_pinned_even_below_inactive_parents()
    {
        var space = new SearchSpace(Spaces.Conditional());
        var settings = """{"optimizer": "sgd", "momentum": 0.5, "amsgrad": true, "epsilon": 1e-3, "layers": 2}""";
        var point = space.Encode(Parameters.FromJson(settings))!;
        Enumerable.Range(0, 5).Select(axis => space.IsActive(point, axis)).ShouldBe([true, true, false, false, true]);
        point[2].ShouldBe(SearchSpace.Pinned);
        point[3].ShouldBe(SearchSpace.Pinned);
        space.Count(100).ShouldBeNull();
        // adam: 3 + 1 of 4 layers; sgd: 4 momentums; lbfgs: 1.
        new SearchSpace(Spaces.Conditional(discrete: true)).Count(1000).ShouldBe((3 + 1 + 4 + 1) * 4);
    }

    [Fact]
    public void A_setting_outside_the_space_has_no_point()
    {
        var space = new SearchSpace(Spaces.Of(
            ("rate", Spaces.Logs(1e-4, 1)), ("size", Spaces.Wholes(1, 9, 2)),
            ("kind", Spaces.Words("a", "b")), ("drop", Spaces.Floats(0, 0.5, 0.1))));
        space.Encode(Parameters.FromJson("""{"rate": 0.001, "size": 3, "kind": "b", "drop": 0.3, "other": 1}""")).ShouldNotBeNull();
        string[] wrong =
            ["'rate': 2.0", "'rate': 'x'", "'size': 4", "'size': 11", "'size': 3.5", "'kind': 'c'", "'drop': 0.25", "'drop': -0.1"];
        foreach (var one in wrong) space.Encode(Parameters.FromJson($"{{{one.Replace('\'', '"')}}}")).ShouldBeNull(one);
    }

    [Fact]
    public void A_missing_setting_becomes_the_middle_of_its_axis()
    {
        var space = new SearchSpace(Spaces.Of(("rate", Spaces.Logs(1e-4, 1)), ("size", Spaces.Wholes(1, 9)), ("x", Spaces.Floats(-1, 3))));
        space.Decode(space.Encode(Parameters.Empty)!).ToJson().ShouldBe("""{"rate":0.01,"size":5,"x":1.0}""");
    }

    private static IEnumerable<(SearchSpace Space, double[] Point)> RandomPoints()
    {
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            var space = new SearchSpace(Spaces.Any(random));
            for (var j = 0; j < 10; j++) yield return (space, space.Snap(Coordinates(random, space)));
        }
    }

    // Some of them at the ends, or beyond.
    private static double[] Coordinates(Random random, SearchSpace space) =>
        [.. space.Axes.Select(_ => random.Next(8) switch { 0 => 0, 1 => 1, 2 => -0.5, 3 => -0.0, _ => random.NextDouble() })];

    private static IEnumerable<double[]> Combinations(SearchSpace space, double[] head, int axis)
    {
        if (axis == space.Axes.Count) return [head];
        return Enumerable.Range(0, (int)space.Axes[axis].Levels)
            .SelectMany(level => Combinations(space, [.. head, space.CoordinateOf(axis, level)], axis + 1));
    }
}
