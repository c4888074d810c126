using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tests.Tuning;

public sealed class AxisScaleTests
{
    [Fact]
    public void Equal_differences_have_equal_lengths_on_a_linear_scale()
    {
        var scale = AxisScale.Of(Spaces.Floats(-5, 10));
        Texts(scale, 0, 0.25, 0.5, 1).ShouldBe(["-5.0", "-1.25", "2.5", "10.0"]);
        scale.Coordinate(new IntegerValue(10)).ShouldBe(1);
        scale.Coordinate(new NumberValue(10.1)).ShouldBeNull();
    }

    [Fact]
    public void Equal_ratios_have_equal_lengths_on_a_logarithmic_scale()
    {
        var scale = AxisScale.Of(Spaces.Logs(1e-4, 1));
        Texts(scale, 0, 0.25, 0.5, 0.625, 1).ShouldBe(["0.0001", "0.001", "0.01", "0.0316227766017", "1.0"]);
        scale.Coordinate(new NumberValue(0.01))!.Value.ShouldBe(0.5, 1e-15);
    }

    // The run gets exactly the number that tenfold.yaml contains.
    [Theory]
    [InlineData(1e-5, 1.0, true)]
    [InlineData(1e-30, 1e-10, true)]
    [InlineData(1e-3, 1e20, true)]
    [InlineData(1e-160, 1e160, true)]
    [InlineData(0.0, 1.0, false)]
    [InlineData(-7.5, 1e6, false)]
    [InlineData(0.0, 1e25, false)]
    [InlineData(-1e-15, 2e-14, false)]
    [InlineData(1e9, 1000000001.0, false)]
    [InlineData(0.1, 1.0 / 3, false)]
    public void A_value_keeps_its_digits_on_a_continuous_scale(double min, double max, bool log)
    {
        var scale = AxisScale.Of(log ? Spaces.Logs(min, max) : Spaces.Floats(min, max));
        var random = new Random(1);
        foreach (var coordinate in Enumerable.Range(0, 2000).Select(_ => random.NextDouble()).Append(0).Append(1))
        {
            var value = (NumberValue)scale.Value(coordinate);
            value.Value.ShouldBeInRange(min, max);
            var snapped = scale.Coordinate(value)!.Value;
            snapped.ShouldBe(coordinate, 1e-5);
            scale.Snap(coordinate).ShouldBe(snapped);
            scale.Snap(snapped).ShouldBe(snapped);
            scale.Value(snapped).ShouldBe(value);
        }

        ((NumberValue)scale.Value(0)).Value.ShouldBe(min);
        ((NumberValue)scale.Value(1)).Value.ShouldBe(max);
    }

    [Fact]
    public void Stepped_values_have_no_rounding_error()
    {
        var scale = AxisScale.Of(Spaces.Floats(0.1, 0.9, 0.1));
        scale.Levels.ShouldBe(9);
        All(scale).ShouldBe(["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"]);
        All(AxisScale.Of(Spaces.Floats(0, 1, 0.3))).ShouldBe(["0.0", "0.3", "0.6", "0.9"]);
        All(AxisScale.Of(Spaces.Floats(-0.2, 0.2, 0.1))).ShouldBe(["-0.2", "-0.1", "0.0", "0.1", "0.2"]);
        All(AxisScale.Of(Spaces.Floats(0, 4e29, 1e29))).ShouldBe(["0.0", "1e+29", "2e+29", "3e+29", "4e+29"]);
        All(AxisScale.Of(Spaces.Wholes(-3, 6, 4))).ShouldBe(["-3", "1", "5"]);
    }

    [Fact]
    public void Each_value_has_an_equal_share_of_a_linear_axis()
    {
        var scale = AxisScale.Of(Spaces.Wholes(1, 5));
        var counts = Enumerable.Range(0, 10_000).CountBy(i => scale.LevelOf((i + 0.5) / 10_000));
        counts.ShouldAllBe(count => count.Value == 2000);
    }

