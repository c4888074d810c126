using Tenfold.App.Pushes;
using Tenfold.App.Pushes.Schedules;

namespace Tenfold.App.Views;

/// <summary>A schedule, as <c>tenfold schedule --json</c> shows it.</summary>
public sealed record ScheduleView(
    string Repository, string Folder, string Cron, string Zone, string Do, IReadOnlyList<DateTimeOffset> Next, DateTimeOffset? LastDueAt,
    int Missed, IReadOnlyList<string> LastResults)
{
    /// <summary>Makes the view.</summary>
    public static ScheduleView Of(ScheduleReport report)
    {
        var schedule = report.Schedule;
        return new ScheduleView(
            schedule.Repository, schedule.Folder, schedule.Cron, schedule.Zone, $"{schedule.Work}".ToLowerInvariant(), report.Next,
            schedule.LastDueAt, schedule.Missed, report.Push is { } push ? PushText.Results(push) : []);
    }
}
