using System.Text.Json;
using Tenfold.Core.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

// The shapes of studies in --json; see Views.cs.
#pragma warning disable MA0048

internal sealed record StudyView(
    string Id, string Project, string State, string? Reason, string Target, string Root, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, string Host, string Version,
    string Metric, string Goal, string Method, long Seed, int? Trials, int Parallel, bool Synchronous, int Repeat, JsonElement Space, PruneView? Prune,
    BudgetView? Budget, ConfirmView? Confirm, string? From, string? Snapshot, string? GitCommit, string? GitBranch, bool? GitDirty)
{
    public static StudyView Of(StudyRecord study)
    {
        var spec = study.Spec;
        return new StudyView(
            study.Id, spec.Project, Word(study.State), study.Reason, study.Target, study.Root, study.CreatedAt, study.EndedAt, study.Host, study.Version,
            spec.Metric.Name, Word(spec.Metric.Goal), Word(spec.Method), spec.Seed, spec.Trials, spec.Parallel, spec.Synchronous, spec.Repeat, spec.Space,
            spec.Prune is { } prune ? new PruneView(Word(prune.Rule), prune.First, prune.Factor) : null,
            spec.Budget is { } budget ? new BudgetView(budget.Time?.TotalSeconds, budget.Usd) : null,
            spec.Confirm is { } confirm ? new ConfirmView(confirm.Top, confirm.Repeat) : null, spec.From, spec.Work?.Snapshot, study.GitCommit, study.GitBranch, study.GitDirty);
    }

    private static string Word<T>(T word)
        where T : struct, Enum => word.ToString().ToLowerInvariant();
}

internal sealed record PruneView(string Rule, long? First, int Factor);

internal sealed record BudgetView(double? Seconds, decimal? Usd);

internal sealed record ConfirmView(int Top, int Repeat);

internal sealed record TrialView(
    string Study, int Number, string? Group, string State, JsonElement Parameters, double? Value, IReadOnlyList<double> Values, string Method, string Reason,
    string? Why, long Seed, int? Again, DateTimeOffset AskedAt, DateTimeOffset? EndedAt)
{
    public static TrialView Of(TrialRecord trial) => new(
        trial.Study, trial.Number, trial.Group, trial.State.ToString().ToLowerInvariant(), trial.Parameters, trial.Value, trial.Values, trial.Method, trial.Reason,
        trial.Why, trial.Seed, trial.Again, trial.AskedAt, trial.EndedAt);
}

internal sealed record BestView(int Trial, JsonElement Parameters, double Expected, double? StandardDeviation, double? Value)
{
    public static BestView Of(Finalist best) => new(best.Trial.Number, best.Trial.Parameters, best.Mean, best.StandardDeviation, best.Trial.Value);
}

internal sealed record ConfirmedView(int Trial, string Group, int Runs, int N, double? Mean, double? Low, double? High, IReadOnlyList<SeedView> Values);

internal sealed record ConfirmationView(
    int? Winner, double BestValue, int BestTrial, double? Drop, IReadOnlyList<ConfirmedView> Finalists, IReadOnlyList<ConfirmedComparisonView> Comparisons)
{
    public static ConfirmationView Of(StudyRecord study, ConfirmationResult confirmed) => new(
        confirmed.Winner?.Trial.Number, confirmed.BestValue, confirmed.BestTrial, confirmed.Drop(study.Spec.Metric.Goal),
        [.. confirmed.Points.Select(point => new ConfirmedView(
            point.Trial.Number, Core.Runs.RunNames.Confirmation(study.Id, point.Trial.Number), point.Values.Count, point.Summary?.N ?? 0, point.Summary?.Mean,
            point.Summary?.Interval?.Low, point.Summary?.Interval?.High, [.. point.Values.Select(value => new SeedView(value.Seed, value.Value))]))],
        [.. confirmed.Points.Skip(1).Zip(confirmed.Comparisons).Select(pair => new ConfirmedComparisonView(
            pair.First.Trial.Number, VerdictText.Word(pair.Second), pair.Second.Difference, pair.Second.Interval?.Low, pair.Second.Interval?.High,
            pair.Second.PValue, pair.Second.AdjustedPValue))]);
}

internal sealed record ConfirmedComparisonView(
    int Trial, string Verdict, double? Difference, double? Low, double? High, double? PValue, double? AdjustedPValue);

internal sealed record StudyResultView(StudyView Study, IReadOnlyList<TrialView> Trials, IReadOnlyList<BestView> Best, ConfirmationView? Confirmation);

internal sealed record ToldView(string Study, int Trial, string State, double? Value, bool IsNew);
