using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics.Variance;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>Writes where the variance between a group's runs comes from, as a chart with its notes.</summary>
public static class VarianceSection
{
    /// <summary>Writes the section; nothing when no group varies several sources.</summary>
    public static void Draw(Markup page, ReportModel model)
    {
        if (model.Variance is not { } variance) return;
        using var section = page.Open("section");
        page.Element("h2", "Where the variance comes from");
        page.Element("p", PageText.Of(VarianceWords.Sentence(variance)), ("class", "note"));
        var components = variance.Components;
        StripRow[] rows =
        [
            .. components.Sources.Index().Select(source => Row(source.Item, source.Index, Dots(model.Groups[0], source.Index, variance))),
            Row(components.Together, components.Sources.Count, []),
        ];
        double[] ends =
        [
            .. rows.SelectMany(row => row.Dots.Select(dot => dot.Value)),
            .. rows.SelectMany(row => new[] { row.Mean ?? 0, row.Interval?.High ?? 0 }),
        ];
        using (page.Open("figure", ("class", "card")))
        {
            StripChart.Draw(
                page, "Standard deviations by source", string.Join(" ", rows.Select(row => $"{row.Label}: {row.Facts}.")), rows,
                ChartAxis.Linear(0, ends.Max()), $"standard deviation of {ParameterText.Cut(variance.Metric.Name, 36)}", 0);
            page.Element("figcaption",
                PageText.Of("The diamond is the standard deviation between runs that differ in this source only, averaged over what the "
                    + $"others are held at; the bar is its {Numbers.Percent(components.Confidence)} interval. Each dot is a pair of such "
                    + "runs: their distance, divided by √2. A share is a part of the sum of the variances. Where sources act jointly, such "
                    + "a part counts for each of them."), ("class", "note"));
        }

        ReportPage.Notes(page, VarianceWords.Notes(variance));
    }

    private static StripRow Row(SourceVariance source, int colour, IReadOnlyList<Dot> dots)
    {
        var facts = PageText.Of($"{VarianceWords.Facts(source)} · n = {source.Count}");
        return new(source.Name, facts, colour, dots, source.StandardDeviation, source.Interval, facts);
    }

    private static Dot[] Dots(ReportGroup reported, int source, GroupVariance variance)
    {
        var runs = reported.Runs.ToDictionary(run => run.Record.Repeat);
        return
        [
            .. from run in reported.Runs
               let repeat = run.Record.Repeat
               where variance.Variation.SourceOf(repeat) == variance.Variation.Sources[source] && run.Value is not null
               let partner = runs.GetValueOrDefault(variance.Variation.BlockOf(repeat) * variance.Variation.BlockSize + 1)
               where partner?.Value is not null
               let distance = Math.Abs(run.Value!.Value - partner.Value!.Value)
               select new Dot(
                   distance / Math.Sqrt(2),
                   PageText.Of($"{run.Record.Id} and {partner.Record.Id}: {Numbers.Format(distance, distance)} apart")),
        ];
    }
}
