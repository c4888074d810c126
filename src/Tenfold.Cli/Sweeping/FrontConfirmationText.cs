using Tenfold.Cli.Output;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Sweeping;

/// <summary>Writes the result of running points of a Pareto front again with fresh seeds.</summary>
internal static class FrontConfirmationText
{
    /// <summary>Writes a table of the points, and which of them stay on the front.</summary>
    public static void Write(TextWriter writer, StudySpec spec, FrontConfirmation confirmed)
    {
        writer.WriteLine("\nrun again with fresh seeds");
        var names = StudyText.SettingNames(spec);
        var table = new TextTable([
            "TRIAL", .. spec.Objectives.SelectMany(objective => new[] { objective.Name.ToUpperInvariant() + ">", "INTERVAL" }), "RUNS>",
            "FRONT", .. StudyText.SettingHeadings(names),
        ]);
        foreach (var point in confirmed.Points)
        {
            var cells = point.Objectives.Count == 0 ? spec.Objectives.SelectMany(_ => new string?[] { null, null })
                : point.Objectives.SelectMany(Cells);
            var counting = point.Objectives.Count == 0 ? 0 : point.Objectives[0].N;
            table.Add([
                StudyText.Name(point.Trial), .. cells, $"{counting} of {point.Runs}", point.IsOnFront ? "yes" : "no",
                .. StudyText.SettingCells(names, point.Trial.Parameters),
            ]);
        }

        table.Write(writer, Terminal.Width);
        foreach (var point in confirmed.Points)
        {
            if (point.Broken is { } broken)
                writer.WriteLine(FrontText.BrokenSentence(StudyText.Name(point.Trial), ReasonText.Of(broken)));
        }

        writer.WriteLine(FrontText.ConfirmedSentence(confirmed));
    }

    private static string?[] Cells(Summary summary)
    {
        var spread = summary.StandardDeviation is > 0 and var deviation ? deviation : (double?)null;
        return
        [
            Numbers.Format(summary.Mean, spread),
            summary is { Interval: { } ends, StandardDeviation: not 0 }
                ? $"{Numbers.Format(ends.Low, spread)} to {Numbers.Format(ends.High, spread)}" : null,
        ];
    }
}
