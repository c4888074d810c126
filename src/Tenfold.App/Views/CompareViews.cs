using System.Text.Json.Serialization;
using Tenfold.App.Comparing;
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

    /// <summary>The earlier looks that the verdict regards, oldest first; left out when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LookView>? Looks { get; init; }

    /// <summary>The view of one candidate of a comparison.</summary>
    public static ComparisonView Of(GroupComparison all, ComparedGroup candidate)
    {
        var c = candidate.Comparison;
        var looks = all.Histories?.Zip(all.Candidates).FirstOrDefault(one => one.Second == candidate).First?.Looks ?? [];
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
            Looks = looks.Count == 0 ? null : [.. looks.Select(LookView.Of)],
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

/// <summary>An earlier look at two groups.</summary>
/// <param name="At">When it was made.</param>
/// <param name="BaselineRepeats">How many repeats the baseline had.</param>
/// <param name="CandidateRepeats">How many repeats the candidate had.</param>
/// <param name="Pairs">How many pairs were compared; 0 when a plan was made and nothing compared.</param>
/// <param name="IsShown">True when a difference was shown.</param>
/// <param name="Statistic">What was compared.</param>
/// <param name="Plan">The plan that it belongs to; null for none.</param>
public sealed record LookView(
    DateTimeOffset At, int BaselineRepeats, int CandidateRepeats, int Pairs, bool IsShown, string Statistic, ComparisonPlanView? Plan)
{
    /// <summary>The view of a look.</summary>
    public static LookView Of(ComparisonLook look) => new(
        look.At, look.BaselineRepeats, look.CandidateRepeats, look.Pairs, look.IsShown,
        StatisticText.Option(look.Statistic ?? LocationStatistic.Mean),
        look.Plan is { } plan ? new ComparisonPlanView(plan.Max, plan.Alpha, plan.Existing, plan.Spent, plan.Margin) : null);
}

/// <summary>A plan to compare two groups while their repeats grow.</summary>
/// <param name="Max">The most repeats of each.</param>
/// <param name="Alpha">The chance of a false verdict over all looks.</param>
/// <param name="Existing">How many repeats the larger group had when the plan was made.</param>
/// <param name="Spent">The part of alpha that a comparison before the plan has spent.</param>
/// <param name="Margin">The margin about which the plan decides; null when it decides about a difference.</param>
public sealed record ComparisonPlanView(int Max, double Alpha, int Existing, double Spent, double? Margin = null);

/// <summary>A step of a plan to compare two groups.</summary>
/// <param name="Comparison">The last look; null when runs must end first.</param>
/// <param name="Waiting">The groups whose runs must end before the next step; empty when the plan is over.</param>
public sealed record PlannedStepView(CompareView? Comparison, IReadOnlyList<WaitingGroupView> Waiting)
{
    /// <summary>The view of a step.</summary>
    public static PlannedStepView Of(PlannedStep step) => new(
        step.Comparison is { } look ? CompareView.Of(look) : null,
        [
            .. step.Waiting.Select(group => new WaitingGroupView(
                group.Group.Id, group.Group.Repeat, [.. group.Runs.Select(run => run.Id)],
                [.. new[] { group.Note, group.WhyNotHere }.OfType<string>()])),
        ]);
}

/// <summary>A group whose runs must end.</summary>
/// <param name="Group">Its id.</param>
/// <param name="Repeat">How many repeats it has now.</param>
/// <param name="Added">The runs that the step added.</param>
/// <param name="Notes">What to know before the runs start, in sentences.</param>
public sealed record WaitingGroupView(string Group, int Repeat, IReadOnlyList<string> Added, IReadOnlyList<string> Notes);

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
