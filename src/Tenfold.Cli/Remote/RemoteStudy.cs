using System.Text.Encodings.Web;
using System.Text.Json;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.App.Watching;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Cli.Remote;

/// <summary>Turns what a server tells of a study into records, so that it is printed as a study of this machine.</summary>
internal static class RemoteStudy
{
    /// <summary>Gets a study with what it has found.</summary>
    /// <returns>The study, and what the server told.</returns>
    /// <exception cref="CommandException">The server refuses, or says what no server of this version says.</exception>
    public static async Task<(StudyResult Result, StudyResultView Told)> LoadAsync(
        ServerClient server, string id, CancellationToken cancellationToken)
    {
        var told = await server.GetAsync($"studies/{id}", ViewJson.Default.StudyResultView, cancellationToken);
        var progress = told.Confirmation is null && told.ConfirmedFront is null ? null
            : await server.GetAsync($"studies/{id}/progress", ViewJson.Default.StudyProgressView, cancellationToken);
        return (ViewRecords.Print(() => Of(told, progress)), told);
    }

    /// <summary>
    /// A study with its trials and its best. What the runs are and what they learn from is not in the view. The confirmation is computed
    /// again from its runs.
    /// </summary>
    /// <param name="view">The study.</param>
    /// <param name="progress">How it stands; null before its confirmation.</param>
    /// <exception cref="FormatException">The view says what no server of this version says.</exception>
    public static StudyResult Of(StudyResultView view, StudyProgressView? progress = null)
    {
        var (study, trials) = (Of(view.Study), TrialsOf(view.Trials));
        var runs = progress is null ? null : RunsOf(progress.Confirming);
        if (runs is { Count: > 0 } && trials.Values.All(trial => trial.State != TrialState.Completed)) throw new FormatException();
        var options = new ComparisonOptions { TestFraction = view.Study.TestFraction };
        var isConfirmed = runs is { Count: > 0 };
        return new StudyResult
        {
            Study = study,
            Trials = [.. trials.Values],
            LinesUnread = view.LinesUnread ?? [],
            Leaders = LeadersOf(view.Best, trials),
            Confirmed = isConfirmed && !study.Spec.HasFront
                ? ConfirmationResult.Of(study.Spec, [.. trials.Values], runs!, options) : null,
            ConfirmedFront = isConfirmed && study.Spec.HasFront
                ? FrontConfirmation.Of(study.Spec, [.. trials.Values], runs!, options) : null,
        };
    }

    /// <summary>A study at one moment.</summary>
    /// <param name="view">How it stands.</param>
    /// <param name="faults">Why that is not the latest, beside what the view says.</param>
    /// <exception cref="FormatException">The view says what no server of this version says.</exception>
    public static StudySnapshot Of(StudyProgressView view, IReadOnlyList<ControlFault> faults)
    {
        var (study, trials) = (Of(view.Study), TrialsOf(view.Trials));
        var round = new StudyRoundResult(study, [.. trials.Values], RunsOf(view.Running), RunsOf(view.Confirming), study.Reason)
        {
            Faults = [.. view.Faults.Select(fault => new ControlFault(ControlFaultKind.Target, study.Id, fault)), .. faults],
        };
        return new StudySnapshot(round, LeadersOf(view.Best, trials));
    }

    private static OrderedDictionary<int, TrialRecord> TrialsOf(IReadOnlyList<TrialView> views)
    {
        var trials = new OrderedDictionary<int, TrialRecord>();
        foreach (var trial in views.Select(Of)) trials.Add(trial.Number, trial);
        return trials;
    }

    private static IReadOnlyList<Finalist> LeadersOf(IReadOnlyList<BestView> views, OrderedDictionary<int, TrialRecord> trials) =>
    [
        .. views.Select(best => trials.TryGetValue(best.Trial, out var trial)
            ? new Finalist(trial, best.Expected, best.StandardDeviation) : throw new FormatException()),
    ];

    private static OrderedDictionary<int, IReadOnlyList<RunWithMetrics>> RunsOf(IReadOnlyList<TrialRunsView> views)
    {
        var runs = new OrderedDictionary<int, IReadOnlyList<RunWithMetrics>>();
        foreach (var trial in views) runs.Add(trial.Trial, [.. trial.Runs.Select(ViewRecords.Of)]);
        return runs;
    }

    /// <summary>A study's record.</summary>
    /// <exception cref="FormatException">The view says what no server of this version says.</exception>
    public static StudyRecord Of(StudyView view) => new()
    {
        Id = view.Id,
        Root = view.Root,
        Target = view.Target,
        CreatedAt = view.CreatedAt,
        EndedAt = view.EndedAt,
        Host = view.Host,
        Version = view.Version,
        State = ViewRecords.Word<StudyState>(view.State),
        Reason = view.Reason is { } reason ? new Reason.Note(reason) : null,
        GitCommit = view.GitCommit,
        GitBranch = view.GitBranch,
        GitDirty = view.GitDirty,
        Spec = new StudySpec
        {
            Project = view.Project,
            Metric = new MetricSpec(view.Metric, ViewRecords.Word<MetricGoal>(view.Goal)),
            Space = view.Space,
            Method = ViewRecords.Word<SweepMethod>(view.Method),
            Seed = view.Seed,
            Trials = view.Trials,
            Parallel = view.Parallel,
            Synchronous = view.Synchronous,
            Repeat = view.Repeat,
            Prune = view.Prune is { } prune ? new Pruning(ViewRecords.Word<PruningRule>(prune.Rule), prune.First, prune.Factor) : null,
            Budget = view.Budget is { } budget
                ? new Budget(budget.Seconds is { } seconds ? ViewRecords.Span(seconds) : null, budget.Usd) : null,
            CostAware = view.CostAware == true,
            Forbidden = view.Forbidden ?? [],
            Objectives =
            [
                .. (view.Objectives ?? []).Select(one => new MetricSpec(one.Metric, ViewRecords.Word<MetricGoal>(one.Goal))),
            ],
            Constraints = [.. (view.Constraints ?? new Dictionary<string, string>()).Select(LimitOf)],
            Confirm = view.Confirm is { } confirm ? new Confirmation(confirm.Top, confirm.Repeat) : null,
            Baseline = view.Baseline,
        },
    };

    private static MetricLimit LimitOf(KeyValuePair<string, string> limit) =>
        MetricLimit.TryRead(limit.Key, limit.Value, out var read) ? read : throw new FormatException();

    private static TrialRecord Of(TrialView view) => new()
    {
        Study = view.Study,
        Number = view.Number,
        Group = view.Group,
        State = ViewRecords.Word<TrialState>(view.State),
        Parameters = Compact(view.Parameters),
        // Only a trial with a value is complete.
        Values = view.State == "completed" && view.Values.Count == 0 ? throw new FormatException() : view.Values,
        Others = [.. (view.Objectives ?? []).Skip(1)],
        Method = view.Method,
        Reason = new Reason.Note(view.Reason),
        Why = view.Why is { } why ? new Reason.Note(why) : null,
        Seed = view.Seed,
        Again = view.Again,
        AskedAt = view.AskedAt,
        EndedAt = view.EndedAt,
    };

    // Answers are indented, and the parameters of a trial are printed as the ledger has them.
    private static JsonElement Compact(JsonElement json)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            json.WriteTo(writer);
        return JsonElement.Parse(bytes.ToArray());
    }
}
