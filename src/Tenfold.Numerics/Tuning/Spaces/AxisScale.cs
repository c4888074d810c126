namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>Maps the values of one parameter to the unit interval.</summary>
internal abstract class AxisScale
{
    /// <summary>Whether the values are continuous, ordered or categories.</summary>
    public abstract AxisKind Kind { get; }

    /// <summary>The number of values; 0 for a continuous scale.</summary>
    public abstract long Levels { get; }

    /// <summary>Creates the scale of a range or a choice.</summary>
    public static AxisScale Of(SearchDimension dimension) => dimension switch
    {
        RangeDimension { Whole: false, Step: null } range => new ContinuousScale(range),
        RangeDimension range => new SteppedScale(range),
        ChoiceDimension choice => new ChoiceScale(choice),
        _ => throw new ArgumentException($"A {dimension.GetType().Name} does not vary.", nameof(dimension)),
    };

    /// <summary>The coordinate of the nearest value.</summary>
    public virtual double Snap(double coordinate) => CoordinateOf(LevelOf(coordinate));

    /// <summary>The index of the value at a coordinate, from 0; always 0 on a continuous scale.</summary>
    public abstract long LevelOf(double coordinate);

    /// <summary>The coordinate of the value with an index.</summary>
    public abstract double CoordinateOf(long level);

    /// <summary>The value at a coordinate.</summary>
    public abstract ParameterValue Value(double coordinate);

    /// <summary>The coordinate of a value; null when the scale doesn't contain the value.</summary>
    public abstract double? Coordinate(ParameterValue value);

    private protected static double? Number(ParameterValue value) => value switch
    {
        IntegerValue whole => whole.Value,
        NumberValue number => number.Value,
        _ => null,
    };
}

/// <summary>The numbers of a range, rounded to twelve digits so that values and coordinates survive a conversion to text.</summary>
internal sealed class ContinuousScale(RangeDimension range) : AxisScale
{
    private const int Digits = 12;

    private readonly bool _isLog = range.Scale == RangeScale.Log;
    private readonly double _width = range.Scale == RangeScale.Log ? LogRatio(range.Max, range.Min) : range.Max - range.Min;

    // On a linear scale: twelve digits of the range's width, but no more digits than a double has at the ends.
    private readonly int _decimals = Math.Min(
        Digits - Exponent(range.Max - range.Min), 14 - Exponent(Math.Max(Math.Abs(range.Min), Math.Abs(range.Max))));

    public override AxisKind Kind => AxisKind.Continuous;

    public override long Levels => 0;

    public override double Snap(double coordinate) => CoordinateOf(Number(coordinate));

    public override long LevelOf(double coordinate) => 0;

    public override double CoordinateOf(long level) => SearchSpace.Pinned;

    public override ParameterValue Value(double coordinate) => new NumberValue(Number(coordinate));

    public override double? Coordinate(ParameterValue value) =>
        Number(value) is { } number && number >= range.Min && number <= range.Max ? CoordinateOf(number) : null;

    private double Number(double coordinate)
    {
        if (coordinate <= 0) return range.Min;
        if (coordinate >= 1) return range.Max;
        // Multiply by the root twice, because its square may overflow.
        var root = _isLog ? Math.Exp(coordinate * _width / 2) : 0;
        var value = _isLog ? range.Min * root * root : range.Min + (coordinate * _width);
        return Math.Clamp(Rounded(value, _isLog ? Digits - 1 - Exponent(value) : _decimals), range.Min, range.Max);
    }

    private double CoordinateOf(double number) => Math.Clamp((_isLog ? LogRatio(number, range.Min) : number - range.Min) / _width, 0, 1);

    // The quotient is more accurate when both numbers are close, but overflows when they are more than 308 orders of magnitude apart.
    private static double LogRatio(double a, double b) => double.IsFinite(a / b) ? Math.Log(a / b) : Math.Log(a) - Math.Log(b);

