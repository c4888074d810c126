using Tenfold.Core.Output;
using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Writes a comparison across tasks as text.</summary>
internal static class AcrossText
{
    /// <summary>Writes it.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="all">The comparison.</param>
    /// <param name="notes">What to know of the groups, as a server told it; null for what the comparison says itself.</param>
    public static void Write(TextWriter writer, GroupsAcrossTasks all, IReadOnlyList<string>? notes = null)
    {
        var width = Math.Clamp(Terminal.Width ?? 80, 40, 100) - 4;
        var better = all.Metric.Goal == MetricGoal.Maximize ? "more is better" : "less is better";
        writer.WriteLine($"{all.Metric.Name}, {better}, across {PlainText.Of(all.Across)}; α = {all.Options.Alpha:0.####}");
        if (AcrossWords.Friedman(all) is { } friedman)
        {
            writer.WriteLine();
            Paragraph(friedman);
        }

        foreach (var candidate in all.All) WriteCandidate(writer, candidate, all.Friedman is not null, width);
        Paragraph(AcrossWords.Assumptions(all));
        foreach (var left in all.Left) writer.WriteLine($"  note: {PlainText.Of(left)} doesn't count: a side has no value");
        foreach (var note in notes ?? [.. all.Notes.Select(note => NoteText.Sentence(note))])
            writer.WriteLine($"  note: {PlainText.Of(note)}");

        void Paragraph(string text) => WriteParagraph(writer, text, width);
    }

    private static void WriteCandidate(TextWriter writer, GroupsAcrossTasks all, bool isNamed, int width)
    {
        writer.WriteLine();
        if (isNamed) writer.WriteLine($"  {PlainText.Of(all.Candidate)}");
        DrawnDifference[] drawn =
        [
            .. all.Tasks.Select(task => new DrawnDifference(task.Comparison.Difference!.Value, task.Comparison.Interval)),
            new(all.Result.Overall.Difference!.Value, all.Result.Overall.Interval),
        ];
        var strips = DifferenceStrip.Render(drawn, Math.Clamp(width - 24, 16, 60), Terminal.IsAscii);
        foreach (var (task, strip) in all.Tasks.Zip(strips))
        {
            writer.WriteLine($"    {PlainText.Of(ParameterText.Cut(task.Name, 20)),-20} {strip}");
            writer.WriteLine($"    {"",-20} {AcrossWords.Difference(task)}"
                + $"  {task.Candidate.Group.Id} against {task.Baseline.Group.Id}");
        }

        writer.WriteLine($"    {"mean of the tasks",-20} {strips[^1]}");
        writer.WriteLine();
        WriteParagraph(writer, $"{VerdictText.Word(all.Result.Overall).ToUpperInvariant()}: {AcrossWords.Sentence(all)}", width);
        if (all.Result.Overall.Margin is { } margin)
            WriteParagraph(writer, $"MARGIN: {VerdictText.Sentence(margin, isPaired: true)}", width);
        foreach (var (name, value) in AcrossWords.Facts(all)) writer.WriteLine($"    {name,-40} {value}");
    }

    private static void WriteParagraph(TextWriter writer, string text, int width)
    {
        foreach (var line in HumanText.Wrapped(text, width)) writer.WriteLine($"  {line}");
    }
}
