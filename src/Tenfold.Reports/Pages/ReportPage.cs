using Tenfold.Reports.Text;

namespace Tenfold.Reports.Pages;

/// <summary>
/// The page around a report: the head with the content security policy, the footer, and elements that all reports share.
/// </summary>
public static class ReportPage
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    private const string Generator = "Tenfold report";

    private const string TitleSuffix = $" · {Generator}";

    /// <summary>True when a file is a report, so that a new report may replace it.</summary>
    /// <param name="start">The file's first few thousand characters.</param>
    public static bool IsReport(string start) =>
        start.Contains($"name=\"generator\" content=\"{Generator}\"", StringComparison.Ordinal)
            // Older versions wrote no generator.
            || start.Contains($"{TitleSuffix}</title>", StringComparison.Ordinal);

    /// <summary>Renders a page.</summary>
    /// <param name="title">The title of the browser window.</param>
    /// <param name="sheet">The style sheet; it must not contain characters that XML escapes.</param>
    /// <param name="at">When the report was made.</param>
    /// <param name="content">Writes the sections between head and footer.</param>
    public static string Render(string title, string sheet, DateTimeOffset at, Action<Markup> content)
    {
        var page = new Markup();
        page.Raw("<!DOCTYPE html>\n");
        using (page.Open("html", ("lang", "en")))
        {
            using (page.Open("head"))
            {
                page.Empty("meta", ("charset", "utf-8"));
                page.Empty("meta", ("name", "generator"), ("content", Generator));
                page.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy));
                page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
                page.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
                page.Empty("meta", ("name", "referrer"), ("content", "no-referrer"));
                page.Element("title", $"{title}{TitleSuffix}");
                using var style = page.Open("style");
                page.Raw(sheet);
            }

            page.Line();
            using var body = page.Open("body");
            using var main = page.Open("main");
            content(page);
            page.Line();
            page.Element("footer",
                $"Made {PageText.Time(at)} by Tenfold from its ledger. One file, without scripts; it loads nothing from elsewhere.");
        }

        page.Line();
        return page.ToString();
    }

    /// <summary>Writes the section of notes; nothing when there are no notes.</summary>
    public static void Notes(Markup page, IEnumerable<string> notes)
    {
        string[] sentences = [.. notes];
        if (sentences.Length == 0) return;
        using var section = page.Open("section");
        page.Element("h2", "Before you believe it");
        using var list = page.Open("ul", ("class", "card warnings"));
        foreach (var sentence in sentences) page.Element("li", PageText.Of(sentence));
    }

    /// <summary>Writes a name with its value, in a list of facts.</summary>
    public static void Fact(Markup page, string name, string value)
    {
        using var fact = page.Open("div");
        page.Element("dt", PageText.Of(name));
        page.Element("dd", PageText.Of(value));
    }
}
