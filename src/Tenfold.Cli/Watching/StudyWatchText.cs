using Tenfold.App.Watching;
using Tenfold.Cli.Output;
using Tenfold.Cli.Sweeping;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Watching;

/// <summary>Shows a study: the best value so far, the leaders, and the running trials.</summary>
/// <param name="study">The study.</param>
/// <param name="time">The clock.</param>
/// <param name="leaving">What continues when the user leaves, in a few words.</param>
internal sealed class StudyWatchText(StudyRecord study, TimeProvider time, string leaving) : IWatchText<StudySnapshot>
{
    private const int MaxRunning = 8, MaxFront = 8, BarCells = 30, SparkCells = 60;

    private readonly HashSet<string> _reported = [];

    /// <inheritdoc/>
    public string Leaving => leaving;

    /// <inheritdoc/>
    public IReadOnlyList<string> Picture(StudySnapshot snapshot)
    {
        var (spec, trials) = (study.Spec, snapshot.Round.Trials);
        var ended = trials.Count(trial => trial.State != TrialState.Running);
        var count = spec.Trials is { } planned ? $"{ended} of {planned} trials" : Numbers.Count(ended, "trial");
        List<string> lines = [$"{Bar(ended, spec.Trials)}  {count}: {StudyText.States(trials)}{TimeLeft(snapshot.Round)}"];
        if (StudyFront.Of(spec, trials) is { Count: > 0 } front) lines.AddRange(Front(front));
        else if (!spec.HasFront && StudyText.BestSoFar(spec, trials, SparkCells) is { Length: > 0 } sparks)
            lines.Add($"  best {spec.Metric.Name} so far  {sparks}");
        lines.AddRange(snapshot.Leaders.Select(Leader));
        lines.AddRange(snapshot.Round.Study.State == StudyState.Confirming ? Confirming(snapshot.Round) : Running(snapshot.Round));
        return lines;
    }

    /// <inheritdoc/>
    public IEnumerable<string> News(StudySnapshot snapshot)
    {
        var ended = snapshot.Round.Trials.Where(trial => trial.State != TrialState.Running);
        foreach (var trial in ended.Where(trial => _reported.Add(StudyText.Name(trial))))
        {
            var number = $"{_reported.Count}{(study.Spec.Trials is { } planned ? $"/{planned}" : "")}";
            var value = trial.Values.Count > 0 ? $"  {StudyText.Values(study.Spec, trial)}" : "";
            var why = trial.Why.Words() is { } reason ? $"\n      {reason.Replace("\n", "\n      ")}" : "";
            yield return $"{number}  {RunNames.Trial(study.Id, trial.Number)}  {StudyText.Word(trial.State)}{value}  " +
                $"{StudyText.Settings(trial.Parameters)}{why}";
        }

        var confirmations = snapshot.Round.Confirmations.Values.SelectMany(runs => runs).Where(run => run.Run.State.IsFinal());
        foreach (var run in confirmations.Where(run => _reported.Add(run.Run.Id)))
        {
            var value = TrialOutcome.Value(run, study.Spec.Metric.Name) is { } found ? $"  {study.Spec.Metric.Name} {found:G6}" : "";
            yield return $"confirming  {run.Run.Id}  {run.Run.State.ToString().ToLowerInvariant()}{value}";
        }
    }

    private IEnumerable<string> Front(IReadOnlyList<TrialRecord> front)
    {
        yield return $"  {Numbers.Count(front.Count, "trial")} on the front";
        foreach (var trial in front.Take(MaxFront))
        {
            yield return
                $"  {StudyText.Name(trial),5}  {StudyText.Values(study.Spec, trial)}  {StudyText.Settings(trial.Parameters)}";
        }

        if (front.Count > MaxFront) yield return $"  and {front.Count - MaxFront} more";
    }

    private string Leader(Finalist leader)
    {
        var spread = leader.StandardDeviation is > 0 and var deviation ? deviation : (double?)null;
        var expected = spread is { } doubt ? $"expected {Numbers.Format(leader.Mean, doubt)} ± {Numbers.Format(doubt, doubt)}  " : "";
        return $"  {StudyText.Name(leader.Trial),5}  {study.Spec.Metric.Name} {leader.Trial.Value:G6}  {expected}" +
            StudyText.Settings(leader.Trial.Parameters);
    }

    private static string Bar(int done, int? of)
    {
        var cells = of is { } all and > 0 ? Math.Min(BarCells, done * BarCells / all) : 0;
        var (full, empty) = Terminal.IsAscii ? ('#', '-') : ('━', '─');
        return new string(full, cells) + new string(empty, BarCells - cells);
    }

    private IEnumerable<string> Running(StudyRoundResult round)
    {
        var running = round.Trials.Where(trial => trial.State == TrialState.Running).ToList();
        foreach (var trial in running.Take(MaxRunning))
        {
            var run = round.Running.GetValueOrDefault(trial.Number, []).LastOrDefault(run => run.Run.StartedAt is not null);
            var took = run is null ? "" : HumanText.Took(run.Run, time.GetUtcNow());
            yield return $"  {StudyText.Name(trial),5}  {took,8}  {Progress(run)}  {StudyText.Settings(trial.Parameters)}";
        }

        if (running.Count > MaxRunning) yield return $"  and {running.Count - MaxRunning} more";
    }

    private string Progress(RunWithMetrics? run)
    {
        if (run is null) return "waiting";
        var metric = study.Spec.Metric.Name;
        return run.Metrics.FirstOrDefault(one => one.Name == metric) is { } found
            ? $"{metric} {found.Last:G5} (step {found.LastStep})"
            : run.Run.Reason.Words() ?? "";
    }

    private IEnumerable<string> Confirming(StudyRoundResult round)
    {
        yield return "  confirming the best with fresh seeds";
        foreach (var (number, runs) in round.Confirmations)
        {
            var averages = study.Spec.Metrics.Select(metric => (metric.Name, Values: runs
                .Select(run => TrialOutcome.Value(run, metric.Name)).OfType<double>().ToList())).Where(one => one.Values.Count > 0)
                .Select(one => $"{one.Name} {one.Values.Average():G6}").ToList();
            var average = averages.Count > 0 ? $"  {string.Join(", ", averages)} on average" : "";
            var name = number == ConfirmationPlan.Baseline ? "base" : "t" + number;
            yield return $"  {name,5}  {runs.Count(run => run.Run.State.IsFinal())} of {runs.Count}{average}";
        }
    }

    private string TimeLeft(StudyRoundResult round)
    {
        var times = round.Trials.Where(trial => trial is { State: TrialState.Completed, EndedAt: not null })
            .Select(trial => (trial.EndedAt!.Value - trial.AskedAt).TotalSeconds).Order().ToList();
        if (times.Count < 2 || study.Spec.Trials is not { } planned || round.Study.State != StudyState.Running) return "";
        var left = planned - round.Trials.Count(trial => trial.State != TrialState.Running);
        if (left <= 0) return "";
        var seconds = times[times.Count / 2] * left / Math.Min(study.Spec.Parallel, left);
        return $"   about {Numbers.Duration(TimeSpan.FromSeconds(Math.Round(seconds)))} left";
    }
}
