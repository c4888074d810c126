using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.App.Watching;

/// <summary>Watches a group's runs.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="group">The group.</param>
public sealed class GroupWatch(Services services, GroupRecord group) : IWatch<GroupSnapshot>
{
    /// <inheritdoc/>
    public string Id => group.Id;

    /// <inheritdoc/>
    public bool IsRemote => !group.Spec.IsLocal;

    /// <inheritdoc/>
    public async Task<GroupSnapshot> ObserveAsync(CancellationToken cancellationToken)
    {
        var faults = (await services.Controller.ReconcileForAsync(group.Spec, cancellationToken)).Faults;
        return new GroupSnapshot(await services.Ledger.ListRunsAsync(group.Id, cancellationToken), faults);
    }

    /// <inheritdoc/>
    public async Task CancelAsync(CancellationToken cancellationToken)
    {
        var runs = await services.Ledger.ListRunsAsync(group.Id, cancellationToken);
        await services.Ledger.RequestCancelAsync([.. runs.Select(run => run.Run.Id)], services.Time.GetUtcNow(), null, cancellationToken);
    }
}

/// <summary>A group's runs at one moment.</summary>
/// <param name="Runs">The runs with their metrics, in the order of their repeats.</param>
/// <param name="Faults">What could not be observed, and why.</param>
public sealed record GroupSnapshot(IReadOnlyList<RunWithMetrics> Runs, IReadOnlyList<ControlFault> Faults)
    : WatchSnapshot(Runs.Count(run => run.Run.State.IsFinal()), Runs.All(run => run.Run.State.IsFinal()), Faults);
