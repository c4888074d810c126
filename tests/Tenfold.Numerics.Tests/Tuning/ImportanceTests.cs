using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning;

public sealed class ImportanceTests
{
    [Fact]
    public void Each_term_of_a_sum_has_its_share()
    {
        // Var(c x) = c² / 12: 9 : 4 : 1 : 0.
        var importance = Importance.Of(Cube(4), point => (3 * point[0]) - (2 * point[1]) + point[2] + 7);
        importance.Variance.ShouldBe(14 / 12.0, 0.03);
        Check(importance, [9 / 14.0, 4 / 14.0, 1 / 14.0, 0], [9 / 14.0, 4 / 14.0, 1 / 14.0, 0], 0.02);
        importance.Axes[3].ShouldBe(new("x3", 0, 0), "it does nothing, exactly");
    }

    [Fact]
    public void The_Ishigami_function_has_its_known_shares()
    {
        // Ishigami and Homma 1990, a = 7, b = 0.1: S1 0.3139, S2 0.4424, S3 0; totals 0.5576, 0.4424, 0.2437.
        var importance = Importance.Of(Cube(3), point =>
        {
            var x = point.Select(coordinate => Math.PI * ((2 * coordinate) - 1)).ToArray();
            return Math.Sin(x[0]) + (7 * Math.Sin(x[1]) * Math.Sin(x[1])) + (0.1 * Math.Pow(x[2], 4) * Math.Sin(x[0]));
        });
        Check(importance, [0.3139, 0.4424, 0], [0.5576, 0.4424, 0.2437], 0.04);
    }

    [Fact]
    public void A_pure_interaction_has_only_total_shares()
    {
        var importance = Importance.Of(Cube(2), point => (point[0] - 0.5) * (point[1] - 0.5));
        Check(importance, [0, 0], [1, 1], 0.05);
    }

    [Fact]
    public void A_conditional_axis_counts_only_where_it_is_active()
    {
        var onlySgd = new Dictionary<string, IReadOnlyList<ParameterValue>> { ["optimizer"] = [new TextValue("sgd")] };
        var space = new SearchSpace(new OrderedDictionary<string, SearchDimension>
        {
            ["optimizer"] = new ChoiceDimension([new TextValue("adam"), new TextValue("sgd")], Ordered: false),
            ["momentum"] = new RangeDimension { Min = 0, Max = 1, Whole = false, When = onlySgd },
        });
        // With u for the optimizer and m for the momentum, f = [u is sgd] (m − 0.5).
        var importance = Importance.Of(space, point => space.IsActive(point, 1) ? point[1] - SearchSpace.Pinned : 0);
        importance.Variance.ShouldBe(1 / 24.0, 0.002);
        // V(E(f | m)) = (m − 0.5)² / 4 on average, which is half of the variance. The optimizer alone explains nothing.
        Check(importance, [0, 0.5], [0.5, 1], 0.05);
    }

    [Fact]
    public void A_constant_function_has_no_shares()
    {
        var importance = Importance.Of(Cube(2), _ => 0.1 + 0.2);
        importance.Variance.ShouldBe(0);
        importance.Axes.ShouldBe([new("x0", 0, 0), new("x1", 0, 0)]);
    }

    [Fact]
    public void Equal_functions_have_equal_shares() =>
        Importance.Of(Cube(3), point => point[0] * point[1]).Axes.ShouldBe(Importance.Of(Cube(3), point => point[0] * point[1]).Axes);

    [Fact]
    public void The_function_is_called_as_often_as_documented()
    {
        var calls = 0;
        Importance.Of(Cube(3), point => point[0] + ++calls * 0, samples: 100);
        calls.ShouldBe(500);
    }

    private static SearchSpace Cube(int axes) => new(new OrderedDictionary<string, SearchDimension>(
        Enumerable.Range(0, axes)
            .Select(i => KeyValuePair.Create($"x{i}", (SearchDimension)new RangeDimension { Min = 0, Max = 1, Whole = false }))));

    private static void Check(Importance importance, double[] alone, double[] total, double within)
    {
        for (var i = 0; i < alone.Length; i++)
        {
            importance.Axes[i].Alone.ShouldBe(alone[i], within, $"alone, x{i}");
            importance.Axes[i].Total.ShouldBe(total[i], within, $"total, x{i}");
        }
    }
}
