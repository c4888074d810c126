using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>
/// Brings the ledger and the targets together: hands over what is pending, looks at what is out, and records what it sees. Each round
/// loads, acts, then applies; it may be broken off anywhere and done again by anybody, at the same time too, since starting and stopping are
/// idempotent and every change of state names the states it expects.
/// </summary>
/// <param name="ledger">The ledger.</param>
/// <param name="reach">Finds the place of a group.</param>
/// <param name="time">The clock.</param>
/// <param name="holder">Under which name it takes leases; null for one of this process (<see cref="LeaseHolder"/>).</param>
public sealed class Controller(ILedger ledger, ITargetResolver reach, TimeProvider time, string? holder = null)
{
    // Long enough for whoever asked for runs to hand them over, and short enough for a person to wait until somebody says why they wait.
    private static readonly TimeSpan FirstTurn = TimeSpan.FromSeconds(10);

    private readonly string _holder = holder ?? LeaseHolder.New();
    private readonly Dictionary<ResolvedTarget, TargetReconciler> _places = [];
    private readonly Dictionary<IStore, StoreReconciler> _away = [];

    /// <summary>One round over everything that has not ended.</summary>
    /// <returns>What it saw. A place that can't be reached does not keep the others from being looked at.</returns>
    public async Task<ReconcileResult> ReconcileAsync(CancellationToken cancellationToken)
    {
        var live = await ledger.LiveAsync(cancellationToken);
        var faults = new List<string>();
        await MarkAsync(live, faults, cancellationToken);
        var away = new List<(IStore Store, LiveAttempt Attempt)>();
        foreach (var (reached, attempts) in await PlacesAsync(live, faults, away, cancellationToken))
        {
            if (!_places.TryGetValue(reached, out var place)) _places[reached] = place = new TargetReconciler(ledger, reached, _holder, time);
            try
            {
                await place.ReconcileAsync(attempts, cancellationToken);
            }
            catch (TargetException e) when (!reached.IsHere)
            {
                faults.Add(e.Message);
                away.AddRange(attempts.Select(attempt => (reached.Store, attempt)));
            }
            catch (StoreException e) when (!reached.IsHere)
            {
                // It may have kept a mark from being left, too.
                if (!faults.Contains(e.Message)) faults.Add(e.Message);
            }
        }

        await LookInStoresAsync(away, faults, cancellationToken);
        return new ReconcileResult(live.Count, faults);
    }

    // First of all: it needs no backend, which may take its time before it does not answer.
    private async Task MarkAsync(IReadOnlyList<LiveAttempt> live, List<string> faults, CancellationToken cancellationToken)
    {
        var unwanted = live.Where(attempt => attempt.Run.CancelRequestedAt is not null && attempt.Attempt.State != AttemptState.Pending);
        foreach (var same in unwanted.GroupBy(attempt => reach.StoreOf(attempt.Group)))
        {
            try
            {
                if (same.Key is { } store) await StopMarks.WriteAsync(store, [.. same.Select(attempt => attempt.Attempt.Id)], cancellationToken);
            }
            catch (StoreException e)
            {
                if (!faults.Contains(e.Message)) faults.Add(e.Message);
            }
        }
    }

    // Who lacks a secret could only say so, in the turn of a shell that has it.
    private bool IsLeftToOthers(LiveAttempt attempt) =>
        attempt.Attempt.State == AttemptState.Pending && attempt.Run.CancelRequestedAt is null && (time.GetUtcNow() - attempt.Attempt.CreatedAt).Duration() < FirstTurn;

    private static bool HasSecrets(LiveAttempt attempt) => attempt.Group.Spec.Secrets.All(name => Environment.GetEnvironmentVariable(name) is not null);

    private async Task<Dictionary<ResolvedTarget, List<LiveAttempt>>> PlacesAsync(
        IReadOnlyList<LiveAttempt> live, List<string> faults, List<(IStore Store, LiveAttempt Attempt)> away, CancellationToken cancellationToken)
    {
        var places = new Dictionary<ResolvedTarget, List<LiveAttempt>>();
        foreach (var ofGroup in live.GroupBy(attempt => attempt.Group.Id))
        {
            try
            {
                if (await reach.FindAsync(ofGroup.First().Group, cancellationToken) is not { } reached) continue;
                if (!places.TryGetValue(reached, out var attempts)) places[reached] = attempts = [];
                attempts.AddRange(reached.IsHere || HasSecrets(ofGroup.First()) ? ofGroup : ofGroup.Where(attempt => !IsLeftToOthers(attempt)));
            }
            catch (Exception e) when (e is TargetException or StoreException)
            {
                if (!faults.Contains(e.Message)) faults.Add(e.Message);
                if (e is TargetException && reach.StoreOf(ofGroup.First().Group) is { } store) away.AddRange(ofGroup.Select(attempt => (store, attempt)));
            }
        }

        return places;
    }

    // Their backend does not answer. Agents work on without it, and meet us in the store.
    private async Task LookInStoresAsync(List<(IStore Store, LiveAttempt Attempt)> away, List<string> faults, CancellationToken cancellationToken)
    {
        foreach (var same in away.GroupBy(one => one.Store, one => one.Attempt))
        {
            if (!_away.TryGetValue(same.Key, out var control)) _away[same.Key] = control = new StoreReconciler(ledger, same.Key, time);
            try
            {
                await control.ReconcileAsync([.. same], cancellationToken);
            }
            catch (StoreException e)
            {
                if (!faults.Contains(e.Message)) faults.Add(e.Message);
            }
        }
    }
}

/// <summary>What a round saw.</summary>
/// <param name="Live">How many attempts had not ended.</param>
/// <param name="Faults">What could not be looked at, why, and what to do; empty when all could. The next round tries again.</param>
public sealed record ReconcileResult(int Live, IReadOnlyList<string> Faults);
