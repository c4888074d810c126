using Tenfold.Reports.Charts;

namespace Tenfold.Reports.Studies;

/// <summary>Seven colours from the worst to the best, the better the stronger against the paper: light or dark.</summary>
public static class StudyRamp
{
    /// <summary>How many colours there are.</summary>
    public const int Steps = 7;

    /// <summary>The class of a trial by its rank, 0 being the best of <paramref name="count"/>.</summary>
    public static string Class(int rank, int count) =>
        $"r{Math.Clamp((int)((double)(count - 1 - rank) / Math.Max(1, count - 1) * Steps), 0, Steps - 1)}";

    /// <summary>The colours in a row, with words at the ends.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="low">What the first colour means.</param>
    /// <param name="high">What the last one means.</param>
    /// <param name="best">What the mark of the best trial is called; null for none.</param>
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
