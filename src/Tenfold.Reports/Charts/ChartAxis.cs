using System.Globalization;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Charts;

/// <summary>An axis of a chart: its range of values, and the values with labels. It works for numbers of any size.</summary>
public sealed class ChartAxis
{
    private const int MaxCategoryLength = 14;

    private readonly double _low;
    private readonly double _high;

    private ChartAxis(double low, double high, bool isLog, IReadOnlyList<Tick> ticks)
    {
        (_low, _high, IsLog) = (low, high, isLog);
        Ticks = [.. ticks.Where(tick => tick.Value >= low && tick.Value <= high)];
    }

    /// <summary>True for a logarithmic axis, on which equal distances are equal ratios.</summary>
    public bool IsLog { get; }

    /// <summary>The labelled values in ascending order; all of them lie on the axis.</summary>
    public IReadOnlyList<Tick> Ticks { get; }

    /// <summary>The length of the longest label, in characters.</summary>
    public int LabelWidth => Ticks.Select(tick => tick.Label.Length).DefaultIfEmpty().Max();

    /// <summary>The position of a value: 0 at the low end, 1 at the high end. Values beyond an end are clamped to it.</summary>
    public double At(double value) => Math.Clamp(Beyond(value), 0, 1);

    /// <summary>True when the value lies on the axis.</summary>
    public bool Shows(double value) => value >= _low && value <= _high;

    /// <summary>The position of a value, clamped to −9 and 10, so that a line can leave the plot and be clipped at its edge.</summary>
    public double Beyond(double value)
    {
        var share = IsLog
            ? (Math.Log10(Math.Max(value, double.Epsilon)) - Math.Log10(_low)) / (Math.Log10(_high) - Math.Log10(_low))
            : (value / 2 - _low / 2) / (_high / 2 - _low / 2);
        return Math.Clamp(share, -9, 10);
    }

    /// <summary>Makes a linear axis with room at both ends.</summary>
    /// <param name="low">The smallest value to show.</param>
    /// <param name="high">The largest value to show.</param>
    /// <param name="ticks">The approximate number of labels; there are fewer when labels are long.</param>
    /// <param name="margin">The room at each end, as a share of the range.</param>
    public static ChartAxis Linear(double low, double high, int ticks = 5, double margin = 0.04)
    {
        (low, high) = Widened(low, high, margin);
        var axis = new ChartAxis(low, high, false, Even(low, high, ticks, TickLabel));
        // Long labels would overlap, so draw only every other label.
        return axis.LabelWidth > 8 && axis.Ticks.Count > 3 ? new(low, high, false, [.. axis.Ticks.Where((_, i) => i % 2 == 0)]) : axis;
    }

    /// <summary>Makes a linear axis of whole numbers, such as steps, without room at its ends.</summary>
    public static ChartAxis Steps(long first, long last)
    {
        var (low, high) = ((double)Math.Min(first, last), (double)Math.Max(first, last));
        if (low == high) (low, high) = (low - 1, high + 1);
        return new(low, high, false, WholeTicks(low, high));
    }

    /// <summary>Makes a linear axis of whole numbers with room at both ends.</summary>
    public static ChartAxis Whole(double low, double high)
    {
        (low, high) = Widened(low, high, 0.04);
        return new(low, high, false, WholeTicks(low, high));
    }

    /// <summary>Makes an axis of categories side by side; the first lies at 0, the next at 1.</summary>
    /// <param name="labels">The names of the categories; at least one. Long names are truncated.</param>
    public static ChartAxis Categories(IReadOnlyList<string> labels) =>
        new(-0.5, labels.Count - 0.5, false, [.. labels.Select((label, i) => new Tick(i, ParameterText.Cut(label, MaxCategoryLength)))]);

    /// <summary>Chooses as many evenly spaced ticks as fit a width without overlapping labels.</summary>
    /// <param name="pixels">The width of the whole axis, in pixels.</param>
    public IEnumerable<Tick> Fitting(double pixels)
    {
        var every = 1;
        while (Ticks.Where((_, i) => i % every == 0).Sum(tick => (tick.Label.Length * 6.8) + 10) > pixels && every < Ticks.Count) every++;
        return Ticks.Where((_, i) => i % every == 0);
    }

