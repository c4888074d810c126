using System.Text.Json.Serialization;
using Tenfold.Core.Results;
using Tenfold.Reports.Text;

namespace Tenfold.App.Views;

#pragma warning disable MA0048

/// <summary>A comparison across data sets or tasks, in <c>--json</c>.</summary>
public sealed record AcrossView(
    string Across, string Metric, string Goal, string Verdict, int Tasks, double? Difference, double? Low, double? High, double Alpha,
    double? PValue, double SignedRankPValue, double? BetweenTasks, double? ChanceOnNextTask, MarginView? Margin,
    IReadOnlyList<TaskView> PerTask, IReadOnlyList<string> Left, IReadOnlyList<string> Notes, IReadOnlyList<string> NoteCodes)
{
    /// <summary>
    /// The level of the interval, whose confidence is 1 − level: α; with several candidates what Holm's correction leaves of it.
    /// </summary>
    public required double Level { get; init; }

    /// <summary>The candidate's parameters that differ from the baseline's; only with several candidates.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Candidate { get; init; }

    /// <summary>The p-value after Holm's correction, which gives the verdict; only with several candidates.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AdjustedPValue { get; init; }

    /// <summary>Whether the arms differ at all; only with several candidates.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FriedmanView? Friedman { get; init; }

    /// <summary>The other candidates; only with several.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AcrossView>? Further { get; init; }

    /// <summary>The view of a comparison.</summary>
    public static AcrossView Of(GroupsAcrossTasks all) => all.Friedman is not { } friedman ? OfCandidate(all) : OfCandidate(all) with
    {
        Candidate = all.Candidate,
        AdjustedPValue = all.Result.Overall.AdjustedPValue,
        Friedman = new(friedman.ChiSquared, friedman.F, friedman.PValue, friedman.MeanRanks),
        Further =
        [
            .. all.Further.Select(one => OfCandidate(one) with
            {
                Candidate = one.Candidate,
                AdjustedPValue = one.Result.Overall.AdjustedPValue,
            }),
        ],
    };

    private static AcrossView OfCandidate(GroupsAcrossTasks all)
    {
        var overall = all.Result.Overall;
        return new(
            all.Across, all.Metric.Name, all.Metric.Goal.ToString().ToLowerInvariant(), VerdictText.Word(overall), all.Tasks.Count,
            overall.Difference, overall.Interval?.Low, overall.Interval?.High, all.Options.Alpha, overall.PValue,
            all.Result.SignedRankPValue, all.Result.BetweenTasks, all.Result.ChanceOnNextTask,
            overall.Margin is { } margin ? MarginView.Of(margin) : null,
            [.. all.Tasks.Zip(all.Result.Shrunken, TaskView.Of)], all.Left,
            [.. all.Notes.Select(note => NoteText.Sentence(note))], [.. all.Notes.Select(note => note.Note.Code)])
        {
            Level = overall.Level,
        };
    }
}

/// <summary>Friedman's test; the mean ranks have the baseline first, and 1 is the best.</summary>
public sealed record FriedmanView(double ChiSquared, double F, double PValue, IReadOnlyList<double> MeanRanks);

/// <summary>One task of a comparison across tasks.</summary>
public sealed record TaskView(
    string Name, string Baseline, string Candidate, double? Difference, double? Low, double? High, double? Shrunken)
{
    /// <summary>The view of a task.</summary>
    public static TaskView Of(TaskComparison task, double? shrunken) => new(
        task.Name, task.Baseline.Group.Id, task.Candidate.Group.Id, task.Comparison.Difference, task.Comparison.Interval?.Low,
        task.Comparison.Interval?.High, shrunken);
}
