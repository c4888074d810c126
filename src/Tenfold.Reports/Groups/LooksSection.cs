using System.Globalization;
using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>Writes when the groups were compared before, as a table: a verdict is only as good as the number of looks allows.</summary>
public static class LooksSection
{
    /// <summary>Writes the section; nothing when no look is recorded.</summary>
    public static void Draw(Markup page, ReportModel model)
    {
        if (model.Looks.All(history => history.Looks.Count == 0)) return;
        using var section = page.Open("section");
        page.Element("h2", "Looks at these groups");
        using (page.Open("div", ("class", "card scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Looks at these groups")))
        using (page.Open("table", ("class", "metrics")))
        {
            ReportTables.Head(page, "Candidate", "Time", "Repeats, baseline", "Repeats, candidate", "Compared", "Plan", "Result");
            using var body = page.Open("tbody");
            foreach (var (i, history) in model.Looks.Index())
                foreach (var look in history.Looks) Row(page, model.Groups[i + 1], look);
        }

        page.Element("p",
            "Each look at growing groups is another chance of a false verdict. A plan (tenfold compare --until-shown) spreads its level "
            + "over all looks. Without a plan, only repeats that were added after the last look are compared.", ("class", "note"));
    }

    private static void Row(Markup page, ReportGroup candidate, ComparisonLook look)
    {
        // The look may have had the two groups the other way round.
        var other = look.Baseline == candidate.Group.Id ? look.Candidate : look.Baseline;
        var statistic = StatisticText.Name(look.Statistic ?? LocationStatistic.Mean);
        using var row = page.Open("tr");
        page.Element("th", candidate.Label, ("scope", "row"));
        Cell(PageText.Time(look.At));
        Cell(look.RepeatsOf(other).ToString(CultureInfo.InvariantCulture));
        Cell(look.RepeatsOf(candidate.Group.Id).ToString(CultureInfo.InvariantCulture));
        Cell(look.Pairs == 0 ? "nothing: the plan was made" : $"{statistic}, n = {look.Pairs}");
        Cell(look.Plan is { } plan ? $"at most {plan.Max} repeats" : "none");
        Cell(look.Pairs == 0 ? "" : look.IsShown ? "a difference is shown" : "not shown");

        void Cell(string text) => page.Element("td", text);
    }
}
