using System.Text.Json.Serialization;
using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.App.Views;

// The shapes of comparisons in --json. Views.cs says what may change.
#pragma warning disable MA0048

/// <summary>A candidate compared with the baseline.</summary>
public sealed record ComparisonView(
    string Baseline, string Candidate, string Metric, string Goal, string Verdict, string? Method, int Pairs, double? Difference,
    double? Low, double? High, double Alpha, double Level, double? PValue, double? AdjustedPValue, double? PermutationPValue,
    bool PermutationIsExact, double? TStatistic, double? DegreesOfFreedom, double? SmallestDetectable, int? MoreRepeats,
    int? MoreRepeatsLow, int? MoreRepeatsHigh, double? ChanceToWin, double? ChanceToWinLow, double? ChanceToWinHigh, MarginView? Margin,
    IReadOnlyList<string> Notes, IReadOnlyList<string> NoteCodes)
{
    /// <summary>How often runs failed or diverged; left out when none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BadRunsView? BadRuns { get; init; }

    /// <summary>The statistic that was compared: mean, trimmed, median or iqm.</summary>
    public string Statistic { get; init; } = "mean";

    /// <summary>The statistic that describes typical runs when values are far out; left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RecommendedStatistic { get; init; }

    /// <summary>The candidate's value of the statistic; null without a value.</summary>
    public LocationView? CandidateLocation { get; init; }

    /// <summary>The baseline's value of the statistic; null without a value.</summary>
    public LocationView? BaselineLocation { get; init; }

    /// <summary>The plan whose look this is; left out without a plan.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlannedLookView? Plan { get; init; }

    /// <summary>The view of one candidate of a comparison.</summary>
    public static ComparisonView Of(GroupComparison all, ComparedGroup candidate)
    {
        var c = candidate.Comparison;
        return new(
            all.Baseline.Group.Id, candidate.Measured.Group.Id, all.Metric.Name, all.Metric.Goal.ToString().ToLowerInvariant(),
            VerdictText.Word(c), c.Method?.ToString().ToLowerInvariant(), c.PairsUsed, c.Difference, c.Interval?.Low, c.Interval?.High,
            all.Options.Alpha, c.Level, c.PValue, c.AdjustedPValue, c.PermutationPValue, c.PermutationIsExact, c.TStatistic,
            c.DegreesOfFreedom, c.SmallestDetectable, c.MoreRepeats, c.MoreRepeatsRange?.Low, c.MoreRepeatsRange?.High,
            c.ChanceToWin?.Estimate, c.ChanceToWin?.Interval.Low, c.ChanceToWin?.Interval.High,
            c.Margin is { } margin ? MarginView.Of(margin) : null,
            [.. candidate.Notes.Select(note => NoteText.Sentence(note))],
            [.. candidate.Notes.Select(note => note.Note.Code)])
        {
            Statistic = StatisticText.Option(c.Statistic),
            RecommendedStatistic = c.Notes.OfType<ComparisonNote.FarOut>().FirstOrDefault()?.Recommended is { } better
                ? StatisticText.Option(better) : null,
            CandidateLocation = LocationView.Of(c.CandidateLocation),
            BaselineLocation = LocationView.Of(c.BaselineLocation),
            BadRuns = candidate.BadRuns is { } bad ? BadRunsView.Of(bad) : null,
            Plan = c.Notes.OfType<ComparisonNote.PlannedLook>()
                .Select(look => new PlannedLookView(look.Look, look.Max, look.Alpha, look.IsFutile)).FirstOrDefault(),
        };
    }
}

/// <summary>A side's value of the statistic, with its interval at 1 − alpha.</summary>
public sealed record LocationView(double Value, double? Low, double? High)
{
    /// <summary>The view of a location.</summary>
    public static LocationView? Of(CentralValue? location) =>
        location is null ? null : new(location.Value, location.Interval?.Low, location.Interval?.High);
}

/// <summary>A look of a plan to compare growing groups; its level is the comparison's.</summary>
public sealed record PlannedLookView(int Look, int Max, double Alpha, bool IsFutile);

/// <summary>What a comparison shows about a margin.</summary>
public sealed record MarginView(
    double Margin, double Level, string Conclusion, double NoWorsePValue, double NoBetterPValue, double BetterByMorePValue,
    double WorseByMorePValue, int? MoreRepeats)
{
    /// <summary>The view of a result.</summary>
    public static MarginView Of(MarginResult margin) => new(
        margin.Margin, margin.Level, VerdictText.Word(margin.Conclusion), margin.NoWorsePValue, margin.NoBetterPValue,
        margin.BetterByMorePValue, margin.WorseByMorePValue, margin.MoreRepeats);
}

/// <summary>A comparison of groups with a baseline.</summary>
public sealed record CompareView(IReadOnlyList<GroupResultView> Groups, IReadOnlyList<ComparisonView> Comparisons)
{
    /// <summary>How many pairs of groups of the project were compared so far.</summary>
    public int? ComparisonsOfProject { get; init; }

    /// <summary>The view of a comparison.</summary>
    public static CompareView Of(GroupComparison comparison) => new(
        [.. comparison.Groups.Select(GroupOf)], [.. comparison.Candidates.Select(candidate => ComparisonView.Of(comparison, candidate))])
    {
        ComparisonsOfProject = comparison.MadeInProject,
    };

    private static GroupResultView GroupOf(MeasuredGroup group) => new(
        GroupView.Of(group.Group), [.. group.Runs.Select(run => RunView.Of(run, group.Group))], StatisticsView.Of(group.Statistics));
}

/// <summary>How often runs failed or diverged.</summary>
public sealed record BadRunsView(
    int Candidate, int CandidateRuns, double CandidateLow, double CandidateHigh, int Baseline, int BaselineRuns, double BaselineLow,
    double BaselineHigh, double PValue)
{
    /// <summary>The view of a comparison.</summary>
    public static BadRunsView Of(RateComparison rates) => new(
        rates.Candidate.Count, rates.Candidate.Of, rates.Candidate.Interval.Low, rates.Candidate.Interval.High, rates.Baseline.Count,
        rates.Baseline.Of, rates.Baseline.Interval.Low, rates.Baseline.Interval.High, rates.PValue);
}
