using Tenfold.Reports.Charts;

namespace Tenfold.Reports.Groups;

/// <summary>
/// The page around a report: its head with the content security policy, its footer, and small parts that every report has.
/// </summary>
public static class ReportPage
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    /// <summary>Renders a page.</summary>
    /// <param name="title">What the window is called.</param>
    /// <param name="sheet">The style sheet: the program's own text, with no sign that XML would escape.</param>
    /// <param name="at">When it was made.</param>
    /// <param name="content">Writes what stands between head and footer.</param>
    public static string Render(string title, string sheet, DateTimeOffset at, Action<Markup> content)
    {
        var page = new Markup();
        page.Own("<!DOCTYPE html>\n");
        using (page.Open("html", ("lang", "en")))
        {
            using (page.Open("head"))
            {
                page.Empty("meta", ("charset", "utf-8"));
                page.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy));
                page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
                page.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
                page.Empty("meta", ("name", "referrer"), ("content", "no-referrer"));
                page.Element("title", $"{title} · Tenfold report");
                using var style = page.Open("style");
                page.Own(sheet);
            }

            page.Line();
            using var body = page.Open("body");
            using var main = page.Open("main");
            content(page);
            page.Line();
            page.Element("footer",
                $"Made {ProvenanceFacts.Time(at)} by Tenfold from its ledger. One file: no script, nothing loaded from elsewhere.");
        }

        page.Line();
        return page.ToString();
    }

    /// <summary>What to know first; nothing when there is nothing to say.</summary>
    public static void Notes(Markup page, IEnumerable<string> notes)
    {
        string[] sentences = [.. notes];
        if (sentences.Length == 0) return;
        using var section = page.Open("section");
        page.Element("h2", "Before you believe it");
        using var list = page.Open("ul", ("class", "card warnings"));
        foreach (var sentence in sentences) page.Element("li", ReportSections.Shown(sentence));
    }

    /// <summary>A name with its value, in a list of facts.</summary>
    public static void Fact(Markup page, string name, string value)
    {
        using var fact = page.Open("div");
        page.Element("dt", ReportSections.Shown(name));
        page.Element("dd", ReportSections.Shown(value));
    }
}
