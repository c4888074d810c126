namespace Tenfold.Core.Ledger;

/// <summary>Puts events into the order in which they happened.</summary>
/// <remarks>
/// A ledger learns of events later than they happen: an agent's start and end when a controller reads its report. So their times
/// count, and not when they were recorded. But clocks of two machines may differ, and an attempt never runs before it is queued: within an
/// attempt the states decide.
/// </remarks>
public static class EventOrder
{
    private const int Last = 5;

    private static readonly Dictionary<string, int> Ranks = new()
    {
        ["created"] = 0,
        ["pending"] = 1,
        ["queued"] = 2,
        ["running"] = 3,
        ["succeeded"] = 4,
        ["failed"] = 4,
        ["cancelled"] = 4,
        ["lost"] = 4,
    };

    /// <summary>The events in the order in which they happened; those of one moment as they were recorded.</summary>
    /// <param name="events">The events, as they were recorded.</param>
    public static IReadOnlyList<EventRecord> Sort(IReadOnlyList<EventRecord> events)
    {
        var times = new DateTimeOffset[events.Count];
        for (var i = 0; i < events.Count; i++)
        {
            var (at, rank) = (events[i].At, Ranks.GetValueOrDefault(events[i].Kind, -1));
            times[i] = events.Where(other => other.Subject == events[i].Subject && IsBefore(other.Kind, rank)).Select(other => other.At)
                .Append(at).Max();
        }

        return
        [
            .. Enumerable.Range(0, events.Count)
                .OrderBy(i => times[i]).ThenBy(i => Ranks.GetValueOrDefault(events[i].Kind, Last)).ThenBy(i => i)
                .Select(i => events[i]),
        ];
    }

    private static bool IsBefore(string kind, int rank) => Ranks.TryGetValue(kind, out var other) && other < rank;
}
