using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Fitting;

/// <summary>Reads a metric from the command line: <c>accuracy</c>, <c>accuracy:maximize</c> or <c>loss:minimize</c>.</summary>
public static class MetricChoice
{
    /// <summary>The metric that decides between groups: the one that the user gave, else the one that they agree on.</summary>
    /// <param name="groups">The groups, the baseline first.</param>
    /// <param name="text">What the user gave; null for nothing.</param>
    /// <returns>The metric; null when there is none.</returns>
    /// <exception cref="CommandException">The text is no metric, or the groups name different metrics and there is no text.</exception>
    public static MetricSpec? For(IReadOnlyList<GroupRecord> groups, string? text)
    {
        var given = text is null ? null : From(text, groups.Select(group => group.Spec.Metric).FirstOrDefault(metric => metric is not null));
        return MetricAgreement.Of(groups, given).Match<MetricSpec?>(
            agreed => agreed.Metric,
            notNamed => null,
            disputed => throw new CommandException(
                ExitCodes.BadInput,
                $"{disputed.First.Id} is judged by {Text(disputed.FirstMetric)}, and {disputed.Other.Id} by {Text(disputed.OtherMetric)}; "
                + $"say which: --metric {disputed.FirstMetric.Name}:{Goal(disputed.FirstMetric)}"));
    }

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

    private static string Text(MetricSpec metric) => $"{metric.Name} ({Goal(metric)})";

    private static string Goal(MetricSpec metric) => metric.Goal.ToString().ToLowerInvariant();
}