    [Fact]
    public void Whole_numbers_have_logarithmic_shares_on_a_logarithmic_axis()
    {
        var scale = AxisScale.Of(Spaces.WholeLogs(1, 100));
        scale.Levels.ShouldBe(100);
        var counts = Enumerable.Range(0, 100_000).CountBy(i => ((IntegerValue)scale.Value((i + 0.5) / 100_000)).Value).ToDictionary();
        counts.Count.ShouldBe(100);
        // The axis is logarithmic from 0.5 to 100.5, and the value 1 covers 0.5 to 1.5.
        foreach (var (value, count) in counts)
            ((double)count).ShouldBe(100_000 * Math.Log((value + 0.5) / (value - 0.5)) / Math.Log(201), 2);
    }

    [Theory]
    [InlineData(0, 1e9, false)]
    [InlineData(1, 1e12, true)]
    [InlineData(1, 4e18, true)]
    [InlineData(0, 1e15, false)]
    [InlineData(-9e18, 9e18, false)]
    [InlineData(-9223372036854775808.0, 9223372036854775807.0, false)]
    public void Values_drawn_from_huge_ranges_survive_encoding(double min, double max, bool log)
    {
        var scale = AxisScale.Of(log ? Spaces.WholeLogs(min, max) : Spaces.Wholes(min, max));
        scale.Levels.ShouldBeGreaterThan(1_000_000);
        var random = new Random(1);
        var values = new Dictionary<ParameterValue, double>();
        for (var i = 0; i < 5000; i++)
        {
            var snapped = scale.Snap(i < 2 ? i : random.NextDouble());
            scale.Snap(snapped).ShouldBe(snapped);
            var value = scale.Value(snapped);
            ((double)((IntegerValue)value).Value).ShouldBeInRange(min, max);
            scale.Coordinate(value).ShouldBe(snapped);
            if (values.TryGetValue(value, out var known)) snapped.ShouldBe(known);
            values[value] = snapped;
        }

        values.Count.ShouldBeGreaterThan(4000);
    }

    [Fact]
    public void A_huge_logarithmic_range_contains_all_small_whole_numbers()
    {
        var scale = AxisScale.Of(Spaces.WholeLogs(1, 4e18));
        foreach (var small in new long[] { 1, 2, 3, 10, 1000, 123_456 })
            scale.Value(scale.Coordinate(new IntegerValue(small))!.Value).ShouldBe(new IntegerValue(small));
    }

    [Fact]
    public void Mixed_choices_distinguish_1_from_1_0_only_when_both_are_values()
    {
        ParameterValue[] values =
            [new TextValue("1"), new NumberValue(1), new IntegerValue(1), new BooleanValue(true), new ListValue([new IntegerValue(1)])];
        var mixed = AxisScale.Of(new ChoiceDimension(values, Ordered: false));
        mixed.Kind.ShouldBe(AxisKind.Category);
        for (var level = 0; level < values.Length; level++)
        {
            mixed.Value(mixed.CoordinateOf(level)).ShouldBe(values[level]);
            mixed.Coordinate(values[level]).ShouldBe(mixed.CoordinateOf(level));
        }

        mixed.Coordinate(new TextValue("true")).ShouldBeNull();

        var sizes = AxisScale.Of(Spaces.Sizes(16, 32));
        sizes.Kind.ShouldBe(AxisKind.Ordered);
        sizes.Coordinate(new NumberValue(32)).ShouldBe(0.75);
    }

    private static IEnumerable<string> Texts(AxisScale scale, params double[] coordinates) =>
        coordinates.Select(coordinate => scale.Value(coordinate).Text);

    private static IEnumerable<string> All(AxisScale scale) =>
        Enumerable.Range(0, (int)scale.Levels).Select(level => scale.Value(scale.CoordinateOf(level)).Text);
}
