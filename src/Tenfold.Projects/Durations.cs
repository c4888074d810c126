using Tenfold.Core.Input;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects;

/// <summary>Times as <c>tenfold.yaml</c> and the command line have them: <c>2h</c>, <c>90m</c>, <c>1h30m</c>.</summary>
public static class Durations
{
    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fault">What is wrong with it, in a sentence that begins with "wants"; null when nothing is.</param>
    /// <returns>The time; null when there is a fault.</returns>
    public static TimeSpan? Read(string text, out string? fault)
    {
        var reading = Units.ReadDuration(text.Trim());
        fault = reading.Ok ? null : $"wants {Units.Duration.Words}, not {Excerpt.Of(text)}"
            + (reading.Why is null ? "" : $": {reading.Why}") + (reading.Suggestion is null ? "" : $"; did you mean '{reading.Suggestion}'?");
        return reading.Ok ? (TimeSpan)reading.Value! : null;
    }
}
