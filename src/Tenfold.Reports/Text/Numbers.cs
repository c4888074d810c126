using System.Globalization;

namespace Tenfold.Reports.Text;

/// <summary>
/// Formats numbers for people, with as many digits as the spread makes meaningful. Culture-invariant, with an ASCII minus. The JSON output
/// has all digits.
/// </summary>
public static class Numbers
{
    private const int MaxDigits = 14;
    private const int DigitsWithoutSpread = 4;

    /// <summary>Formats a value to the second significant digit of its spread: 0.96713 with a spread of 0.0067 is <c>0.9671</c>.</summary>
    /// <param name="value">The value. NaN and infinities become <c>NaN</c>, <c>∞</c> and <c>-∞</c>.</param>
    /// <param name="spread">
    /// How far apart such values lie: a standard deviation, or half an interval. Null or zero when it is unknown; the value then has four
    /// significant digits, and all digits of its whole part.
    /// </param>
    /// <returns>
    /// At most 14 significant digits, as <c>1.2e-7</c> when the value is very small or very large. Only zero becomes <c>0</c>: a value far
    /// below the spread keeps its first digit.
    /// </returns>
    public static string Format(double value, double? spread = null)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "∞" : "-∞";
        if (value == 0) return "0";

        var first = Place(value);
        var isKnown = spread is { } s && double.IsFinite(s) && s != 0;
        var last = isKnown ? Place(spread!.Value) - 1 : first - DigitsWithoutSpread + 1;
        last = Math.Max(Math.Min(last, first), first - MaxDigits + 1);
        if (first < -4 || first >= 15 || (first >= 7 && last > 0)) return Scientific(value, Math.Max(first - last, 0), !isKnown);

        var text = value.ToString("F" + Math.Clamp(-last, 0, 15), CultureInfo.InvariantCulture);
        return isKnown ? text : Trimmed(text);
    }

    /// <summary>Formats a difference like <see cref="Format"/>, but always with its sign.</summary>
    public static string WithSign(double value, double? spread = null) => (value > 0 ? "+" : "") + Format(value, spread);

    /// <summary>A p-value to two significant digits, after an equals or less-than sign: <c>= 0.032</c>, <c>&lt; 0.0001</c>.</summary>
    public static string PValue(double p) => p switch
    {
        < 0.0001 => "< 0.0001",
        >= 0.995 => "= 1",
        _ => "= " + p.ToString("F" + Math.Clamp(1 - Place(p), 2, 5), CultureInfo.InvariantCulture),
    };

    /// <summary>A share as a percentage, with one decimal where needed: <c>95 %</c>, <c>98.3 %</c>.</summary>
    public static string Percent(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>
    /// A duration in its two largest units: <c>0.84 s</c>, <c>12.3 s</c>, <c>4 min 07 s</c>, <c>3 h 12 min</c>, <c>2 d 4 h</c>. A negative
    /// duration, such as after a clock was set back, becomes <c>0 s</c>.
    /// </summary>
    public static string Duration(TimeSpan duration) => duration.TotalSeconds switch
    {
        < 0 => "0 s",
        < 0.9995 => $"{Math.Round(duration.TotalSeconds, 3):0.###} s",
        < 9.995 => $"{duration.TotalSeconds:0.00} s",
        < 59.95 => $"{duration.TotalSeconds:0.0} s",
        < 60 => "1 min 00 s",
        < 3600 => $"{(int)duration.TotalMinutes} min {duration.Seconds:00} s",
        < 86400 => $"{(int)duration.TotalHours} h {duration.Minutes:00} min",
        _ => $"{(int)duration.TotalDays} d {duration.Hours} h",
    };

    /// <summary>A size in bytes, in powers of 1,000: <c>847 B</c>, <c>1.2 MB</c>.</summary>
    public static string Size(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
        for (; Math.Abs(size) >= 999.5 && unit < units.Length - 1; unit++) size /= 1000;
        var format = unit > 0 && Math.Abs(size) < 9.95 ? "0.0" : "0";
        return $"{size.ToString(format, CultureInfo.InvariantCulture)} {units[unit]}";
    }

    /// <summary>A count with its noun: <c>1 run</c>, <c>10 runs</c>.</summary>
    public static string Count(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    /// <summary>The decimal place of the first significant digit: 0 for 7, 2 for 734, −3 for 0.0067.</summary>
    internal static int Place(double value) => (int)Math.Floor(Math.Log10(Math.Abs(value)));

    /// <summary>A value with an exponent: <c>1.25e-7</c>.</summary>
    internal static string Scientific(double value, int decimals, bool isTrimmed)
    {
        var text = value.ToString("E" + Math.Clamp(decimals, 0, 15), CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = isTrimmed ? Trimmed(text[..e]) : text[..e];
        var exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return $"{mantissa}e{exponent.ToString(CultureInfo.InvariantCulture)}";
    }

    private static string Trimmed(string text) => text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
}
