using System.Globalization;
using Tenfold.App.Serving.Drift;
using Tenfold.Core.Output;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Writes a comparison of requests with what is expected.</summary>
internal static class DriftTable
{
    /// <summary>Writes a comparison.</summary>
    public static void Write(TextWriter writer, DriftResult drift)
    {
        var since = drift.Since.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        writer.WriteLine($"{drift.Model} {drift.Version} since {since}, against {PlainText.Of(drift.Against)}");
        writer.WriteLine();
        var table = new TextTable("FEATURE", "N>", "?AGAINST>", "?MISSING>", "DISTANCE>", "PSI>", "?EXPECTED>", "P>", "VERDICT");
        foreach (var feature in drift.Report.Features)
        {
            table.Add(
                feature.Name, $"{feature.Window}", $"{feature.Reference}", Numbers.Percent(feature.WindowMissing), Small(feature.Distance),
                Small(feature.Stability?.Index), Small(feature.Stability?.Expected),
                feature.AdjustedPValue is { } p ? Numbers.PValue(p).TrimStart('=', ' ') : null, DriftText.Word(feature.Verdict));
        }

        table.Write(writer, Terminal.Width);
        writer.WriteLine();
        var width = Math.Clamp(Terminal.Width ?? 100, 40, 100);
        foreach (var line in HumanText.Wrapped(DriftText.Sentence(drift.Report), width)) writer.WriteLine(line);
        if (drift.LeftOut.Count == 0) return;
        var names = PlainText.Of(string.Join(", ", drift.LeftOut));
        var note = $"note: no request has {names}, so it was not compared: it is the label, or clients no longer send it.";
        foreach (var line in HumanText.Wrapped(note, width)) writer.WriteLine(line);
    }

    private static string? Small(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture);
}
