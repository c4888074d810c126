using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>One place's part of the control loop: stop, start, observe.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="reached">The place.</param>
/// <param name="holder">Who takes the lease, see <see cref="LeaseHolder"/>.</param>
/// <param name="time">The clock.</param>
internal sealed class TargetReconciler(ILedger ledger, ResolvedTarget reached, string holder, TimeProvider time)
{
    // Longer than any hand-over takes. Of a holder on another machine that died, the next one waits so long; of one on this machine, not at all.
    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(2);
    private const int ReadAtOnce = 32;

    private readonly ITarget _target = reached.Target;
    private readonly AttemptObserver _observation = new(reached.Store, time);

    public async Task ReconcileAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        await StopAsync(live, cancellationToken);
        await StartAsync(live, cancellationToken);
        await ObserveAsync(live, cancellationToken);
    }

    private Task StopAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        var unwanted = live.Where(attempt => attempt.Run.CancelRequestedAt is not null).Select(attempt => attempt.Attempt.Id).ToList();
        return unwanted.Count == 0 ? Task.CompletedTask : _target.StopAsync(unwanted, cancellationToken);
    }

    // One at a time hands attempts over, whoever else looks after the same place. Whoever finds the lease held leaves it to its holder.
    private async Task StartAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        if (!live.Any(IsPending) || await FindLeaseAsync(cancellationToken) is not { } lease) return;
        try
        {
            // Loaded anew: what was pending before the lease was had, its last holder may have handed over.
            var mine = live.Select(attempt => attempt.Attempt.Id).ToHashSet();
            var pending = (await ledger.LiveAsync(cancellationToken)).Where(attempt => IsPending(attempt) && mine.Contains(attempt.Attempt.Id)).ToList();
            await StartAsync(pending, lease, cancellationToken);
        }
        finally
        {
            await ledger.ReleaseAsync(lease, CancellationToken.None);
        }
    }

    private static bool IsPending(LiveAttempt attempt) => attempt.Attempt.State == AttemptState.Pending;

    private async Task<Lease?> FindLeaseAsync(CancellationToken cancellationToken)
    {
        var name = $"start {reached.Name}";
        if (await ledger.TryAcquireLeaseAsync(name, holder, LeaseTime, dead: null, cancellationToken) is { } lease) return lease;
        var other = (await ledger.FindLeaseAsync(name, cancellationToken))?.Holder;
        return other is not null && LeaseHolder.IsKnownDead(other) ? await ledger.TryAcquireLeaseAsync(name, holder, LeaseTime, other, cancellationToken) : null;
    }

    private async Task StartAsync(List<LiveAttempt> pending, Lease lease, CancellationToken cancellationToken)
    {
        var wanted = pending.Where(attempt => attempt.Run.CancelRequestedAt is null).ToList();
        var changes = await CancelledAsync([.. pending.Except(wanted)], cancellationToken);
        try
        {
            if (wanted.Count == 0) return;
            var id = await ledger.IdAsync(cancellationToken);
            if (await HandOverAsync([.. wanted.Select(attempt => AttemptObserver.ToAssignment(attempt, id))], lease, cancellationToken) is not { } outcomes) return;
            changes.AddRange(wanted.Zip(outcomes).Select(pair => ToChange(pair.First, pair.Second)).OfType<AttemptChange>());
        }
        catch (TargetException e)
        {
            changes.AddRange(wanted.Select(attempt => Waits(attempt, AttemptState.Pending, e.Message)).OfType<AttemptChange>());
            throw;
        }
        finally
        {
            if (changes.Count > 0) await ledger.ApplyAsync(changes, lease, cancellationToken);
        }
    }

    // Null: the lease was lost meanwhile. What was handed over by then the next holder finds at the target.
    private async Task<IReadOnlyList<StartOutcome>?> HandOverAsync(IReadOnlyList<Assignment> assignments, Lease lease, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var turn = new SemaphoreSlim(1);
        _ = RenewAsync(lease, turn, lost, over.Token);
        try
        {
            return await _target.StartAsync(assignments, lost.Token);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            End(over);
            // A renewal under way is waited for, and no other begins: after this the lease may be given back.
            await turn.WaitAsync(CancellationToken.None);
        }
    }

    private static void End(CancellationTokenSource source) => source.Cancel();

    // Handing over may take longer than the lease: a busy scheduler, a store that is away.
    private async Task RenewAsync(Lease lease, SemaphoreSlim turn, CancellationTokenSource lost, CancellationToken over)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LeaseTime / 4, time, over);
                await turn.WaitAsync(over);
                try
                {
                    if (await ledger.TryAcquireLeaseAsync(lease.Name, lease.Holder, LeaseTime, dead: null, over) is { } renewed && renewed.Token == lease.Token) continue;
                    End(lost);
                    return;
                }
                finally
                {
                    turn.Release();
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Handed over.
        }
        catch (LedgerException)
        {
            // It runs out by itself, and what is recorded under it then is not taken.
        }
    }

    // What the ledger has as pending may be under way all the same: its start was not recorded, or an agent queued it by itself. Then it is
    // asked to stop like any other, and its own report tells the end.
    private async Task<List<AttemptChange>> CancelledAsync(List<LiveAttempt> unwanted, CancellationToken cancellationToken)
    {
        if (unwanted.Count == 0) return [];
        var now = time.GetUtcNow();
        var states = await _target.ObserveAsync([.. unwanted.Select(attempt => attempt.Attempt.Id)], cancellationToken);
        var changes = new List<AttemptChange>();
        foreach (var (attempt, state) in unwanted.Zip(states))
        {
            var id = attempt.Attempt.Id;
            var isUnderWay = state.Kind == BackendKind.Running || await reached.Store.ExistsAsync(AttemptKeys.State(id), cancellationToken);
            changes.Add(isUnderWay
                ? new AttemptChange { Attempt = id, At = now, State = AttemptState.Queued }
                : new AttemptChange { Attempt = id, At = now, State = AttemptState.Cancelled, Reason = "cancelled before it started", EndedAt = now });
        }

        return changes;
    }

    private async Task ObserveAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        // The backend first, the reports after: an agent reports the end before it leaves, so what is gone has its report.
        var handed = live.Where(attempt => attempt.Attempt.State != AttemptState.Pending).ToList();
        if (handed.Count == 0) return;
        var states = await _target.ObserveAsync([.. handed.Select(attempt => attempt.Attempt.Id)], cancellationToken);
        var changes = new List<AttemptChange>();
        foreach (var some in handed.Zip(states).Chunk(ReadAtOnce))
        {
            var seen = await Task.WhenAll(some.Select(pair => ChangeAsync(pair.First, pair.Second, cancellationToken)));
            changes.AddRange(seen.OfType<AttemptChange>());
        }

        if (changes.Count > 0) await ledger.ApplyAsync(changes, under: null, cancellationToken);
        // Only now: what the ledger did not take is offered again.
        _observation.Remember();
        // Said last, as what keeps this round from being whole.
        if (states.FirstOrDefault(state => state is { Kind: BackendKind.Unknown, Reason: not null })?.Reason is { } trouble) throw new TargetException(trouble);
    }

    private async Task<AttemptChange?> ChangeAsync(LiveAttempt attempt, BackendState state, CancellationToken cancellationToken)
    {
        // What waits has nothing to say but why; an agent on this machine says that it waits for secrets.
        if (state.Kind == BackendKind.Waiting && (!reached.IsHere || attempt.Group.Spec.Secrets.Count == 0)) return Waits(attempt, AttemptState.Queued, state.Reason);
        return await _observation.ChangeAsync(attempt, state, cancellationToken);
    }

    private AttemptChange? ToChange(LiveAttempt live, StartOutcome outcome)
    {
        var now = time.GetUtcNow();
        return outcome.Kind switch
        {
            StartKind.Started => new AttemptChange { Attempt = live.Attempt.Id, At = now, State = AttemptState.Queued },
            StartKind.NoCapacity or StartKind.Quota => Waits(live, AttemptState.Pending, outcome.Reason), // the next round tries again
            _ => new AttemptChange { Attempt = live.Attempt.Id, At = now, State = AttemptState.Failed, Reason = outcome.Reason, EndedAt = now },
        };
    }

    // Why it waits; null when the ledger knows, or has it as running already.
    private AttemptChange? Waits(LiveAttempt live, AttemptState state, string? reason) =>
        reason is null || live.Attempt.Reason == reason || live.Attempt.State > state
            ? null
            : new AttemptChange { Attempt = live.Attempt.Id, At = time.GetUtcNow(), State = state, Reason = reason };
}
