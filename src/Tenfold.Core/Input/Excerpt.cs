using System.Globalization;
using System.Text;

namespace Tenfold.Core.Input;

/// <summary>Formats a user's text for a message: on one line, truncated, and with control characters escaped.</summary>
public static class Excerpt
{
    private const int DefaultLength = 48;

    /// <summary>The text in single quotes.</summary>
    public static string Of(string text) => $"'{Bare(text)}'";

    /// <summary>The text without quotes, at most <paramref name="longest"/> characters long.</summary>
    public static string Bare(string text, int longest = DefaultLength)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= longest) return shown.Append('…').ToString();
            shown.Append(Show(rune));
        }

        return shown.ToString();
    }

    private static string Show(Rune rune) => rune.Value switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ when Unprintable(Rune.GetUnicodeCategory(rune)) => rune.Value > 0xFFFF ? $"\\U{rune.Value:X8}" : $"\\u{rune.Value:x4}",
        _ => rune.ToString(),
    };

    // Format characters can reverse the direction of the text.
    private static bool Unprintable(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
