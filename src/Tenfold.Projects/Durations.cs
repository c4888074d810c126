using Tenfold.Core.Input;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects;

/// <summary>Durations as users write them in <c>tenfold.yaml</c> and on the command line: <c>2h</c>, <c>90m</c>, <c>1h30m</c>.</summary>
public static class Durations
{
    /// <summary>Reads a duration.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fault">What is wrong with the text, in words that begin with "must be"; null when nothing is wrong.</param>
    /// <returns>The duration; null when there is a fault.</returns>
    public static TimeSpan? Read(string text, out string? fault)
    {
        var reading = Units.ReadDuration(text.Trim());
        var why = reading.Why is null ? "" : $": {reading.Why}";
        var suggestion = reading.Suggestion is null ? "" : $"; did you mean '{reading.Suggestion}'?";
        fault = reading.Ok ? null : $"must be {Units.Duration.Words}, not {Excerpt.Of(text)}{why}{suggestion}";
        return reading.Ok ? (TimeSpan)reading.Value! : null;
    }
}
