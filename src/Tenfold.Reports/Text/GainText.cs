namespace Tenfold.Reports.Text;

/// <summary>Words for the gain of a sweep's winner over its baseline.</summary>
public static class GainText
{
    /// <summary>What the baseline of a sweep is called.</summary>
    public const string Baseline = "the baseline settings";

    /// <summary>The text with its first letter in upper case.</summary>
    public static string ToSentenceStart(this string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
