using Tenfold.Numerics.Tuning;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>A varying parameter in the pictures: numbers on their scale, choices side by side.</summary>
public sealed class StudyAxis
{
    private const int LongestText = 40;
    private const double Aside = 0.22;
    private const int MostMovedAside = 16;
    private readonly SearchDimension _dimension;
    private readonly double _aside;

    private StudyAxis(int index, string name, SearchDimension dimension, double aside) =>
        (Index, Name, _dimension, Axis, _aside) = (index, name, dimension, AxisOf(dimension, 1.4 * aside), aside);

    /// <summary>Which of the space's axes it is.</summary>
    public int Index { get; }

    /// <summary>The parameter's name. From outside: to be escaped.</summary>
    public string Name { get; }

    /// <summary>Its scale.</summary>
    public Axis Axis { get; }

    /// <summary>True when trials with the same value are drawn beside each other, so that they can be told apart.</summary>
    public bool IsMovedAside => _aside > 0;

    /// <summary>True for numbers between two ends.</summary>
    public bool IsRange => _dimension is RangeDimension;

    /// <summary>Where a number lies in its range: 0 at the low end, 1 at the high end.</summary>
    public double EndShare(double place) => _dimension is not RangeDimension range ? 0.5
        : (Axis.At(place) - Axis.At(range.Min)) / (Axis.At(range.Max) - Axis.At(range.Min));

    /// <summary>The axes of a space, in the order of the file.</summary>
    public static IReadOnlyList<StudyAxis> Of(SearchSpace space, IReadOnlyDictionary<string, SearchDimension> dimensions) =>
    [
        .. space.Axes.Select((axis, i) => new StudyAxis(i, axis.Name, dimensions[axis.Name],
            axis.Levels is > 0 and <= MostMovedAside && dimensions[axis.Name] is not RangeDimension { Scale: RangeScale.Log }
                ? Aside * SpacingOf(dimensions[axis.Name]) : 0)),
    ];

    /// <summary>A value in few letters: numbers with four digits, long texts cut.</summary>
    public static string Text(ParameterValue value) => value is NumberValue number
        ? Numbers.Format(number.Value) : ParameterText.Cut(value.Text, LongestText);

    /// <summary>Where some settings lie; null when they haven't the parameter, or it is not on the axis.</summary>
    public double? PlaceOf(Parameters settings)
    {
        if (!settings.TryGetValue(Name, out var value)) return null;
        if (_dimension is not ChoiceDimension choice) return Number(value);
        var place = choice.Values.Index().Where(one => one.Item == value || (Number(one.Item) is { } known && known == Number(value)))
            .Select(one => (double?)one.Index).FirstOrDefault();
        return place;
    }

    /// <summary>Where a trial's dot is drawn: moved aside a little, by its number, when many have the same few values.</summary>
    public double DotOf(double place, int number) => place + (_aside * (((number * 0.6180339887498949) % 1 * 2) - 1));

    private static double? Number(ParameterValue value) => value switch
    {
        IntegerValue whole => whole.Value,
        NumberValue number when double.IsFinite(number.Value) => number.Value,
        _ => null,
    };

    private static double SpacingOf(SearchDimension dimension) => dimension is RangeDimension range ? range.Step ?? 1 : 1;

    private static Axis AxisOf(SearchDimension dimension, double room) => dimension switch
    {
        RangeDimension { Scale: RangeScale.Log } log => Axis.Log(log.Min, log.Max),
        RangeDimension { Whole: true } whole => Axis.Whole(whole.Min - room, whole.Max + room),
        RangeDimension range => Axis.Linear(range.Min - room, range.Max + room, 4),
        ChoiceDimension choice => Axis.Categories([.. choice.Values.Select(Text)]),
        _ => throw new ArgumentException($"A {dimension.GetType().Name} does not vary.", nameof(dimension)),
    };
}
