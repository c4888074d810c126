using Tenfold.App;
using Tenfold.Cli.Following;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Fitting;

/// <summary>A group that is watched: how many runs are done, what each running one has reached, the time left.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="group">The group.</param>
internal sealed class FollowedGroup(Services services, GroupRecord group) : IFollowed
{
    private const int MaxRows = 8, MaxReasons = 3, BarCells = 30;

    private readonly HashSet<string> _told = [];
    private int _ended;
    private IReadOnlyList<RunWithMetrics> _runs = [];

    /// <inheritdoc/>
    public string Id => group.Id;

    /// <inheritdoc/>
    public int Ended => _runs.Count(run => run.Run.State.IsFinal());

    /// <inheritdoc/>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <inheritdoc/>
    public bool IsFarAway => group.Spec.Target is { Kind: not "local" };

    /// <inheritdoc/>
    public string Leaving => "the runs go on";

    /// <inheritdoc/>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        Faults = (await services.Controller.ReconcileAsync(cancellationToken)).Faults;
        _runs = await services.Ledger.RunsOfAsync(group.Id, cancellationToken);
        return Ended == _runs.Count;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Picture() => Lines(_runs);

    /// <inheritdoc/>
    public IEnumerable<string> News()
    {
        foreach (var line in Waits()) yield return line;
        foreach (var run in _runs.Where(run => run.Run.State.IsFinal() && _told.Add(run.Run.Id)))
        {
            var value = group.Spec.Metric is { } metric && run.Metrics.FirstOrDefault(m => m.Name == metric.Name) is { } found ? $"  {metric.Name} {found.Last:G6}" : "";
            yield return $"{++_ended}/{_runs.Count}  {run.Run.Id}  {run.Run.State.ToString().ToLowerInvariant()}{value}  {Words.Took(run.Run, services.Time.GetUtcNow())}" +
                (run.Run.State != RunState.Succeeded && run.Run.Reason is { } reason ? $"\n      {reason.Replace("\n", "\n      ")}" : "");
        }
    }

    // Why runs wait, and that one is tried again: each once, so that a log says what a terminal shows.
    private IEnumerable<string> Waits()
    {
        foreach (var line in Waiting(_runs).Select(line => line.Trim()))
            if (_told.Add(line[(line.IndexOf(':') + 1)..])) yield return line;
        foreach (var run in _runs.Where(run => run.Run.Attempts > 1 && _told.Add(run.Run.Attempt))) yield return $"{run.Run.Id}  attempt {run.Run.Attempts} follows";
    }

    /// <inheritdoc/>
    public async Task CancelAsync(CancellationToken cancellationToken) =>
        await services.Ledger.RequestCancelAsync([.. _runs.Select(run => run.Run.Id)], services.Time.GetUtcNow(), null, cancellationToken);

    private List<string> Lines(IReadOnlyList<RunWithMetrics> runs)
    {
        var now = services.Time.GetUtcNow();
        var done = runs.Count(run => run.Run.State.IsFinal());
        var failed = runs.Count(run => run.Run.State is RunState.Failed or RunState.Cancelled);
        var running = runs.Where(run => run.Run.State == RunState.Running).ToList();
        var cells = runs.Count == 0 ? 0 : done * BarCells / runs.Count;
        var (full, empty) = Terminal.IsAscii ? ('#', '-') : ('━', '─');
        List<string> lines =
        [
            $"{new string(full, cells)}{new string(empty, BarCells - cells)}  {done} of {runs.Count} done{(failed > 0 ? $", {failed} failed" : "")}, {running.Count} running",
        ];
        if ($"{SoFar(runs)}{TimeLeft(runs, running.Count, now)}" is { Length: > 0 } further) lines.Add($"  {further}");
        foreach (var run in running.Take(MaxRows))
        {
            var metrics = string.Join("  ", run.Metrics.OrderBy(m => m.Name != group.Spec.Metric?.Name).Take(3).Select(m => $"{m.Name} {m.Last:G5} (step {m.LastStep})"));
            lines.Add($"  {run.Run.Id}  {Words.Took(run.Run, now),8}  {(run.Run.Attempts > 1 ? $"attempt {run.Run.Attempts}  " : "")}{(metrics.Length > 0 ? metrics : run.Run.Reason)}");
        }

        if (running.Count > MaxRows) lines.Add($"  and {running.Count - MaxRows} more");
        lines.AddRange(Waiting(runs));
        return lines;
    }

    // Why runs wait, the commonest reasons first.
    private static IEnumerable<string> Waiting(IReadOnlyList<RunWithMetrics> runs) =>
        runs.Where(run => run.Run is { State: RunState.Queued, Reason: not null }).GroupBy(run => Words.FirstLine(run.Run.Reason))
            .OrderByDescending(reason => reason.Count()).Take(MaxReasons).Select(reason => $"  {reason.Count()} waiting: {reason.Key}");

    private string SoFar(IReadOnlyList<RunWithMetrics> runs) =>
        group.Spec.Metric is { } metric && GroupStatistics.Of(metric, runs).Summary is { } summary
            ? $"{metric.Name} {summary.Mean:G5}{(summary.StandardDeviation is { } deviation ? $" ± {deviation:G2}" : "")}   "
            : "";

    private static string TimeLeft(IReadOnlyList<RunWithMetrics> runs, int running, DateTimeOffset now)
    {
        var times = runs.Where(run => run.Run is { State: RunState.Succeeded, StartedAt: not null, EndedAt: not null })
            .Select(run => (run.Run.EndedAt!.Value - run.Run.StartedAt!.Value).TotalSeconds).Order().ToList();
        if (times.Count == 0 || running == 0) return "";
        var each = times[times.Count / 2];
        var waiting = runs.Count(run => run.Run.State == RunState.Queued);
        var spent = runs.Where(run => run.Run.State == RunState.Running && run.Run.StartedAt is not null)
            .Sum(run => Math.Min(each, (now - run.Run.StartedAt!.Value).TotalSeconds));
        var left = Math.Max(0, ((waiting + running) * each) - spent) / running;
        return $"about {Numbers.Duration(TimeSpan.FromSeconds(Math.Round(left)))} left";
    }
}
