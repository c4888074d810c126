using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Fitting;

/// <summary>Reads a metric from the command line: <c>accuracy</c>, <c>accuracy:maximize</c> or <c>loss:minimize</c>.</summary>
public static class MetricChoice
{
    /// <summary>The metric that is meant.</summary>
    /// <param name="text">What the user gave; null for nothing.</param>
    /// <param name="otherwise">The project's own, also for the goal when only a name was given; null for none.</param>
    public static MetricSpec? From(string? text, MetricSpec? otherwise)
    {
        if (text is null) return otherwise;
        var colon = text.LastIndexOf(':');
        var (name, goal) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..].ToLowerInvariant());
        if (name.Length == 0) throw new CommandException(ExitCodes.BadInput, $"--metric '{text}' has no name; write for instance accuracy:maximize");
        return goal switch
        {
            null when otherwise?.Name == name => otherwise,
            "maximize" or "max" => new MetricSpec(name, MetricGoal.Maximize),
            "minimize" or "min" => new MetricSpec(name, MetricGoal.Minimize),
            _ => throw new CommandException(ExitCodes.BadInput, $"--metric {text}: say which way is better: {name}:maximize or {name}:minimize"),
        };
    }
}
