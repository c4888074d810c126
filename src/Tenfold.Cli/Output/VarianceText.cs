using Tenfold.Core.Output;
using Tenfold.Core.Results;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Writes where the variance between a group's runs comes from.</summary>
internal static class VarianceText
{
    /// <summary>Writes a row for each source and one for all together, and the notes.</summary>
    public static void Write(TextWriter writer, GroupVariance group)
    {
        var components = group.Components;
        writer.WriteLine();
        writer.WriteLine(PlainText.Of(VarianceWords.Sentence(group)));
        writer.WriteLine();
        var table = new TextTable(
            "SOURCE", "N>", "STD DEV>", $"{Numbers.Percent(components.Confidence)} INTERVAL", "SHARE OF THE VARIANCE>");
        foreach (var source in components.Sources.Append(components.Together))
        {
            table.Add(
                source.Name, $"{source.Count}", VarianceWords.Deviation(source), VarianceWords.Range(source), VarianceWords.Share(source));
        }

        table.Write(writer, Terminal.Width);
        foreach (var note in VarianceWords.Notes(group)) writer.WriteLine($"  note: {PlainText.Of(note)}");
    }
}
