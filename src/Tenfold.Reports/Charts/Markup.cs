using System.Globalization;
using System.Text;

namespace Tenfold.Reports.Charts;

/// <summary>
/// Writes a page that is both HTML and well-formed XML: every element is closed, every attribute quoted, and every text escaped. There is no
/// way to write outside text but through <see cref="Escape"/>; so nothing from a ledger can become markup.
/// </summary>
public sealed class Markup
{
    private readonly StringBuilder _page = new();
    private int _ids;

    /// <summary>Opens an element; disposing closes it. An attribute without a value is left out.</summary>
    public Scope Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        _page.Append('>');
        return new(this, name);
    }

    /// <summary>An element with nothing in it, closed in itself: for SVG shapes and HTML's void elements (<c>meta</c>).</summary>
    public void Empty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        _page.Append("/>");
    }

    /// <summary>An element with text in it.</summary>
    public void Element(string name, string? text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        _page.Append('>').Append(Escape(text ?? "")).Append("</").Append(name).Append('>');
    }

    /// <summary>Text from anywhere.</summary>
    public void Text(string text) => _page.Append(Escape(text));

    /// <summary>A line break in the file, for who reads the source.</summary>
    public void Line() => _page.Append('\n');

    /// <summary>Text of the program's own, as it is: the style sheet and the document type.</summary>
    public void Own(string markup) => _page.Append(markup);

    /// <summary>An id that is not yet on the page.</summary>
    public string NewId() => "i" + (++_ids).ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => _page.ToString();

    /// <summary>A coordinate, to two decimals.</summary>
    public static string Px(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A share of the width, as a percentage: the charts' horizontal unit, so that they fit any window with text of one size.</summary>
    public static string Share(double share) => (100 * share).ToString("0.###", CultureInfo.InvariantCulture) + "%";

    /// <summary>
    /// Text that is safe between tags and in quotes. What XML can't hold (control characters, half surrogates) and what would turn the line
    /// around (bidirectional overrides) is shown as a sign for it.
    /// </summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '&': escaped.Append("&amp;"); break;
                case '<': escaped.Append("&lt;"); break;
                case '>': escaped.Append("&gt;"); break;
                case '"': escaped.Append("&quot;"); break;
                case '\'': escaped.Append("&#39;"); break;
                case '\n' or '\t': escaped.Append((char)rune.Value); break;
                case < 0x20: escaped.Append((char)(0x2400 + rune.Value)); break;
                case (>= 0x7f and < 0xa0) or 0x200e or 0x200f or (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) or 0xfffe or 0xffff:
                    escaped.Append('\ufffd');
                    break;
                default: escaped.Append(rune.ToString()); break;
            }
        }

        return escaped.ToString();
    }

    private void Start(string name, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _page.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
            if (value is not null) _page.Append(' ').Append(attribute).Append("=\"").Append(Escape(value)).Append('"');
    }

    /// <summary>An open element.</summary>
    public readonly struct Scope(Markup markup, string name) : IDisposable
    {
        /// <summary>Closes it.</summary>
        public void Dispose() => markup._page.Append("</").Append(name).Append('>');
    }
}
