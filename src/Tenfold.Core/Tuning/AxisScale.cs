using Tenfold.Core.Projects;

namespace Tenfold.Core.Tuning;

/// <summary>How the values of one parameter lie on the unit interval.</summary>
internal abstract class AxisScale
{
    /// <summary>What neighbouring coordinates mean.</summary>
    public abstract AxisKind Kind { get; }

    /// <summary>How many values there are; 0 for any number.</summary>
    public abstract long Levels { get; }

    /// <summary>The scale of a range or a choice.</summary>
    public static AxisScale Of(SearchDimension dimension) => dimension switch
    {
        RangeDimension { Whole: false, Step: null } range => new ContinuousScale(range),
        RangeDimension range => new SteppedScale(range),
        ChoiceDimension choice => new ChoiceScale(choice),
        _ => throw new ArgumentException($"A {dimension.GetType().Name} does not vary.", nameof(dimension)),
    };

    /// <summary>The coordinate of the nearest value.</summary>
    public double Snap(double coordinate) => Levels == 0 ? coordinate : CoordinateOf(LevelOf(coordinate));

    /// <summary>Which value a coordinate stands for, from 0; 0 on a continuous scale.</summary>
    public abstract long LevelOf(double coordinate);

    /// <summary>The coordinate of a value by its number.</summary>
    public abstract double CoordinateOf(long level);

    /// <summary>The value at a coordinate.</summary>
    public abstract ParameterValue Value(double coordinate);

    /// <summary>The coordinate of a value; null when there is no such value on this scale.</summary>
    public abstract double? Coordinate(ParameterValue value);

    private protected static double? Number(ParameterValue value) => value switch
    {
        IntegerValue whole => whole.Value,
        NumberValue number => number.Value,
        _ => null,
    };
}

/// <summary>Any number of a range.</summary>
internal sealed class ContinuousScale(RangeDimension range) : AxisScale
{
    private readonly bool _isLog = range.Scale == RangeScale.Log;

    public override AxisKind Kind => AxisKind.Continuous;

    public override long Levels => 0;

    public override long LevelOf(double coordinate) => 0;

    public override double CoordinateOf(long level) => SearchSpace.Pinned;

    public override ParameterValue Value(double coordinate)
    {
        var value = _isLog
            ? Math.Exp(Math.Log(range.Min) + (coordinate * (Math.Log(range.Max) - Math.Log(range.Min))))
            : range.Min + (coordinate * (range.Max - range.Min));
        return new NumberValue(Math.Clamp(value, range.Min, range.Max));
    }

    public override double? Coordinate(ParameterValue value) => Number(value) is { } number && number >= range.Min && number <= range.Max
        ? Math.Clamp(_isLog ? Math.Log(number / range.Min) / Math.Log(range.Max / range.Min) : (number - range.Min) / (range.Max - range.Min), 0, 1)
        : null;
}

/// <summary>Whole numbers, or numbers with a step. Each value has its share of the interval: equal ones, or by ratios on a logarithmic scale.</summary>
internal sealed class SteppedScale(RangeDimension range) : AxisScale
{
    private readonly double _step = range.Step ?? 1;
    private readonly bool _isLog = range.Scale == RangeScale.Log;

    public override AxisKind Kind => AxisKind.Ordered;

    // A last step that ends just beyond max by rounding counts: 0.1 to 0.9 by 0.1 has nine values.
    public override long Levels => (long)Math.Floor(((range.Max - range.Min) / _step) + 1e-9) + 1;

    private double Low => Math.Log(range.Min - (_step / 2));

    private double High => Math.Log(range.Min + ((Levels - 0.5) * _step));

    public override long LevelOf(double coordinate)
    {
        var level = _isLog ? Math.Round((Math.Exp(Low + (coordinate * (High - Low))) - range.Min) / _step) : Math.Floor(coordinate * Levels);
        return (long)Math.Clamp(level, 0, Levels - 1);
    }

    public override double CoordinateOf(long level) =>
        _isLog ? (Math.Log(range.Min + (level * _step)) - Low) / (High - Low) : (level + 0.5) / Levels;

    public override ParameterValue Value(double coordinate)
    {
        var value = Math.Min(range.Max, range.Min + (LevelOf(coordinate) * _step));
        // 0.1 + 2 * 0.1 is meant to be 0.3.
        return range.Whole ? new IntegerValue((long)Math.Round(value)) : new NumberValue((double)(decimal)value is var tidy && Math.Abs(tidy - value) < 1e-9 * Math.Abs(_step) ? tidy : value);
    }

    public override double? Coordinate(ParameterValue value)
    {
        if (Number(value) is not { } number || number < range.Min || number > range.Max) return null;
        return CoordinateOf((long)Math.Clamp(Math.Round((number - range.Min) / _step), 0, Levels - 1));
    }
}

/// <summary>One of some values, in order or not.</summary>
internal sealed class ChoiceScale(ChoiceDimension choice) : AxisScale
{
    public override AxisKind Kind => choice.Ordered ? AxisKind.Ordered : AxisKind.Category;

    public override long Levels => choice.Values.Count;

    public override long LevelOf(double coordinate) => Math.Clamp((long)(coordinate * Levels), 0, Levels - 1);

    public override double CoordinateOf(long level) => (level + 0.5) / Levels;

    public override ParameterValue Value(double coordinate) => choice.Values[(int)LevelOf(coordinate)];

    public override double? Coordinate(ParameterValue value)
    {
        for (var i = 0; i < choice.Values.Count; i++)
            if (choice.Values[i] == value || (Number(choice.Values[i]) is { } known && known == Number(value))) return CoordinateOf(i);
        return null;
    }
}
