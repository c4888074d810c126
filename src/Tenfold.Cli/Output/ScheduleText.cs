using System.Globalization;
using Tenfold.App.Views;
using Tenfold.Core.Output;

namespace Tenfold.Cli.Output;

/// <summary>Lists schedules. Each has a line for what, one for when, and one for what became of it.</summary>
internal static class ScheduleText
{
    private const string Indent = "    ";
    private const int WideLine = 200;

    /// <summary>Writes the list.</summary>
    /// <param name="schedules">The schedules.</param>
    /// <param name="width">The terminal's width; null for a file.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<ScheduleView> schedules, int? width)
    {
        var room = (width ?? WideLine) - Indent.Length;
        foreach (var schedule in schedules)
        {
            var folder = schedule.Folder.Length == 0 ? "" : $" ({schedule.Folder})";
            yield return PlainText.Of(
                $"{schedule.Repository}{folder}  {schedule.Do}  \"{schedule.Cron}\" {schedule.Zone}");
            var times = schedule.Next.Count == 0 ? "never" : string.Join(", ", schedule.Next.Select(At));
            foreach (var line in HumanText.Wrapped($"next {times}", room)) yield return Indent + line;
            if (schedule.LastResults.Count == 0 || schedule.LastDueAt is not { } due) continue;
            var missed = schedule.Missed == 0 ? "" : $"; {schedule.Missed} earlier missed";
            var results = string.Join("; ", schedule.LastResults);
            var last = PlainText.Of($"last {At(due)}{missed}: {results}").ReplaceLineEndings(" ");
            foreach (var line in HumanText.Wrapped(last, room)) yield return Indent + line;
        }
    }

    private static string At(DateTimeOffset time) => time.ToString("ddd yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);
}
