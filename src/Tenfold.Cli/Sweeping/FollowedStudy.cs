using Tenfold.App;
using Tenfold.Cli.Following;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Sweeping;

/// <summary>A study that is driven and watched: leaderboard, best so far, what runs.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="study">The study.</param>
internal sealed class FollowedStudy(Services services, StudyRecord study) : IFollowed
{
    private const int MaxLeaders = 5, MaxRunning = 8, BarCells = 30;

    private readonly HashSet<string> _told = [];
    private IReadOnlyList<Finalist> _leaders = [];
    private int _ranked;
    private StudyDriver? _driver;
    private StudyRoundResult _look = new(study, [], new Dictionary<int, IReadOnlyList<RunWithMetrics>>(), new Dictionary<int, IReadOnlyList<RunWithMetrics>>(), null);

    /// <inheritdoc/>
    public string Id => study.Id;

    /// <inheritdoc/>
    public int Ended => _look.Trials.Count(trial => trial.State != TrialState.Running) + _look.Confirmations.Values.Sum(runs => runs.Count(run => run.Run.State.IsFinal()));

    /// <inheritdoc/>
    public IReadOnlyList<string> Faults => _look.Faults;

    /// <inheritdoc/>
    public bool IsFarAway => study.Spec.Work?.Target is { Kind: not "local" };

    /// <inheritdoc/>
    public string Leaving => $"what runs goes on, nothing new is asked until `tenfold sweep --resume {study.Id}`";

    /// <inheritdoc/>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        _driver ??= await services.DriverAsync(study, cancellationToken);
        _look = await _driver.ReconcileAsync(cancellationToken);
        return _look.Study.State is StudyState.Finished || (_look.Study.State is StudyState.Cancelled && HasStopped());
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Picture()
    {
        var (spec, trials) = (study.Spec, _look.Trials);
        var ended = trials.Count(trial => trial.State != TrialState.Running);
        List<string> lines = [$"{Bar(ended, spec.Trials)}  {(spec.Trials is { } planned ? $"{ended} of {planned} trials" : Numbers.Count(ended, "trial"))}: {StudyText.States(trials)}{TimeLeft()}"];
        if (StudyText.BestSoFar(spec, trials, 60) is { Length: > 0 } sparks) lines.Add($"  best {spec.Metric.Name} so far  {sparks}");
        lines.AddRange(Leaders());
        lines.AddRange(_look.Study.State == StudyState.Confirming ? Confirming() : Running());
        return lines;
    }

    /// <inheritdoc/>
    public IEnumerable<string> News()
    {
        foreach (var trial in _look.Trials.Where(trial => trial.State != TrialState.Running && _told.Add(StudyText.Name(trial))))
        {
            yield return $"{_told.Count}{(study.Spec.Trials is { } planned ? $"/{planned}" : "")}  {RunNames.Trial(study.Id, trial.Number)}  {StudyText.Word(trial.State)}" +
                $"{(trial.Value is { } value ? $"  {study.Spec.Metric.Name} {value:G6}" : "")}  {StudyText.Settings(trial.Parameters)}{(trial.Why is { } why ? $"\n      {why.Replace("\n", "\n      ")}" : "")}";
        }

        foreach (var run in _look.Confirmations.Values.SelectMany(runs => runs).Where(run => run.Run.State.IsFinal() && _told.Add(run.Run.Id)))
            yield return $"confirming  {run.Run.Id}  {run.Run.State.ToString().ToLowerInvariant()}{(TrialOutcome.Value(run, study.Spec.Metric.Name) is { } value ? $"  {study.Spec.Metric.Name} {value:G6}" : "")}";
    }

    /// <inheritdoc/>
    public Task CancelAsync(CancellationToken cancellationToken) => services.CancelStudyAsync(study.Id, cancellationToken);

    private bool HasStopped() =>
        _look.Trials.All(trial => trial.State != TrialState.Running) && _look.Confirmations.Values.All(runs => runs.All(run => run.Run.State.IsFinal()));

    // By what the model expects, and not by the luckiest value. A model takes a moment, so only when there is something new for it, and of a large
    // study now and then.
    private IEnumerable<string> Leaders()
    {
        var completed = _look.Trials.Count(trial => trial.State == TrialState.Completed);
        if (completed >= Math.Max(_ranked + 1, _ranked * 11 / 10)) (_ranked, _leaders) = (completed, _driver!.Leaders(_look.Trials, MaxLeaders));
        foreach (var leader in _leaders)
        {
            var spread = leader.StandardDeviation is > 0 and var deviation ? deviation : (double?)null;
            var expected = spread is { } doubt ? $"expected {Numbers.Format(leader.Mean, doubt)} ± {Numbers.Format(doubt, doubt)}  " : "";
            yield return $"  {StudyText.Name(leader.Trial),5}  {study.Spec.Metric.Name} {leader.Trial.Value:G6}  {expected}{StudyText.Settings(leader.Trial.Parameters)}";
        }
    }

    private static string Bar(int done, int? of)
    {
        var cells = of is { } all and > 0 ? Math.Min(BarCells, done * BarCells / all) : 0;
        var (full, empty) = Terminal.IsAscii ? ('#', '-') : ('━', '─');
        return new string(full, cells) + new string(empty, BarCells - cells);
    }

    private IEnumerable<string> Running()
    {
        var now = services.Time.GetUtcNow();
        var metric = study.Spec.Metric.Name;
        var running = _look.Trials.Where(trial => trial.State == TrialState.Running).ToList();
        foreach (var trial in running.Take(MaxRunning))
        {
            var run = _look.Running.GetValueOrDefault(trial.Number, []).LastOrDefault(run => run.Run.StartedAt is not null);
            var reached = run?.Metrics.FirstOrDefault(one => one.Name == metric) is { } found ? $"{metric} {found.Last:G5} (step {found.LastStep})" : run?.Run.Reason ?? (run is null ? "waits" : "");
            yield return $"  {StudyText.Name(trial),5}  {(run is null ? "" : Words.Took(run.Run, now)),8}  {reached}  {StudyText.Settings(trial.Parameters)}";
        }

        if (running.Count > MaxRunning) yield return $"  and {running.Count - MaxRunning} more run";
    }

    private IEnumerable<string> Confirming()
    {
        yield return "  confirming the best with fresh seeds";
        foreach (var (number, runs) in _look.Confirmations)
        {
            var values = runs.Select(run => TrialOutcome.Value(run, study.Spec.Metric.Name)).OfType<double>().ToList();
            yield return $"  {"t" + number,5}  {runs.Count(run => run.Run.State.IsFinal())} of {runs.Count}{(values.Count > 0 ? $"  {study.Spec.Metric.Name} {values.Average():G6} on average" : "")}";
        }
    }

    private string TimeLeft()
    {
        var times = _look.Trials.Where(trial => trial is { State: TrialState.Completed, EndedAt: not null }).Select(trial => (trial.EndedAt!.Value - trial.AskedAt).TotalSeconds).Order().ToList();
        if (times.Count < 2 || study.Spec.Trials is not { } planned || _look.Study.State != StudyState.Running) return "";
        var left = planned - _look.Trials.Count(trial => trial.State != TrialState.Running);
        return left <= 0 ? "" : $"   about {Numbers.Duration(TimeSpan.FromSeconds(Math.Round(times[times.Count / 2] * left / Math.Min(study.Spec.Parallel, left))))} left";
    }
}
