using System.Globalization;
using System.Text;

namespace Tenfold.Reports.Pages;

/// <summary>
/// Writes a page, or a piece of one, that is both HTML and well-formed XML: every element is closed, every attribute is quoted, and every
/// text is escaped. All text passes through <see cref="Escape"/>, so that nothing from a ledger becomes markup.
/// </summary>
public sealed class Markup
{
    private readonly StringBuilder _page = new();
    private int _ids;

    /// <summary>Opens an element; disposing the scope closes it. An attribute whose value is null is left out.</summary>
    public Scope Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        _page.Append('>');
        return new(this, name);
    }

    /// <summary>Writes an element without contents: an SVG shape, or a void element of HTML (<c>meta</c>).</summary>
    public void Empty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        _page.Append("/>");
    }

    /// <summary>Writes an element that contains text.</summary>
    public void Element(string name, string? text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        _page.Append('>').Append(Escape(text ?? "")).Append("</").Append(name).Append('>');
    }

    /// <summary>Writes text from any source; it is escaped.</summary>
    public void Text(string text) => _page.Append(Escape(text));

    /// <summary>Writes a line break, for readers of the page's source.</summary>
    public void Line() => _page.Append('\n');

    /// <summary>Writes trusted markup without escaping it: the style sheet and the document type.</summary>
    public void Raw(string markup) => _page.Append(markup);

    /// <summary>Makes an id that is unique on the page.</summary>
    public string NewId() => "i" + (++_ids).ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => _page.ToString();

    /// <summary>A coordinate, to two decimals.</summary>
    public static string Px(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A share of the width as a percentage: the horizontal unit of charts, which fits any window without scaling text.</summary>
    public static string Share(double share) => (100 * share).ToString("0.###", CultureInfo.InvariantCulture) + "%";

    /// <summary>
    /// Text that is safe between tags and in quotes. Characters that XML can't hold (control characters, lone surrogates) and those that
    /// would reverse the line (bidirectional overrides) are replaced by visible signs.
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
        /// <summary>Closes the element.</summary>
        public void Dispose() => markup._page.Append("</").Append(name).Append('>');
    }
}