    /// <summary>Makes a logarithmic axis, for positive values.</summary>
    public static ChartAxis Log(double low, double high)
    {
        (low, high) = (Math.Log10(low), Math.Log10(high));
        var room = Math.Max((high - low) * 0.04, 0.02);
        (low, high) = (Math.Max(low - room, -323), Math.Min(high + room, 308.2));
        var every = Math.Max(1, (int)Math.Ceiling((high - low) / 6));
        var ticks = new List<Tick>();
        for (var power = (int)Math.Ceiling(low); power <= high; power++)
            if (power % every == 0) ticks.Add(new(Math.Pow(10, power), Numbers.Format(Math.Pow(10, power))));
        if (ticks.Count < 3) ticks = [.. BetweenPowers(low, high)];
        return new(Math.Pow(10, low), Math.Pow(10, high), true, ticks);
    }

    /// <summary>Makes an axis of seconds from 0, labelled in seconds, minutes, hours or days.</summary>
    public static ChartAxis Time(TimeSpan longest)
    {
        var high = longest.TotalSeconds > 0 ? longest.TotalSeconds * 1.04 : 1;
        var (unit, name) = high switch { < 120 => (1, "s"), < 7200 => (60, "min"), < 172800 => (3600, "h"), _ => (86400, "d") };
        var ticks = Even(0, high / unit, 5, TickLabel).Select(tick => new Tick(tick.Value * unit, tick.Label + " " + name));
        return new(0, high, false, [.. ticks]);
    }

    /// <summary>Labels at 1, 2 and 5 of each power of ten, for a range of few powers; even steps for a very small range.</summary>
    private static IEnumerable<Tick> BetweenPowers(double low, double high)
    {
        Tick[] ticks =
        [
            .. from power in Enumerable.Range((int)Math.Floor(low), Math.Max(1, (int)Math.Ceiling(high) - (int)Math.Floor(low) + 1))
               from digit in new[] { 1, 2, 5 }
               let value = digit * Math.Pow(10, power)
               where Math.Log10(value) >= low && Math.Log10(value) <= high
               select new Tick(value, Numbers.Format(value)),
        ];
        return ticks.Length > 1 ? ticks : Even(Math.Pow(10, low), Math.Pow(10, high), 4, TickLabel);
    }

    private static IReadOnlyList<Tick> WholeTicks(double low, double high) =>
    [
        .. Even(low, high, 4, TickLabel)
            .Where(tick => tick.Value == Math.Round(tick.Value))
            .Select(tick => tick with { Label = Numbers.Format(tick.Value) }),
    ];

    private static (double, double) Widened(double low, double high, double margin)
    {
        var size = Math.Max(Math.Abs(low), Math.Abs(high));
        var half = high / 2 - low / 2;
        // A range that is only rounding error contains one value, so it gets an artificial width.
        if (half <= size * 1e-13) half = size == 0 ? 0.5 : size * 0.025;
        else half *= margin;
        if (half < double.Epsilon * 8) half = double.Epsilon * 8;
        return (Math.Max(low - 2 * half, double.MinValue), Math.Min(high + 2 * half, double.MaxValue));
    }

    private static List<Tick> Even(double low, double high, int count, Func<double, double, double, string> label)
    {
        var rough = high / count - low / count;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * (rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        if (!double.IsNormal(step)) return [new(low, Numbers.Format(low)), new(high, Numbers.Format(high))];

        var ticks = new List<Tick>();
        var largest = Math.Max(Math.Abs(low), Math.Abs(high));
        for (var i = Math.Ceiling(low / step); i <= Math.Floor(high / step) && ticks.Count < 20; i++)
            ticks.Add(new(i * step, label(i * step, step, largest)));
        return ticks;
    }

    private static string TickLabel(double value, double step, double largest)
    {
        if (value == 0) return "0";
        int last = Numbers.Place(step * 1.0001), first = Numbers.Place(largest);
        if (first >= 15 || last < -9 || (first >= 6 && last >= 3) || first < -4)
            return Numbers.Scientific(value, Math.Max(0, Numbers.Place(value * 1.0001) - last), isTrimmed: true);
        return value.ToString("F" + Math.Max(0, -last), CultureInfo.InvariantCulture);
    }
}

/// <summary>A labelled value on a <see cref="ChartAxis"/>.</summary>
public readonly record struct Tick(double Value, string Label);
