using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.App.Sweeping;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.App.Views;

// The shapes of studies in --json. Views.cs says what may change.
#pragma warning disable MA0048

/// <summary>A study.</summary>
public sealed record StudyView(
    string Id, string Project, string State, string? Reason, string Target, string Root, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt,
    string Host, string Version, string Metric, string Goal, string Method, long Seed, int? Trials, int Parallel, bool Synchronous,
    int Repeat, JsonElement Space, PruneView? Prune, BudgetView? Budget, ConfirmView? Confirm, string? From, string? Snapshot,
    string? GitCommit, string? GitBranch, bool? GitDirty, string? ReasonCode)
{
    /// <summary>The view of a record.</summary>
    public static StudyView Of(StudyRecord study)
    {
        var spec = study.Spec;
        return new StudyView(
            study.Id, spec.Project, Word(study.State), study.Reason.Words(), study.Target, study.Root, study.CreatedAt, study.EndedAt,
            study.Host, study.Version, spec.Metric.Name, Word(spec.Metric.Goal), Word(spec.Method), spec.Seed, spec.Trials, spec.Parallel,
            spec.Synchronous, spec.Repeat, spec.Space,
            spec.Prune is { } prune ? new PruneView(Word(prune.Rule), prune.First, prune.Factor) : null,
            spec.Budget is { } budget ? new BudgetView(budget.Time?.TotalSeconds, budget.Usd) : null,
            spec.Confirm is { } confirm ? new ConfirmView(confirm.Top, confirm.Repeat) : null,
            spec.From, spec.Work?.Snapshot, study.GitCommit, study.GitBranch, study.GitDirty, study.Reason?.Code)
        {
            Objectives = !spec.HasFront ? null
                : [.. spec.Objectives.Select(objective => new ObjectiveView(objective.Name, Word(objective.Goal)))],
            CostAware = spec.CostAware ? true : null,
            Forbidden = spec.Forbidden.Count == 0 ? null : spec.Forbidden,
            Constraints = spec.Constraints.Count == 0 ? null : spec.Constraints.ToDictionary(limit => limit.Metric, limit => limit.Text),
            Baseline = spec.Baseline,
            TestFraction = spec.Work?.TestFraction,
        };
    }

    /// <summary>The objectives, of which the first is also <see cref="Metric"/>; left out where one metric decides.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ObjectiveView>? Objectives { get; init; }

    /// <summary>True when the search prefers trials that are expected to end soon; left out when it doesn't.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? CostAware { get; init; }

    /// <summary>
    /// Combinations that are never tried: for each parameter the values that it must not have together with the others; left out when there
    /// are none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<JsonElement>? Forbidden { get; init; }

    /// <summary>The limits on other metrics, such as <c>&lt;= 20</c>, by metric; left out when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Constraints { get; init; }

    /// <summary>The settings that the confirmation's winner is compared with; left out when the project has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Baseline { get; init; }

    /// <summary>The share of the data that each run tests on, when splits overlap (<c>train.resampling</c>); left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TestFraction { get; init; }

    /// <summary>The view of a study in a list.</summary>
    public static StudyView Of(StudyListing listed) =>
        Of(listed.Study) with
        {
            Best = listed.Best,
            Confirmed = listed.IsConfirmed,
            FrontSize = listed.Front,
            TrialStates = listed.Trials.GroupBy(trial => trial.State)
                .OrderBy(state => state.Key == TrialState.Completed ? -1 : (int)state.Key)
                .ToDictionary(state => Word(state.Key), state => state.Count()),
        };

    /// <summary>The winner's confirmed mean, else the best value of a trial; only in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Best { get; init; }

    /// <summary>True when <see cref="Best"/> is the mean of fresh runs; only in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Confirmed { get; init; }

    /// <summary>How many trials are on the front of several objectives; only in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? FrontSize { get; init; }

    /// <summary>How many trials are in each state, the completed ones first; only in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, int>? TrialStates { get; init; }

    private static string Word<T>(T word)
        where T : struct, Enum => word.ToString().ToLowerInvariant();
}

/// <summary>One of several objectives of a study.</summary>
public sealed record ObjectiveView(string Metric, string Goal);

/// <summary>A study's pruning rule.</summary>
public sealed record PruneView(string Rule, long? First, int Factor);

/// <summary>A study's budget.</summary>
public sealed record BudgetView(double? Seconds, decimal? Usd);

