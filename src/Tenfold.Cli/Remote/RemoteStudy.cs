using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Sweeping;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Reports.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Remote;

/// <summary>Turns what a server tells of a study into records, and prints its confirmation.</summary>
internal static class RemoteStudy
{
    /// <summary>A study with its trials and its best. What the runs are and what they learn from is not in the view.</summary>
    /// <exception cref="FormatException">The view says what no server of this version says.</exception>
    public static StudyResult Of(StudyResultView view)
    {
        var trials = view.Trials.Select(Of).ToDictionary(trial => trial.Number);
        return new StudyResult
        {
            Study = Of(view.Study),
            Trials = [.. trials.Values],
            Leaders =
            [
                .. view.Best.Select(best => trials.TryGetValue(best.Trial, out var trial)
                    ? new Finalist(trial, best.Expected, best.StandardDeviation) : throw new FormatException()),
            ],
            Confirmed = null,
        };
    }

    /// <summary>Writes the trials that were run again, the winner, and what it gains.</summary>
    public static void Write(TextWriter writer, StudyResult result, ConfirmationView confirmed)
    {
        var (metric, names) = (result.Study.Spec.Metric.Name, StudyText.SettingNames(result.Study.Spec));
        var trials = result.Trials.ToDictionary(trial => trial.Number);
        writer.WriteLine("\nrun again with fresh seeds");
        var table = new TextTable(["TRIAL", "CONFIRMED>", "INTERVAL", "IN THE SWEEP>", "RUNS>", .. StudyText.SettingHeadings(names)]);
        foreach (var point in confirmed.Finalists)
        {
            var trial = trials.TryGetValue(point.Trial, out var known) ? known : throw new FormatException();
            table.Add([
                StudyText.Name(trial), point.Mean is { } mean ? Numbers.Format(mean) : null, Interval(point.Low, point.High),
                $"{trial.Value:G6}", $"{point.N} of {point.Runs}", .. StudyText.SettingCells(names, trial.Parameters),
            ]);
        }

        table.Write(writer, Terminal.Width);
        foreach (var point in confirmed.Finalists)
        {
            if (point.Broken is { } broken)
                writer.WriteLine(StudyConfirmationSection.BrokenSentence(StudyText.Name(trials[point.Trial]), broken));
        }

        foreach (var other in confirmed.Comparisons)
        {
            var by = Difference(other.Difference, other.Low, other.High);
            writer.WriteLine($"t{other.Trial} compared with t{confirmed.Finalists[0].Trial}: {other.Verdict}{by}");
        }

        if (confirmed.Winner is not { } winner)
        {
            writer.WriteLine(ConfirmationText.NothingSentence(confirmed.Finalists.Any(point => point.Broken is not null)));
            return;
        }

        var fresh = confirmed.Measured is { Mean: not null } further ? (further.Mean, further.N)
            : confirmed.Finalists.Where(point => point.Trial == winner).Select(point => (point.Mean, point.N)).FirstOrDefault();
        if (fresh.Mean is { } value)
            writer.WriteLine($"t{winner} is the winner: {metric} {Numbers.Format(value)} over {Numbers.Count(fresh.N, "fresh run")}.");
        if (confirmed.Measured is { Verdict: { } verdict } measured)
        {
            var by = Difference(measured.Gain, measured.GainLow, measured.GainHigh);
            writer.WriteLine($"t{winner} compared with the baseline settings: {verdict}{by}");
        }
    }

    private static string Difference(double? by, double? low, double? high) =>
        by is not { } known ? "" : $", by {Numbers.Format(known)}{(Interval(low, high) is { } ends ? $" ({ends})" : "")}";

    private static string? Interval(double? low, double? high) =>
        (low, high) is ({ } from, { } to) ? $"{Numbers.Format(from)} to {Numbers.Format(to)}" : null;

    private static StudyRecord Of(StudyView view) => new()
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
            Objectives =
            [
                .. (view.Objectives ?? []).Select(one => new MetricSpec(one.Metric, ViewRecords.Word<MetricGoal>(one.Goal))),
            ],
            Constraints = [.. (view.Constraints ?? new Dictionary<string, string>()).Select(LimitOf)],
            Confirm = view.Confirm is { } confirm ? new Confirmation(confirm.Top, confirm.Repeat) : null,
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
        Parameters = view.Parameters,
        Values = view.Values,
        Others = [.. (view.Objectives ?? []).Skip(1)],
        Method = view.Method,
        Reason = new Reason.Note(view.Reason),
        Why = view.Why is { } why ? new Reason.Note(why) : null,
        Seed = view.Seed,
        Again = view.Again,
        AskedAt = view.AskedAt,
        EndedAt = view.EndedAt,
    };
}
