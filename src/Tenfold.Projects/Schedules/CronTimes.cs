using Cronos;

namespace Tenfold.Projects.Schedules;

/// <summary>The times of a cron expression in a time zone.</summary>
/// <remarks>
/// When clocks are put forward, a time that is left out is moved to the first moment after the gap. When clocks are put back, a fixed time
/// happens once, the first time, and an interval such as <c>*/30 2 * * *</c> happens in both hours. Source: Cronos, as Vixie cron does it.
/// </remarks>
public sealed class CronTimes
{
    private const int MostMissed = 1000;

    private readonly CronExpression _expression;
    private readonly TimeZoneInfo _zone;

    private CronTimes(CronExpression expression, TimeZoneInfo zone) => (_expression, _zone) = (expression, zone);

    /// <summary>Reads an expression for a zone that is known to be valid.</summary>
    /// <returns>Null when one of them is not valid on this machine, for instance because it lacks the data of time zones.</returns>
    public static CronTimes? Find(string cron, string zone) =>
        CronFault(cron) is null && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
            ? new CronTimes(CronExpression.Parse(cron), found) : null;

    /// <summary>Says what is wrong with an expression of five fields; null for a valid one.</summary>
    public static string? CronFault(string cron)
    {
        if (!CronExpression.TryParse(cron, out var expression))
            return "write five fields: minute, hour, day of the month, month, day of the week; such as \"0 3 * * 1\"";
        // Cron would run on either day, and Cronos runs only when both match.
        if (cron.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, var day, _, var weekday]
            && IsRestricted(day) && IsRestricted(weekday))
            return "name a day of the month or a day of the week, and write * for the other: programs disagree on what both mean";
        return expression.GetNextOccurrence(DateTime.UnixEpoch, TimeZoneInfo.Utc) is null ? "this day never comes" : null;
    }

    /// <summary>Says what is wrong with a zone's name; null for a valid one.</summary>
    public static string? ZoneFault(string zone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? null
            : "it is no time zone that this machine knows: write a name such as Europe/Berlin or UTC";

    /// <summary>The next time after a time, with the zone's offset; null when there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset time) => _expression.GetNextOccurrence(time, _zone);

    /// <summary>The newest time after one and up to another.</summary>
    /// <returns>Null when there is none; and how many times came before it, at most 1000.</returns>
    public (DateTimeOffset? Newest, int Missed) Between(DateTimeOffset after, DateTimeOffset upTo)
    {
        (DateTimeOffset? newest, var count) = (null, 0);
        for (var next = After(after); next is not null && next <= upTo && count < MostMissed; next = After(next.Value))
            (newest, count) = (next, count + 1);
        return (newest, Math.Max(0, count - 1));
    }

    private static bool IsRestricted(string field) => field is not ("*" or "?");
}