/// <summary>A study's plan to confirm its best trials.</summary>
public sealed record ConfirmView(int Top, int Repeat);

/// <summary>A trial of a study.</summary>
public sealed record TrialView(
    string Study, int Number, string? Group, string State, JsonElement Parameters, double? Value, IReadOnlyList<double> Values,
    string Method, string Reason, string? Why, long Seed, int? Again, DateTimeOffset AskedAt, DateTimeOffset? EndedAt, string? WhyCode,
    string ReasonCode)
{
    /// <summary>The view of a record.</summary>
    public static TrialView Of(TrialRecord trial) => new(
        trial.Study, trial.Number, trial.Group, Word(trial.State), trial.Parameters, trial.Value, trial.Values,
        trial.Method, ReasonText.Of(trial.Reason), trial.Why.Words(), trial.Seed, trial.Again, trial.AskedAt, trial.EndedAt,
        trial.Why?.Code, trial.Reason.Code)
    {
        Objectives = trial.Others.Count == 0 ? null : [trial.Values, .. trial.Others],
        LeaseSeconds = trial.Lease?.TotalSeconds,
        LeaseUntil = trial.LeaseUntil,
        Replaced = trial.Replaced.Count == 0
            ? null
            : [.. trial.Replaced.Select(one => new ReplacedView(Word(one.State), one.Values, one.Why.Words(), one.At)
            {
                Objectives = one.Others.Count == 0 ? null : [one.Values, .. one.Others],
            })],
    };

    /// <summary>
    /// For each of several objectives, in the study's order, a value for each run that counts; left out where one metric decides. The first
    /// list is also <see cref="Values"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<double>>? Objectives { get; init; }

    /// <summary>How long the trial may be without a sign of life; left out without a lease.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LeaseSeconds { get; init; }

    /// <summary>When the lease ends or ended; left out without one, and once a result was told.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>The results that corrections have replaced, oldest first; left out when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ReplacedView>? Replaced { get; init; }

    private static string Word(TrialState state) => state.ToString().ToLowerInvariant();
}

/// <summary>A result of a trial that a correction has replaced.</summary>
public sealed record ReplacedView(string State, IReadOnlyList<double> Values, string? Why, DateTimeOffset At)
{
    /// <summary>As for the trial: the values of each of several objectives; left out where one metric decides.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<double>>? Objectives { get; init; }
}

/// <summary>Whether to end a trial early.</summary>
public sealed record PruningAdviceView(string Study, int Trial, bool Prune, string? Why, string? WhyCode)
{
    /// <summary>The view of an advice.</summary>
    public static PruningAdviceView Of(PruningAdvice advice) =>
        new(advice.Study, advice.Trial, advice.Why is not null, advice.Why.Words(), advice.Why?.Code);
}

/// <summary>One of a study's best trials, with the model's mean for it.</summary>
public sealed record BestView(int Trial, JsonElement Parameters, double Expected, double? StandardDeviation, double? Value)
{
    /// <summary>The view of a record.</summary>
    public static BestView Of(Finalist best) =>
        new(best.Trial.Number, best.Trial.Parameters, best.Mean, best.StandardDeviation, best.Trial.Value);
}

/// <summary>A trial that was run again with fresh seeds.</summary>
public sealed record ConfirmedView(
    int Trial, string Group, int Runs, int N, double? Mean, double? Low, double? High, IReadOnlyList<SeedView> Values)
{
    /// <summary>The constraint that the mean of the fresh runs breaks, in plain words; left out when they keep all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Broken { get; init; }
}

