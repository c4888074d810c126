using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Control;

/// <summary>Requests to cancel the runs of this home's groups whose machines have cost as much as they may.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="time">The clock.</param>
internal sealed class CostLimiter(ILedger ledger, TimeProvider time)
{
    // Rounds follow each other within seconds, and a machine costs little in that time.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, long> _checked = [];
    private readonly Dictionary<string, ControlFault> _faults = [];

    /// <summary>The groups whose cost is unknown, because the records of their runs are damaged.</summary>
    public IReadOnlyCollection<ControlFault> Faults => _faults.Values;

    /// <summary>Checks the groups that have a limit.</summary>
    /// <returns>True when a cancellation was requested.</returns>
    public async Task<bool> CancelOverspentAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        var hasCancelled = false;
        var limited = live.Where(attempt => attempt.Group.Spec is { MaxUsd: not null, UsdPerHour: not null } && attempt.IsOwn)
            .ToLookup(one => one.Group.Id);
        foreach (var group in _checked.Keys.Where(group => !limited.Contains(group)).ToList()) Forget(group);
        foreach (var group in limited)
        {
            if (_checked.TryGetValue(group.Key, out var at) && time.GetElapsedTime(at) < Interval) continue;
            _checked[group.Key] = time.GetTimestamp();
            _faults.Remove(group.Key);
            try
            {
                hasCancelled |= await CancelOverspentAsync(group.First().Group, cancellationToken);
            }
            catch (LedgerException e) when (e.IsUnreadable)
            {
                _faults[group.Key] = new ControlFault(ControlFaultKind.Record, group.Key, e.Message);
            }
        }

        return hasCancelled;
    }

    private void Forget(string group)
    {
        _checked.Remove(group);
        _faults.Remove(group);
    }

    private async Task<bool> CancelOverspentAsync(GroupRecord group, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        List<RunRecord> runs = [.. (await ledger.ListRunsAsync(group.Id, cancellationToken)).Select(run => run.Run)];
        var cost = await GroupCost.ReadAsync(ledger, group, runs, now, cancellationToken);
        if (cost.Usd < group.Spec.MaxUsd) return false;
        List<string> open = [.. runs.Where(run => !run.State.IsFinal() && run.CancelRequestedAt is null).Select(run => run.Id)];
        if (open.Count == 0) return false;
        await ledger.RequestCancelAsync(open, now, new Reason.BudgetSpent(null, group.Spec.MaxUsd), cancellationToken);
        return true;
    }
}
