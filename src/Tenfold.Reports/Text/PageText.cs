using System.Globalization;

namespace Tenfold.Reports.Text;

/// <summary>Adapts text to the typography of a page.</summary>
public static class PageText
{
    private const char Minus = '\u2212';

    /// <summary>
    /// The text with a minus sign instead of each hyphen before a number, and a no-break space before each percent sign.
    /// </summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var set = text.ToCharArray();
        for (var i = 0; i < set.Length - 1; i++)
        {
            var isSign = set[i] == '-' && (char.IsAsciiDigit(set[i + 1]) || set[i + 1] == '∞');
            if (isSign && (i == 0 || set[i - 1] is ' ' or '(')) set[i] = Minus;
        }

        return new string(set).Replace(" %", "\u00a0%", StringComparison.Ordinal);
    }

    /// <summary>A time, in UTC: <c>2026-11-22 03:08:00 UTC</c>.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