/// <summary>The result of running the best trials again with fresh seeds.</summary>
public sealed record ConfirmationView(
    int? Winner, double BestValue, int BestTrial, double? Drop, IReadOnlyList<ConfirmedView> Finalists,
    IReadOnlyList<ConfirmedComparisonView> Comparisons)
{
    /// <summary>The view of a record.</summary>
    public static ConfirmationView Of(StudyRecord study, ConfirmationResult confirmed) => new(
        confirmed.Winner?.Trial.Number, confirmed.BestValue, confirmed.BestTrial, confirmed.Drop(study.Spec.Metric.Goal),
        [.. confirmed.Points.Select(point => new ConfirmedView(
            point.Trial.Number, RunNames.Confirmation(study.Id, point.Trial.Number), point.Values.Count, point.Summary?.N ?? 0,
            point.Summary?.Mean, point.Summary?.Interval?.Low, point.Summary?.Interval?.High,
            [.. point.Values.Select(value => new SeedView(value.Seed, value.Value))]) { Broken = point.Broken.Words() })],
        [.. confirmed.Points.Skip(1).Zip(confirmed.Comparisons, (point, comparison) => new ConfirmedComparisonView(
            point.Trial.Number, VerdictText.Word(comparison), comparison.Difference, comparison.Interval?.Low, comparison.Interval?.High,
            comparison.PValue, comparison.AdjustedPValue))])
    {
        Measured = confirmed.Measured is { } measured ? MeasuredWinnerView.Of(study, measured) : null,
    };

    /// <summary>The winner after the choice, beside the baseline; left out when it was not measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MeasuredWinnerView? Measured { get; init; }
}

/// <summary>A confirmation's winner, measured with seeds by which it was not chosen.</summary>
public sealed record MeasuredWinnerView(
    int Runs, int N, double? Mean, double? Low, double? High, JsonElement? Baseline, int BaselineRuns, int BaselineN, double? BaselineMean,
    string? Verdict, double? Gain, double? GainLow, double? GainHigh, double? PValue)
{
    /// <summary>How many of the runs failed or diverged. If more than half did, the winner is not confirmed.</summary>
    public int Bad { get; init; }

    /// <summary>The view of a measurement.</summary>
    public static MeasuredWinnerView Of(StudyRecord study, ConfirmationMeasurement measured)
    {
        var gain = measured.Gain;
        return new(
            measured.WinnerRuns, measured.Winner?.N ?? 0, measured.Winner?.Mean, measured.Winner?.Interval?.Low,
            measured.Winner?.Interval?.High, gain is null ? null : study.Spec.Baseline, measured.BaselineRuns, measured.Baseline?.N ?? 0,
            measured.Baseline?.Mean, gain is null ? null : VerdictText.Word(gain), gain?.Difference, gain?.Interval?.Low,
            gain?.Interval?.High, gain?.PValue)
        {
            Bad = measured.Bad,
        };
    }
}

/// <summary>A confirmed trial compared with the sweep's own choice.</summary>
public sealed record ConfirmedComparisonView(
    int Trial, string Verdict, double? Difference, double? Low, double? High, double? PValue, double? AdjustedPValue);

/// <summary>A study with its trials and its best.</summary>
public sealed record StudyResultView(
    StudyView Study, IReadOnlyList<TrialView> Trials, IReadOnlyList<BestView> Best, ConfirmationView? Confirmation)
{
    /// <summary>
    /// With several objectives, the numbers of the trials that no other trial beats, the best by the first objective first; left out where
    /// one metric decides. <see cref="Best"/> is empty then.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Front { get; init; }

    /// <summary>The points of the front that were run again with fresh seeds; left out before that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ConfirmedFrontView>? ConfirmedFront { get; init; }

    /// <summary>
    /// The numbers of trials whose runs printed metric lines that could not be read, so that their value may be an older one; 0 is the
    /// baseline of the confirmation. Left out when there are none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? LinesUnread { get; init; }

    /// <summary>The view of what a study has found.</summary>
    public static StudyResultView Of(StudyResult result) => new(
        StudyView.Of(result.Study), [.. result.Trials.Select(TrialView.Of)], [.. result.Leaders.Select(BestView.Of)],
        result.Confirmed is { } confirmed ? ConfirmationView.Of(result.Study, confirmed) : null)
    {
        Front = result.Study.Spec.HasFront ? [.. result.Front.Select(trial => trial.Number)] : null,
        ConfirmedFront = result.ConfirmedFront is not { } front ? null
            : [.. front.Points.Select(point => ConfirmedFrontView.Of(result.Study, point))],
        LinesUnread = result.LinesUnread.Count > 0 ? result.LinesUnread : null,
    };
}

/// <summary>A trial after its result was told.</summary>
public sealed record ToldView(string Study, int Trial, string State, double? Value, bool IsNew)
{
    /// <summary>The view of a trial.</summary>
    public static ToldView Of(ToldTrial told) =>
        new(told.Trial.Study, told.Trial.Number, told.Trial.State.ToString().ToLowerInvariant(), told.Trial.Value, told.IsNew);
}
