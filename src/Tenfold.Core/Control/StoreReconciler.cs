using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>What can be known of attempts whose backend does not answer, through the store alone: what their agents report is recorded.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="store">The store, where the agents report.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreReconciler(ILedger ledger, IStore store, TimeProvider time)
{
    private const int AtOnce = 32;
    private static readonly BackendState NotTold = new(BackendKind.Unknown);

    private readonly AttemptObserver _observation = new(store, time);

    public async Task ReconcileAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        var changes = new List<AttemptChange>();
        foreach (var some in live.Where(attempt => attempt.Attempt.State != AttemptState.Pending).Chunk(AtOnce))
            changes.AddRange((await Task.WhenAll(some.Select(attempt => _observation.ChangeAsync(attempt, NotTold, cancellationToken)))).OfType<AttemptChange>());
        if (changes.Count > 0) await ledger.ApplyAsync(changes, under: null, cancellationToken);
        _observation.Remember();
    }
}
