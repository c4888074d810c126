using System.Text.Json.Serialization;

namespace Tenfold.Core.Queueing;

/// <summary>What may run at the same time, and what a day may cost. A limit delays what waits, and never ends what runs.</summary>
public sealed record RunLimits
{
    /// <summary>How many runs may be handed to targets at the same time; null for no limit.</summary>
    public int? Runs { get; init; }

    /// <summary>
    /// What the machines of a day's runs may cost in US dollars; null for no limit. A run whose price is unknown is not counted.
    /// </summary>
    public decimal? UsdPerDay { get; init; }

    /// <summary>The time zone in which a day begins; null for UTC.</summary>
    public string? Zone { get; init; }

    /// <summary>True when nothing is limited.</summary>
    [JsonIgnore]
    public bool IsEmpty => Runs is null && UsdPerDay is null;

    /// <summary>When the day began in <see cref="Zone"/>. A zone that this machine does not know counts as UTC.</summary>
    public DateTimeOffset StartOfDay(DateTimeOffset now)
    {
        var zone = Zone is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : TimeZoneInfo.Utc;
        var midnight = TimeZoneInfo.ConvertTime(now, zone).Date;
        // Where the clocks change at midnight, the day has no midnight, or has it twice.
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(15);
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset);
    }
}
