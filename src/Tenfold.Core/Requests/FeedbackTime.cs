using System.Globalization;
using Tenfold.Core.Input;

namespace Tenfold.Core.Requests;

/// <summary>Reads the time of an outcome that a client or a table gives.</summary>
public static class FeedbackTime
{
    // Clocks of two machines differ.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Reads a time; null for a valid one, otherwise what is wrong and how to write it.</summary>
    /// <param name="text">The text: ISO 8601 with a time zone.</param>
    /// <param name="now">The current time. An outcome that is more than five minutes later would hide every correction until then.</param>
    /// <param name="at">The time.</param>
    public static string? Fault(string text, DateTimeOffset now, out DateTimeOffset at)
    {
        var wrong = !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at) ? "is not a time"
            : DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind).Kind == DateTimeKind.Unspecified
                ? "has no time zone"
            : at > now + ClockSkew ? "is in the future"
            : null;
        return wrong is null ? null
            : $"at {wrong}: {Excerpt.Of(text)}. Write it like 2026-11-28T12:00:00Z or 2026-11-28T13:00:00+01:00";
    }
}
