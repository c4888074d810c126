using Microsoft.Extensions.Logging;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>Records what agents report to a store while their backend doesn't answer.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class StoreReconciler(ILedger ledger, IStore store, TimeProvider time, ILogger logger)
{
    private static readonly BackendState NoAnswer = new(BackendKind.Unknown);

    private readonly AttemptObserver _observer = new(store, time, reportsLive: true);

    public async Task ReconcileAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        var submitted = live.Where(attempt => attempt.Attempt.State != AttemptState.Pending).Select(attempt => (attempt, NoAnswer));
        var changes = await _observer.ObserveAsync([.. submitted], cancellationToken);
        if (changes.Count > 0) await ledger.ApplyAsync(changes, under: null, cancellationToken);
        _observer.Confirm();
        foreach (var change in changes) logger.AttemptChanged(change.Attempt, change.State);
    }
}
