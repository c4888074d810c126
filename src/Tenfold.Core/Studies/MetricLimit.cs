using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;

namespace Tenfold.Core.Studies;

/// <summary>A constraint of a study: a limit on a metric, which a trial must keep to count. The limit itself is allowed.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Limit">The limit, in the metric's unit; finite.</param>
/// <param name="IsUpper">True for an upper limit (<c>&lt;=</c>), false for a lower one (<c>&gt;=</c>).</param>
public sealed record MetricLimit(string Metric, double Limit, bool IsUpper)
{
    /// <summary>The limit as a user writes it, such as <c>&lt;= 20</c>.</summary>
    [JsonIgnore]
    public string Text => $"{(IsUpper ? "<=" : ">=")} {Limit.ToString("R", CultureInfo.InvariantCulture)}";

    /// <summary>The metric and its limit, such as <c>latency_ms &lt;= 20</c>.</summary>
    public override string ToString() => $"{Metric} {Text}";

    /// <summary>Reads a limit such as <c>&lt;= 20</c>.</summary>
    /// <param name="metric">The metric's name.</param>
    /// <param name="text">The text.</param>
    /// <param name="limit">The limit.</param>
    public static bool TryRead(string metric, string text, [NotNullWhen(true)] out MetricLimit? limit)
    {
        var trimmed = text.Trim();
        var number = trimmed.Length > 2 ? trimmed[2..] : "";
        var isRead = double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value);
        limit = isRead && double.IsFinite(value) && trimmed[..2] is "<=" or ">=" ? new(metric, value, trimmed[0] == '<') : null;
        return limit is not null;
    }

    /// <summary>True when a value keeps the limit. NaN does not.</summary>
    public bool Allows(double value) => IsUpper ? value <= Limit : value >= Limit;

    /// <summary>Checks what a trial measured.</summary>
    /// <param name="limits">The study's constraints.</param>
    /// <param name="measured">The mean of a metric over the trial's runs; null when it was not measured.</param>
    /// <returns>
    /// The state of a trial that has a value, with the reason: infeasible when it breaks a constraint, failed when it did not measure a
    /// metric; null when it keeps all constraints.
    /// </returns>
    public static (TrialState State, Reason Why)? Check(IReadOnlyList<MetricLimit> limits, Func<string, double?> measured)
    {
        (TrialState, Reason)? broken = null;
        foreach (var limit in limits)
        {
            if (measured(limit.Metric) is not { } value) return (TrialState.Failed, new Reason.MetricMissing(limit.Metric));
            if (double.IsNaN(value)) return (TrialState.Failed, new Reason.MetricNotFinite(limit.Metric, value));
            if (!limit.Allows(value))
                broken ??= (TrialState.Infeasible, new Reason.ConstraintBroken(limit.Metric, value, limit.Limit, limit.IsUpper));
        }

        return broken;
    }

    /// <summary>The mean of a metric over some runs; null when none of them reported it.</summary>
    /// <param name="runs">The runs that count.</param>
    /// <param name="metric">The metric.</param>
    public static double? MeanOf(IEnumerable<RunWithMetrics> runs, string metric)
    {
        var values = runs.Select(run => RunValue.Of(run, metric).Last).OfType<double>().ToList();
        return values.Count > 0 ? values.Average() : null;
    }
}