    // Gives the double nearest to the decimal number, because the whole number and the power of ten are exact. Adding 0.0 turns -0 into 0.
    private static double Rounded(double value, int decimals) => decimals switch
    {
        > 300 => value,
        >= 0 => (Math.Round(value * Math.Pow(10, decimals)) / Math.Pow(10, decimals)) + 0.0,
        _ => (Math.Round(value / Math.Pow(10, -decimals)) * Math.Pow(10, -decimals)) + 0.0,
    };

    private static int Exponent(double value) => (int)Math.Floor(Math.Log10(value));
}

/// <summary>
/// Whole numbers, or numbers with a step. Each value has a share of the interval. The shares are equal on a linear scale, and proportional
/// to ratios on a logarithmic scale.
/// </summary>
internal sealed class SteppedScale(RangeDimension range) : AxisScale
{
    // With more values than this, coordinates are multiples of Grain, so that neighbouring values may share a coordinate.
    private const long Sparse = 1L << 32;
    private const double Grain = 1.0 / (1L << 44);

    private readonly double _step = range.Step ?? 1;
    private readonly bool _isLog = range.Scale == RangeScale.Log;
    private readonly long _levels = range.Levels;

    public override AxisKind Kind => AxisKind.Ordered;

    public override long Levels => _levels;

    private double Low => Math.Log(range.Min - (_step / 2));

    private double High => Math.Log(range.Min + ((Levels - 0.5) * _step));

    public override long LevelOf(double coordinate)
    {
        var level = _isLog
            ? Math.Round((Math.Exp(Low + (coordinate * (High - Low))) - range.Min) / _step)
            : Math.Floor(coordinate * Levels);
        return Math.Clamp((long)level, 0, Levels - 1);
    }

    public override double CoordinateOf(long level)
    {
        var coordinate = _isLog ? (Math.Log(range.Min + (level * _step)) - Low) / (High - Low) : (level + 0.5) / Levels;
        return Levels <= Sparse ? coordinate : Math.Round(coordinate / Grain) * Grain;
    }

    public override ParameterValue Value(double coordinate)
    {
        var level = LevelOf(coordinate);
        if (range.Whole) return new IntegerValue((long)Math.Min(range.Max, range.Min + (level * _step)));
        var value = Math.Min(range.Max, range.Min + (level * _step));
        // 0.1 + 2 * 0.1 should give 0.3.
        var tidy = double.Parse(value.ToString("G15"));
        return new NumberValue((Math.Abs(tidy - value) < 1e-9 * _step ? tidy : value) + 0.0);
    }

    /// <inheritdoc/>
    /// <remarks>A number between two values has no coordinate, unless coordinates can't distinguish the two values.</remarks>
    public override double? Coordinate(ParameterValue value)
    {
        if (Number(value) is not { } number) return null;
        var level = Math.Round((number - range.Min) / _step);
        if (level < 0 || level > Levels - 1) return null;
        var off = Math.Abs(Math.Min(range.Max, range.Min + (level * _step)) - number);
        return off <= 1e-9 * _step || Levels > Sparse ? CoordinateOf((long)level) : null;
    }
}

/// <summary>One of several values, with or without order.</summary>
internal sealed class ChoiceScale(ChoiceDimension choice) : AxisScale
{
    public override AxisKind Kind => choice.Ordered ? AxisKind.Ordered : AxisKind.Category;

    public override long Levels => choice.Values.Count;

    public override long LevelOf(double coordinate) => Math.Clamp((long)(coordinate * Levels), 0, Levels - 1);

    public override double CoordinateOf(long level) => (level + 0.5) / Levels;

    public override ParameterValue Value(double coordinate) => choice.Values[(int)LevelOf(coordinate)];

    public override double? Coordinate(ParameterValue value)
    {
        // 1 and 1.0 can be two different values. When the choice has only one of them, the other matches it.
        var values = choice.Values.ToList();
        var index = values.IndexOf(value);
        if (index < 0 && Number(value) is { } number) index = values.FindIndex(known => Number(known) == number);
        return index < 0 ? null : CoordinateOf(index);
    }
}
