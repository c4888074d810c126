using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Across;

namespace Tenfold.Core.Results;

/// <summary>A baseline and a candidate on one of several data sets or tasks.</summary>
/// <param name="Name">The data set, or the value of the parameter.</param>
/// <param name="Baseline">The baseline's group.</param>
/// <param name="Candidate">The candidate's group.</param>
/// <param name="Comparison">Their comparison on this task alone, at alpha: for reading; the tasks together give the verdict.</param>
public sealed record TaskComparison(string Name, MeasuredGroup Baseline, MeasuredGroup Candidate, Comparison Comparison);

/// <summary>A candidate and a baseline on several data sets or tasks.</summary>
/// <param name="Across">What tells the tasks apart: <c>data</c>, or a parameter.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Options">How sure the comparison is.</param>
/// <param name="Tasks">The tasks; at least two.</param>
/// <param name="Left">Names of tasks that don't count, because a side has no value.</param>
/// <param name="Result">What the tasks say together.</param>
/// <param name="Notes">What to know before believing it.</param>
public sealed record GroupsAcrossTasks(
    string Across, MetricSpec Metric, ComparisonOptions Options, IReadOnlyList<TaskComparison> Tasks, IReadOnlyList<string> Left,
    AcrossTasks Result, IReadOnlyList<GroupNote> Notes)
{
    /// <summary>The candidate's parameters that differ from the baseline's, such as <c>hidden=64</c>; or its position.</summary>
    public string Candidate { get; init; } = "candidate";

    /// <summary>Whether the baseline and all candidates differ at all, with the baseline first; null for a single candidate.</summary>
    public FriedmanTest? Friedman { get; init; }

    /// <summary>The other candidates, without <see cref="Friedman"/> and further candidates of their own; empty for none.</summary>
    public IReadOnlyList<GroupsAcrossTasks> Further { get; init; } = [];

    /// <summary>This candidate, then the others.</summary>
    public IReadOnlyList<GroupsAcrossTasks> All => [this, .. Further];
}
