using System.Text;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Draws the model's mean over the two most important parameters, as a map.</summary>
public static class StudyContourChart
{
    private const int MaxDots = 300;
    private const double Height = 340;

    /// <summary>Draws the section, or the reason why there is no map; nothing with fewer than two parameters.</summary>
    public static void Draw(Markup page, StudyReportModel model)
    {
        if (model.Ranked.Count == 0 || model.Axes.Count < 2) return;
        using var section = page.Open("section");
        page.Element("h2", "The two parameters that matter most");
        if (model.Contour is not { } contour || model.Best is not { } best)
        {
            page.Element("p", !model.HasModel ? $"{NoteText.NoModel}, so there is no map."
                : model.Importance is { Variance: 0 } ? "The model sees no difference anywhere, so there is nothing to draw."
                : "The best trial has fewer than two active parameters, so there is no map.", ("class", "card"));
            return;
        }

        var (finest, worst) = contour.Ends(StudyReportModel.Sign(model.Goal));
        using var figure = page.Open("figure", ("class", "card"));
        using (page.Open("p", ("class", "map-title")))
        {
            page.Text($"Expected {model.MetricTitle} over ");
            page.Element("b", contour.Across.Name);
            page.Text($" (horizontal{(contour.Across.Axis.IsLog ? ", log scale" : "")}) and ");
            page.Element("b", contour.Up.Name);
            page.Text($" (vertical{(contour.Up.Axis.IsLog ? ", log scale" : "")})");
        }

        Legend(page, model, worst, finest);
        var frame = new PlotFrame(contour.Across.Axis, contour.Up.Axis, Math.Clamp(contour.Means[0].Length * 60, 150, Height), 300);
        StudyTrial[] both = [.. model.Ranked.Where(trial => trial.Positions[contour.Across.Index] is not null
            && trial.Positions[contour.Up.Index] is not null)];
        var drawn = Thinned.BestAndEvenly(both, MaxDots);
        frame.Draw(page, $"Expected {model.Metric} over {contour.Across.Name} and {contour.Up.Name}",
            $"The model expects from {model.Text(worst)} or worse to {model.Text(finest)}. The best: {model.Describe(best)}.",
            ParameterText.Cut(contour.Across.Name, 40) + LogNote(contour.Across), () =>
            {
                using (frame.Lines(page))
                    for (var level = 0; level < StudyRamp.Steps; level++) Cells(page, contour, level, worst, finest);
                foreach (var trial in drawn)
                    if (PlaceOf(contour, trial) is var (x, y))
                        frame.Dot(page, $"map-dot r{LevelOf(trial.Value!.Value, worst, finest)}", x, y, 3.75, model.Describe(trial));
                if (PlaceOf(contour, best) is var (bestX, bestY)) frame.Ring(page, bestX, bestY, 7, $"The best: {model.Describe(best)}");
            });
        page.Element("figcaption",
            "The map shows the model's mean, with all other parameters as in the best trial. A dot is a trial, in the colour of its own "
            + "value; its other settings differ, so its colour may differ from the map."
            + (contour.Means.Any(column => column.Any(mean => mean is null))
                ? " Where the map is blank, one of the two parameters is not active." : "")
            + Thinned.Note(drawn.Count, both.Length, "trial", $"the best {MaxDots / 4}, and others evenly by rank"), ("class", "note"));
    }

    /// <summary>The number of a mean's colour, from 0 for the worst.</summary>
    internal static int LevelOf(double mean, double worst, double best) =>
        worst == best
            ? StudyRamp.Steps - 1
            : Math.Clamp((int)((mean / 2 - worst / 2) / (best / 2 - worst / 2) * StudyRamp.Steps), 0, StudyRamp.Steps - 1);

    /// <summary>Draws the colours from the worst to the best, each with the value at which it begins.</summary>
    private static void Legend(Markup page, StudyReportModel model, double worst, double best)
    {
        var step = (best / StudyRamp.Steps) - (worst / StudyRamp.Steps);
        using var legend = page.Open("ul", ("class", "levels"), ("aria-label", "Colours"));
        for (var level = 0; level < StudyRamp.Steps; level++)
            page.Element("li", level == 0 ? "worse" : PageText.Of(Numbers.Format(worst + (level * step), step)),
                ("class", $"r{level}"));
        page.Element("li", "the best trial", ("class", "key"));
    }

    private static string LogNote(StudyAxis axis) => axis.Axis.IsLog ? " (log scale)" : "";

    private static (double X, double Y)? PlaceOf(StudyContour contour, StudyTrial trial) =>
        trial.Positions[contour.Across.Index] is { } x && trial.Positions[contour.Up.Index] is { } y
            ? (contour.Across.DotOf(x, trial.Number), contour.Up.DotOf(y, trial.Number * 7))
            : null;

    /// <summary>Draws all cells of one colour as a single path. Neighbouring cells of a column are merged.</summary>
    private static void Cells(Markup page, StudyContour contour, int level, double worst, double best)
    {
        var path = new StringBuilder();
        for (var column = 0; column < contour.Means.Length; column++)
        {
            var means = contour.Means[column];
            for (var row = 0; row < means.Length; row++)
            {
                if (!Has(means[row])) continue;
                var from = row;
                while (row + 1 < means.Length && Has(means[row + 1])) row++;
                var (left, right) = (PlotFrame.Thousandth(contour.AcrossEdges[column]),
                    PlotFrame.Thousandth(contour.AcrossEdges[column + 1]));
                path.Append('M').Append(left).Append(',').Append(PlotFrame.Thousandth(1 - contour.UpEdges[from]))
                    .Append('H').Append(right).Append('V').Append(PlotFrame.Thousandth(1 - contour.UpEdges[row + 1]))
                    .Append('H').Append(left).Append('Z');
            }
        }

        if (path.Length > 0) page.Empty("path", ("class", $"cell r{level}"), ("d", path.ToString()));

        bool Has(double? mean) => mean is { } some && LevelOf(some, worst, best) == level;
    }
}
