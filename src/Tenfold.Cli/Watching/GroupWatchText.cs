using Tenfold.App.Watching;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Watching;

/// <summary>Shows a group: how many runs are done, the metrics of the running ones, and the time left.</summary>
/// <param name="group">The group.</param>
/// <param name="time">The clock.</param>
/// <param name="added">The runs by which the group has just grown; only these are reported. Null for all runs.</param>
internal sealed class GroupWatchText(GroupRecord group, TimeProvider time, IReadOnlyList<RunRecord>? added = null)
    : IWatchText<GroupSnapshot>
{
    private const int MaxRows = 8, MaxReasons = 3, BarCells = 30;

    private readonly HashSet<string> _reported = [];
    private readonly HashSet<string>? _added = added?.Select(run => run.Id).ToHashSet();
    private int _ended;

    /// <inheritdoc/>
    public string Leaving => "the runs continue";

    /// <inheritdoc/>
    public IReadOnlyList<string> Picture(GroupSnapshot snapshot)
    {
        var runs = snapshot.Runs;
        var now = time.GetUtcNow();
        var running = runs.Where(run => run.Run.State == RunState.Running).ToList();
        List<string> lines = [$"{Bar(snapshot.Ended, runs.Count)}  {Counts(snapshot, running.Count)}"];
        if ($"{SoFar(runs)}{TimeLeft(runs, running.Count, now)}{Spent(runs, now)}" is { Length: > 0 } further) lines.Add($"  {further}");
        lines.AddRange(running.Take(MaxRows).Select(run => Row(run, now)));
        if (running.Count > MaxRows) lines.Add($"  and {running.Count - MaxRows} more");
        lines.AddRange(Waiting(runs));
        return lines;
    }

    /// <inheritdoc/>
    public IEnumerable<string> News(GroupSnapshot snapshot)
    {
        var runs = snapshot.Runs.Where(run => _added?.Contains(run.Run.Id) != false).ToList();
        foreach (var line in NewReasons(runs)) yield return line;
        foreach (var run in runs.Where(run => run.Run.State.IsFinal() && _reported.Add(run.Run.Id)))
        {
            var value = group.Spec.Metric is { } metric && run.Metrics.FirstOrDefault(m => m.Name == metric.Name) is { } found
                ? $"  {metric.Name} {found.Last:G6}"
                : "";
            var took = HumanText.Took(run.Run, time.GetUtcNow());
            var reason = run.Run.State != RunState.Succeeded && HumanText.Indented(run.Run, 6) is { } why ? $"\n      {why}" : "";
            var state = run.Run.State.ToString().ToLowerInvariant();
            yield return $"{++_ended}/{runs.Count}  {run.Run.Id}  {state}{value}  {took}{reason}";
        }
    }

    // Reports each reason for waiting and each retry once, so that a log has what a terminal shows.
    private IEnumerable<string> NewReasons(IReadOnlyList<RunWithMetrics> runs)
    {
        foreach (var line in Waiting(runs).Select(line => line.Trim()))
        {
            var reason = line[(line.IndexOf(':') + 1)..];
            if (_reported.Add(reason)) yield return line;
        }

        foreach (var run in runs.Where(run => run.Run.Attempts > 1 && _reported.Add(run.Run.Attempt)))
            yield return $"{run.Run.Id}  attempt {run.Run.Attempts} follows";
    }

    // Includes the waits between attempts, so the sum is a little too high when attempts were lost.
    private string Spent(IReadOnlyList<RunWithMetrics> runs, DateTimeOffset now)
    {
        if (group.Spec.UsdPerHour is not > 0) return "";
        var spent = runs.Where(run => run.Run.StartedAt is not null)
            .Aggregate(TimeSpan.Zero, (sum, run) => sum + ((run.Run.EndedAt ?? now) - run.Run.StartedAt!.Value));
        return HumanText.Cost(group.Spec, new GroupCost(group.Spec.UsdPerHour, spent)) is { } cost ? $"   {cost}" : "";
    }

    private static string Counts(GroupSnapshot snapshot, int running)
    {
        var failed = snapshot.Runs.Count(run => run.Run.State is RunState.Failed or RunState.Cancelled);
        return $"{snapshot.Ended} of {snapshot.Runs.Count} done{(failed > 0 ? $", {failed} failed" : "")}, {running} running";
    }

    private static string Bar(int done, int all)
    {
        var cells = all == 0 ? 0 : done * BarCells / all;
        var (full, empty) = Terminal.IsAscii ? ('#', '-') : ('━', '─');
        return new string(full, cells) + new string(empty, BarCells - cells);
    }

    private string Row(RunWithMetrics run, DateTimeOffset now)
    {
        var first = run.Metrics.OrderBy(m => m.Name != group.Spec.Metric?.Name).Take(3);
        var metrics = string.Join("  ", first.Select(m => $"{m.Name} {m.Last:G5} (step {m.LastStep})"));
        var attempt = run.Run.Attempts > 1 ? $"attempt {run.Run.Attempts}  " : "";
        return $"  {run.Run.Id}  {HumanText.Took(run.Run, now),8}  {attempt}{(metrics.Length > 0 ? metrics : run.Run.Reason.Words())}";
    }

    // The reasons why runs wait, the most frequent first.
    private static IEnumerable<string> Waiting(IReadOnlyList<RunWithMetrics> runs) =>
        runs.Where(run => run.Run is { State: RunState.Queued, Reason: not null })
            .GroupBy(run => HumanText.FirstLine(run.Run.Reason))
            .OrderByDescending(reason => reason.Count()).Take(MaxReasons)
            .Select(reason => $"  {reason.Count()} waiting: {reason.Key}");

    private string SoFar(IReadOnlyList<RunWithMetrics> runs)
    {
        if (group.Spec.Metric is not { } metric
            || GroupStatistics.Of(group, runs, metric).Summary is not { } summary) return "";
        var spread = summary.StandardDeviation is { } deviation ? $" ± {deviation:G2}" : "";
        return $"{metric.Name} {summary.Mean:G5}{spread}   ";
    }

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
