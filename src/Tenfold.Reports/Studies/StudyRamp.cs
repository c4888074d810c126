using Tenfold.Reports.Pages;

namespace Tenfold.Reports.Studies;

/// <summary>Seven colours from the worst to the best. A better value has more contrast against the page, light or dark.</summary>
internal static class StudyRamp
{
    /// <summary>The number of colours.</summary>
    public const int Steps = 7;

    /// <summary>The CSS class of a trial by its rank; 0 is the best of <paramref name="count"/>.</summary>
    public static string Class(int rank, int count) =>
        $"r{Math.Clamp((int)((double)(count - 1 - rank) / Math.Max(1, count - 1) * Steps), 0, Steps - 1)}";

    /// <summary>Draws the colours in a row, with words at the ends.</summary>
    /// <param name="page">The page to draw on.</param>
    /// <param name="low">What the first colour means.</param>
    /// <param name="high">What the last colour means.</param>
    /// <param name="best">What the mark of the best trial means; null for no mark.</param>
    public static void Legend(Markup page, string low, string high, string? best)
    {
        using var legend = page.Open("p", ("class", "ramp"));
        page.Element("span", low);
        using (page.Open("span", ("class", "swatches"), ("aria-hidden", "true")))
            for (var i = 0; i < Steps; i++) page.Element("i", "", ("class", $"r{i}"));
        page.Element("span", high);
        if (best is not null) page.Element("span", best, ("class", "best-key"));
    }
}
