using Tenfold.Core.Pushes;
using Tenfold.Projects.Schedules;

namespace Tenfold.App.Pushes.Schedules;

/// <summary>Shows the schedules that servers of this ledger have read.</summary>
/// <param name="services">The services of this home.</param>
public sealed class ScheduleDesk(Services services)
{
    /// <summary>How many of the next times a listing shows.</summary>
    public const int ShownTimes = 3;

    /// <summary>Lists the schedules, with the next times of each.</summary>
    /// <param name="times">How many times.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<ScheduleReport>> ListAsync(int times, CancellationToken cancellationToken)
    {
        var schedules = await services.Pushes.ListSchedulesAsync(cancellationToken);
        var ids = schedules.Select(schedule => schedule.Push).OfType<string>().ToList();
        var pushes = (await services.Pushes.FindPushesAsync(ids, cancellationToken)).ToDictionary(push => push.Id);
        var now = services.Time.GetUtcNow();
        return [.. schedules.Select(schedule => new ScheduleReport(
            schedule, Next(schedule, now, times), schedule.Push is { } id ? pushes.GetValueOrDefault(id) : null))];
    }

    private static List<DateTimeOffset> Next(ScheduleRecord schedule, DateTimeOffset now, int count)
    {
        var found = new List<DateTimeOffset>();
        var times = CronTimes.Find(schedule.Cron, schedule.Zone);
        for (var next = times?.After(now); next is { } at && found.Count < count; next = times!.After(at)) found.Add(at);
        return found;
    }
}

/// <summary>A schedule, with what is to come and what was done last.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Next">The next times, in the schedule's zone.</param>
/// <param name="Push">What stands for the work that was done last; null when it was not done yet.</param>
public sealed record ScheduleReport(ScheduleRecord Schedule, IReadOnlyList<DateTimeOffset> Next, PushRecord? Push);
