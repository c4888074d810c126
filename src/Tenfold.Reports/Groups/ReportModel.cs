using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>A group as the ledger gives it: what a report is made of.</summary>
/// <param name="Group">The group.</param>
/// <param name="Runs">Its runs, failed and unfinished ones too, with the series of their metrics.</param>
/// <param name="Label">What to call it; null for its name and the parameters in which the groups differ.</param>
public sealed record GroupRuns(GroupRecord Group, IReadOnlyList<RunWithMetrics> Runs, string? Label = null);

/// <summary>All that a report says, before it is put into words and pictures: plain data, made once and then only read.</summary>
public sealed record ReportModel
{
    /// <summary>The metric that decides; null when the project names none.</summary>
    public required string? Metric { get; init; }

    /// <summary>Which way it is better.</summary>
    public required MetricGoal Goal { get; init; }

    /// <summary>The groups, at least one. With several, the first is the baseline.</summary>
    public required IReadOnlyList<ReportGroup> Groups { get; init; }

    /// <summary>Each group after the first against the first, in order; empty for one group, or without a metric.</summary>
    public required IReadOnlyList<Comparison> Comparisons { get; init; }

    /// <summary>How sure the comparisons and intervals are.</summary>
    public required ComparisonOptions Options { get; init; }

    /// <summary>The names of the parameters whose values differ between groups.</summary>
    public required IReadOnlyList<string> DifferingParameters { get; init; }

    /// <summary>What to know before believing the report, in plain words.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>When it was made; unfinished runs are shown as they were then.</summary>
    public required DateTimeOffset GeneratedAt { get; init; }

    /// <summary>The spread by which values of the metric are rounded; null when no group has any.</summary>
    public double? Spread
    {
        get
        {
            double[] spreads = [.. Groups.Select(group => group.Summary?.StandardDeviation ?? 0).Where(spread => spread > 0)];
            return spreads.Length == 0 ? null : Math.Max(spreads.Min(), spreads.Max() / 100);
        }
    }

    /// <summary>Reckons everything that the report says.</summary>
    /// <param name="groups">At least one; the first is what the others are compared with.</param>
    /// <param name="metric">The metric that decides; null for none.</param>
    /// <param name="goal">Which way it is better.</param>
    /// <param name="now">The time of the report.</param>
    /// <param name="options">How sure the comparisons must be; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no group.</exception>
    public static ReportModel From(
        IReadOnlyList<GroupRuns> groups, string? metric, MetricGoal goal, DateTimeOffset now, ComparisonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count == 0) throw new ArgumentException("A report needs a group.", nameof(groups));
        options ??= new();

        var differing = ParameterText.Differing([.. groups.Select(group => group.Group.Spec.Parameters)]);
        ReportGroup[] made = [.. groups.Select(group => ReportGroup.Of(group, differing, metric, now, options.Confidence))];
        return new()
        {
            Metric = metric,
            Goal = goal,
            Groups = made,
            Comparisons = metric is null || made.Length == 1
                ? []
                : Comparison.Family([.. made[1..].Select(group => group.SeedValues)], made[0].SeedValues, goal, options),
            Options = options,
            DifferingParameters = differing,
            Warnings = [.. ReportWarnings.Of(made, metric)],
            GeneratedAt = now,
        };
    }
}

/// <summary>A group in a report.</summary>
public sealed record ReportGroup
{
    /// <summary>The group as the ledger has it.</summary>
    public required GroupRecord Group { get; init; }

    /// <summary>What it is called in the report. From outside: to be escaped.</summary>
    public required string Label { get; init; }

    /// <summary>Its runs in the order of their repeats: all of them.</summary>
    public required IReadOnlyList<ReportRun> Runs { get; init; }

    /// <summary>Of the runs that count, see <see cref="ReportRun.Value"/>; null when none does.</summary>
    public required Summary? Summary { get; init; }

    /// <summary>How many runs count, and what became of the others: <c>8 of 10 runs counted: 1 failed, 1 ended as NaN</c>.</summary>
    public required string Notes { get; init; }

    /// <summary>Its repeats as a comparison takes them: a run that doesn't count has no value.</summary>
    public IReadOnlyList<SeedValue> SeedValues => [.. Runs.Select(run => new SeedValue(run.Record.Seed, run.Value))];

    /// <summary>Reckons a group.</summary>
    public static ReportGroup Of(GroupRuns group, IReadOnlyList<string> differing, string? metric, DateTimeOffset now, double confidence)
    {
        ReportRun[] runs = [.. group.Runs.OrderBy(run => run.Run.Repeat).Select(run => ReportRun.Of(run, metric, now))];
        double[] values = [.. runs.Where(run => run.Value is not null).Select(run => run.Value!.Value)];
        var missing = runs.Where(run => run.Missing is not null).GroupBy(run => run.Missing!).Select(kind => $"{kind.Count()} {kind.Key}").ToArray();
        var counted = metric is null
            ? $"{runs.Count(run => run.Record.State == RunState.Succeeded)} of {Numbers.Count(runs.Length, "run")} succeeded"
            : missing.Length == 0 ? Numbers.Count(runs.Length, "run") : $"{values.Length} of {Numbers.Count(runs.Length, "run")} counted";
        return new()
        {
            Group = group.Group,
            Label = group.Label ?? ParameterText.Label(group.Group, differing),
            Runs = runs,
            Summary = values.Length == 0 ? null : Summary.Of(values, confidence),
            Notes = missing.Length == 0 ? counted : $"{counted}: {string.Join(", ", missing)}",
        };
    }
}

/// <summary>A run in a report.</summary>
public sealed record ReportRun
{
    /// <summary>The run as the ledger has it.</summary>
    public required RunRecord Record { get; init; }

    /// <summary>Its metrics, with their series.</summary>
    public required IReadOnlyList<MetricSummary> Metrics { get; init; }

    /// <summary>The last value of the metric that decides, whatever became of the run; may be NaN or infinite. Null: it never came.</summary>
    public required double? Last { get; init; }

    /// <summary>
    /// The value that counts: <see cref="Last"/> when the run succeeded and it is finite. A run that failed half-way, or whose loss ended as
    /// NaN, has an earlier finite value, but that is not what training came to.
    /// </summary>
    public required double? Value { get; init; }

    /// <summary>Why it doesn't count, in two or three words; null when it does, or when there is no metric and it succeeded.</summary>
    public required string? Missing { get; init; }

    /// <summary>From its first start to its end, retries and waits included; so far, when it runs. Null when it never started, or a clock jumped back.</summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>Reckons a run.</summary>
    public static ReportRun Of(RunWithMetrics run, string? metric, DateTimeOffset now)
    {
        var record = run.Run;
        var last = metric is null ? null : run.Metrics.FirstOrDefault(one => one.Name == metric)?.Last;
        var missing = record.State switch
        {
            RunState.Failed => "failed",
            RunState.Cancelled => "cancelled",
            RunState.Queued => "not started",
            RunState.Running => "still running",
            _ when metric is null => null,
            _ when last is null => "without the metric",
            _ when !double.IsFinite(last.Value) => $"ended as {Numbers.Format(last.Value)}",
            _ => null,
        };
        var duration = (record.EndedAt ?? (record.State.IsFinal() ? null : now)) - record.StartedAt;
        return new()
        {
            Record = record,
            Metrics = run.Metrics,
            Last = last,
            Value = missing is null ? last : null,
            Missing = missing,
            Duration = duration >= TimeSpan.Zero ? duration : null,
        };
    }
}
