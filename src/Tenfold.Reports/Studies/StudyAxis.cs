using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>A varying parameter as an axis of charts: numbers on their scale, choices side by side.</summary>
public sealed class StudyAxis
{
    private const int MaxTextLength = 40;
    private const double Jitter = 0.22;
    private const int MaxJitteredLevels = 16;
    private readonly SearchDimension _dimension;
    private readonly double _jitter;

    private StudyAxis(int index, string name, SearchDimension dimension, double jitter) =>
        (Index, Name, _dimension, Axis, _jitter) = (index, name, dimension, AxisOf(dimension, 1.4 * jitter), jitter);

    /// <summary>The position of the axis in the space, from 0.</summary>
    public int Index { get; }

    /// <summary>The name of the parameter. It comes from a user and must be escaped.</summary>
    public string Name { get; }

    /// <summary>The axis of the charts.</summary>
    public ChartAxis Axis { get; }

    /// <summary>True when dots with equal values are jittered, so that the reader can tell them apart.</summary>
    public bool IsJittered => _jitter > 0;

    /// <summary>True for a range of numbers, false for choices.</summary>
    public bool IsRange => _dimension is RangeDimension;

    /// <summary>The position of a number in its range: 0 at the low end, 1 at the high end; 0.5 for choices.</summary>
    public double EndShare(double place) => _dimension is not RangeDimension range ? 0.5
        : (Axis.At(place) - Axis.At(range.Min)) / (Axis.At(range.Max) - Axis.At(range.Min));

    /// <summary>The axes of a space, in the order of <c>tenfold.yaml</c>.</summary>
    internal static IReadOnlyList<StudyAxis> Of(SearchSpace space, IReadOnlyDictionary<string, SearchDimension> dimensions) =>
    [
        .. space.Axes.Select((axis, i) => new StudyAxis(i, axis.Name, dimensions[axis.Name],
            axis.Levels is > 0 and <= MaxJitteredLevels && dimensions[axis.Name] is not RangeDimension { Scale: RangeScale.Log }
                ? Jitter * SpacingOf(dimensions[axis.Name]) : 0)),
    ];

    /// <summary>A value as short text: a number has four digits, and long text is truncated.</summary>
    public static string Text(ParameterValue value) => value is NumberValue number
        ? Numbers.Format(number.Value) : ParameterText.Cut(value.Text, MaxTextLength);

    /// <summary>The position of settings on the axis; null when they lack the parameter, or when its value is not on the axis.</summary>
    public double? PlaceOf(Parameters settings)
    {
        if (!settings.TryGetValue(Name, out var value)) return null;
        if (_dimension is not ChoiceDimension choice) return Number(value);
        var place = choice.Values.Index()
            .Where(known => known.Item == value || (Number(known.Item) is { } number && number == Number(value)))
            .Select(known => (double?)known.Index).FirstOrDefault();
        return place;
    }

    /// <summary>The position of a trial's dot: jittered by the trial's number when the axis has few values.</summary>
    public double DotOf(double place, int number) => place + (_jitter * (((number * 0.6180339887498949) % 1 * 2) - 1));

    private static double? Number(ParameterValue value) => value switch
    {
        IntegerValue whole => whole.Value,
        NumberValue number when double.IsFinite(number.Value) => number.Value,
        _ => null,
    };

    private static double SpacingOf(SearchDimension dimension) => dimension is RangeDimension range ? range.Step ?? 1 : 1;

    private static ChartAxis AxisOf(SearchDimension dimension, double room) => dimension switch
    {
        RangeDimension { Scale: RangeScale.Log } log => ChartAxis.Log(log.Min, log.Max),
        RangeDimension { Whole: true } whole => ChartAxis.Whole(whole.Min - room, whole.Max + room),
        RangeDimension range => ChartAxis.Linear(range.Min - room, range.Max + room, 4),
        ChoiceDimension choice => ChartAxis.Categories([.. choice.Values.Select(Text)]),
        _ => throw new ArgumentException($"A {dimension.GetType().Name} does not vary.", nameof(dimension)),
    };
}
