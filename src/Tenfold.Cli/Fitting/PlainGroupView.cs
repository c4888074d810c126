using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Cli.Fitting;

/// <summary>A line on standard error for each run that has ended: for logs and pipes.</summary>
/// <param name="group">The group.</param>
/// <param name="time">The clock.</param>
internal sealed class PlainGroupView(GroupRecord group, TimeProvider time) : IGroupView
{
    private readonly HashSet<string> _told = [];

    /// <inheritdoc/>
    public Task<Left> ShowAsync(Func<Action<IReadOnlyList<RunWithMetrics>>, Task<Left>> watch) => watch(Show);

    private void Show(IReadOnlyList<RunWithMetrics> runs)
    {
        foreach (var run in runs.Where(run => run.Run.State.IsFinal() && _told.Add(run.Run.Id)))
        {
            var value = group.Spec.Metric is { } metric && run.Metrics.FirstOrDefault(m => m.Name == metric.Name) is { } found ? $"  {metric.Name} {found.Last:G6}" : "";
            Terminal.Say($"{_told.Count}/{runs.Count}  {run.Run.Id}  {run.Run.State.ToString().ToLowerInvariant()}{value}  {Words.Took(run.Run, time.GetUtcNow())}" +
                (run.Run.State != RunState.Succeeded && run.Run.Reason is { } reason ? $"\n      {reason.Replace("\n", "\n      ")}" : ""));
        }
    }
}
