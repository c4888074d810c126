using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>Groups beside a baseline, with the verdicts and all that has to be said aloud.</summary>
internal sealed class GroupComparison
{
    private readonly IReadOnlyList<(GroupRecord Group, IReadOnlyList<RunWithMetrics> Runs)> _groups;
    private readonly IReadOnlyList<GroupStatistics> _statistics;
    private readonly double _alpha;

    private GroupComparison(IReadOnlyList<(GroupRecord, IReadOnlyList<RunWithMetrics>)> groups, MetricSpec metric, double alpha)
    {
        (_groups, _alpha, Metric) = (groups, alpha, metric);
        _statistics = [.. _groups.Select(group => GroupStatistics.Of(metric, group.Runs))];
        Comparisons = Comparison.Family([.. _statistics.Skip(1).Select(group => group.Values)], _statistics[0].Values, metric.Goal, new ComparisonOptions { Alpha = alpha });
    }

    /// <summary>The metric that decides.</summary>
    public MetricSpec Metric { get; }

    /// <summary>A comparison for each group after the first.</summary>
    public IReadOnlyList<Comparison> Comparisons { get; }

    /// <summary>Compares.</summary>
    /// <param name="groups">The baseline, then the candidates.</param>
    /// <param name="metric">The metric as the user gave it; null for the baseline's.</param>
    /// <param name="alpha">The level.</param>
    /// <exception cref="CommandException">There is no metric, or the groups disagree on which way it is better.</exception>
    public static GroupComparison Of(IReadOnlyList<(GroupRecord Group, IReadOnlyList<RunWithMetrics> Runs)> groups, string? metric, double alpha)
    {
        var chosen = MetricChoice.From(metric, groups[0].Group.Spec.Metric)
            ?? throw new CommandException(ExitCodes.BadInput, $"{groups[0].Group.Id} names no metric to decide by; give one: --metric accuracy:maximize");
        foreach (var (group, _) in groups)
            if (metric is null && group.Spec.Metric is { } own && own != chosen)
                throw new CommandException(
                    ExitCodes.BadInput,
                    $"{groups[0].Group.Id} is judged by {chosen.Name} ({chosen.Goal.ToString().ToLowerInvariant()}), and {group.Id} by {own.Name} ({own.Goal.ToString().ToLowerInvariant()}); say which: --metric {chosen.Name}:{chosen.Goal.ToString().ToLowerInvariant()}");
        return new GroupComparison(groups, chosen, alpha);
    }

    /// <summary>What a candidate differs in beside its parameters, and everything else that has to be said of a comparison.</summary>
    public IReadOnlyList<string> Notes(int candidate)
    {
        var (baseline, other) = (_groups[0].Group, _groups[candidate].Group);
        var notes = new List<string>();
        if (baseline.Spec.Project != other.Spec.Project) notes.Add($"the projects differ: {baseline.Spec.Project} against {other.Spec.Project}");
        if (baseline.Spec.Snapshot != other.Spec.Snapshot) notes.Add($"the code differs: snapshot {baseline.Spec.Snapshot[..12]} against {other.Spec.Snapshot[..12]}");
        foreach (var channel in baseline.Spec.Data.Keys.Union(other.Spec.Data.Keys))
            if (baseline.Spec.Data.GetValueOrDefault(channel)?.Hash != other.Spec.Data.GetValueOrDefault(channel)?.Hash) notes.Add($"the data differs: channel '{channel}'");
        if (baseline.Spec.Environment != other.Spec.Environment) notes.Add("the environment differs");
        // The comparison itself speaks of few and failed repeats; what the groups say of their own is said once.
        notes.AddRange(Comparisons[candidate - 1].Notes.Select(note => note.Text));
        notes.AddRange(_statistics[candidate].Notes.Concat(_statistics[0].Notes).Where(note => note.Contains("never appeared") || note.Contains("ended as") || note.Contains("not ended yet")).Distinct());
        return notes;
    }

    /// <summary>The comparison as data.</summary>
    public CompareView ToView() => new(
        [.. _groups.Select((group, i) => new GroupResultView(GroupView.Of(group.Group), [.. group.Runs.Select(run => RunView.Of(run, group.Group))], StatisticsView.Of(_statistics[i])))],
        [.. Comparisons.Select((c, i) => new ComparisonView(
            _groups[0].Group.Id, _groups[i + 1].Group.Id, Metric.Name, Metric.Goal.ToString().ToLowerInvariant(), VerdictText.Word(c), c.Method?.ToString().ToLowerInvariant(),
            c.PairsUsed, c.Difference, c.Interval?.Low, c.Interval?.High, _alpha, c.Level, c.PValue, c.AdjustedPValue, c.PermutationPValue, c.PermutationIsExact, c.TStatistic,
            c.DegreesOfFreedom, c.SmallestDetectable, c.MoreRepeats, Notes(i + 1)))]);

    /// <summary>The comparison for a person.</summary>
    public void Write(TextWriter writer)
    {
        writer.WriteLine($"{Metric.Name}, {(Metric.Goal == MetricGoal.Maximize ? "more is better" : "less is better")}; α = {_alpha:0.####}{(Comparisons.Count > 1 ? $", Holm-corrected over {Comparisons.Count} comparisons" : "")}");
        for (var i = 1; i < _groups.Count; i++) Write(writer, i);
    }

    private void Write(TextWriter writer, int candidate)
    {
        var comparison = Comparisons[candidate - 1];
        var (baseline, other) = (_groups[0].Group, _groups[candidate].Group);
        var width = Math.Clamp(Terminal.Width ?? 80, 40, 100) - 4;
        var labels = new[] { baseline, other }.Select(group => ParameterText.Label(group, ParameterText.Differing([baseline.Spec.Parameters, other.Spec.Parameters]))).ToList();
        writer.WriteLine();
        foreach (var line in ValueStrip.Compare([new StripGroup($"baseline   {labels[0]}", comparison.Baseline), new StripGroup($"candidate  {labels[1]}", comparison.Candidate)], width, Terminal.IsAscii))
            writer.WriteLine($"  {line}");
        writer.WriteLine();
        foreach (var line in Words.Wrapped($"{VerdictText.Word(comparison).ToUpperInvariant()}: {VerdictText.Sentence(comparison, other.Id, baseline.Id, Metric.Name)}", width))
            writer.WriteLine($"  {line}");
        foreach (var (name, value) in VerdictText.Facts(comparison, isFamily: Comparisons.Count > 1)) writer.WriteLine($"    {name,-36} {value}");
        foreach (var note in Notes(candidate)) writer.WriteLine($"  note: {note}");
    }
}
