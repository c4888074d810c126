using System.Diagnostics.CodeAnalysis;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Fitting;

/// <summary>Reads a metric as a user writes it: <c>accuracy</c>, <c>accuracy:maximize</c> or <c>loss:minimize</c>.</summary>
public static class MetricChoice
{
    /// <summary>Reads the text.</summary>
    /// <param name="text">What the user wrote; null for nothing.</param>
    /// <param name="otherwise">
    /// The project's own metric: chosen without a text, and the source of the goal when the text is only its name. Null for none.
    /// </param>
    /// <param name="metric">The chosen metric; null when neither the user nor the project names one.</param>
    /// <param name="refusal">What is wrong with the text when this returns false.</param>
    public static bool TryRead(string? text, MetricSpec? otherwise, out MetricSpec? metric, [MaybeNullWhen(true)] out Refusal refusal)
    {
        (metric, refusal) = (otherwise, null);
        if (text is null) return true;
        var colon = text.LastIndexOf(':');
        var (name, goal) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..].ToLowerInvariant());
        if (name.Length > 0 && goal is null && otherwise?.Name == name) return true;
        metric = goal switch
        {
            _ when name.Length == 0 => null,
            "maximize" or "max" => new MetricSpec(name, MetricGoal.Maximize),
            "minimize" or "min" => new MetricSpec(name, MetricGoal.Minimize),
            _ => null,
        };
        if (metric is not null) return true;
        refusal = Refusal.BadInput(name.Length == 0
            ? $"--metric '{text}' has no name; write for example accuracy:maximize"
            : $"--metric {text}: say which way is better: {name}:maximize or {name}:minimize");
        return false;
    }

    /// <summary>
    /// Chooses the metric by which groups are compared: the one that the user wrote, otherwise the one that the groups agree on.
    /// </summary>
    /// <param name="groups">The groups, the baseline first.</param>
    /// <param name="text">What the user wrote; null for nothing.</param>
    /// <param name="metric">The metric; null when neither the user nor any group names one.</param>
    /// <param name="refusal">When this returns false: the text is wrong, or there is no text and the groups disagree.</param>
    public static bool TryChoose(
        IReadOnlyList<GroupRecord> groups, string? text, out MetricSpec? metric, [MaybeNullWhen(true)] out Refusal refusal)
    {
        var named = groups.Select(group => group.Spec.Metric).FirstOrDefault(own => own is not null);
        if (!TryRead(text, named, out metric, out refusal)) return false;
        (metric, refusal) = MetricAgreement.Of(groups, text is null ? null : metric).Match<(MetricSpec?, Refusal?)>(
            agreed => (agreed.Metric, null), notNamed => (null, null), disputed => (null, Disputed(disputed)));
        return refusal is null;
    }

    private static Refusal Disputed(MetricAgreement.Disputed disputed) => Refusal.BadInput(
        $"{disputed.First.Id} is judged by {Describe(disputed.FirstMetric)}, " +
        $"and {disputed.Other.Id} by {Describe(disputed.OtherMetric)}; " +
        $"choose one: --metric {disputed.FirstMetric.Name}:{GoalOf(disputed.FirstMetric)}");

    private static string Describe(MetricSpec metric) => $"{metric.Name} ({GoalOf(metric)})";

    private static string GoalOf(MetricSpec metric) => metric.Goal.ToString().ToLowerInvariant();
}
