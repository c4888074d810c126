using Microsoft.Extensions.Logging;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>The control loop of one target: stops, submits and observes its attempts.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="resolved">The target.</param>
/// <param name="holder">The name under which it acquires the target's lease, see <see cref="LeaseHolder"/>.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class TargetReconciler(ILedger ledger, ResolvedTarget resolved, string holder, TimeProvider time, ILogger logger)
{
    private readonly ITarget _target = resolved.Target;
    private readonly AttemptObserver _observer = new(resolved.Store, time, resolved.Target.Capabilities.ReportsLive);
    private readonly HashSet<string> _ended = [];
    private readonly SubmissionLease _lease = new(ledger, resolved.Name, holder, time, logger);

    /// <summary>Runs one round.</summary>
    /// <returns>Why the target does not know the states of some attempts; null when it knows all of them.</returns>
    public async Task<Reason?> ReconcileAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        await StopAsync(live, cancellationToken);
        await StartAsync(live, cancellationToken);
        var unknown = await ObserveAsync(live, cancellationToken);
        await RemoveSecretsAsync(live, cancellationToken);
        return unknown;
    }

    private async Task ApplyAsync(IReadOnlyList<AttemptChange> changes, Lease? under, CancellationToken cancellationToken)
    {
        await ledger.ApplyAsync(changes, under, cancellationToken);
        _ended.UnionWith(changes.Where(change => change.State.IsFinal()).Select(change => change.Attempt));
    }

    // Nothing needs the secrets of a group without a live attempt. If this is interrupted, `tenfold gc` removes them.
    private async Task RemoveSecretsAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        var ended = live.Where(one => one.Group.Spec.Secrets.Count > 0 && _ended.Contains(one.Attempt.Id) && one.IsOwn)
            .Select(attempt => attempt.Group.Id).ToHashSet();
        _ended.Clear();
        if (_target is not IStoresSecrets target || ended.Count == 0) return;
        // A lost attempt has a next one.
        ended.ExceptWith((await ledger.ListLiveAttemptsAsync(cancellationToken)).Select(attempt => attempt.Group.Id));
        if (ended.Count == 0) return;
        try
        {
            await target.RemoveSecretsAsync(await ledger.ReadIdAsync(cancellationToken), [.. ended], cancellationToken);
        }
        catch (TargetException e)
        {
            logger.SecretsNotRemoved(resolved.Name, e);
        }
    }

    private async Task StopAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        if (!_target.Capabilities.CanStop) return;
        var unwanted = live.Where(attempt => attempt.Run.CancelRequestedAt is not null && attempt.IsOwn)
            .Select(attempt => attempt.Attempt.Id).ToList();
        if (unwanted.Count == 0) return;
        await _target.StopAsync(unwanted, cancellationToken);
        logger.StopRequested(resolved.Name, unwanted.Count);
    }

    // Only the holder of the target's lease submits. A process that finds the lease held leaves the submission to its holder.
    private async Task StartAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        var known = live.Where(attempt => IsPending(attempt) && attempt.IsOwn).Select(attempt => attempt.Attempt.Id).ToHashSet();
        if (known.Count == 0 || await _lease.TryAcquireAsync(cancellationToken) is not { } lease) return;
        try
        {
            // Load again: the lease's last holder may have submitted what was pending when this round began.
            var current = await ledger.ListLiveAttemptsAsync(cancellationToken);
            var pending = current.Where(attempt => IsPending(attempt) && known.Contains(attempt.Attempt.Id));
            await StartAsync([.. pending], lease, cancellationToken);
        }
        finally
        {
            await ledger.ReleaseAsync(lease, CancellationToken.None);
        }
    }

    private static bool IsPending(LiveAttempt attempt) => attempt.Attempt.State == AttemptState.Pending;

    private async Task StartAsync(IReadOnlyList<LiveAttempt> pending, Lease lease, CancellationToken cancellationToken)
    {
        // The tag is verified on the record from which the assignment is made: the record may have changed since the round began.
        var wanted = pending.Where(attempt => attempt.Run.CancelRequestedAt is null && attempt.IsOwn).ToList();
        var changes = await CancelPendingAsync(
            [.. pending.Where(attempt => attempt.Run.CancelRequestedAt is not null)], cancellationToken);
        try
        {
            if (wanted.Count == 0) return;
            var id = await ledger.ReadIdAsync(cancellationToken);
            var assignments = wanted.Select(attempt => attempt.ToAssignment(id)).ToList();
            var outcomes = await _lease.RunWithRenewalAsync(lease, token => _target.StartAsync(assignments, token), cancellationToken);
            // Nothing may be recorded without the lease. The next holder finds at the target what was submitted until then.
            if (outcomes is null) return;
            foreach (var (attempt, outcome) in wanted.Zip(outcomes)) Log(attempt.Attempt.Id, outcome);
            changes.AddRange(wanted.Zip(outcomes).Select(pair => ToChange(pair.First, pair.Second)).OfType<AttemptChange>());
        }
        catch (TargetException e)
        {
            var fault = new Reason.TargetFault(e.Message) { Target = resolved.Name };
            changes.AddRange(wanted.Select(attempt => Waiting(attempt, AttemptState.Pending, fault)).OfType<AttemptChange>());
            throw;
        }
        finally
        {
            if (changes.Count > 0) await ApplyAsync(changes, lease, cancellationToken);
        }
    }

    private void Log(string attempt, StartOutcome outcome)
    {
        if (outcome.Kind == StartKind.Started) logger.AttemptSubmitted(attempt, resolved.Name);
        else logger.AttemptNotSubmitted(attempt, resolved.Name, outcome.Kind);
    }

    // An attempt that is pending in the ledger may already run: its start was not recorded, or an agent queued it as the next attempt.
    // Then it is stopped like any other, and its own report says how it ended.
    private async Task<List<AttemptChange>> CancelPendingAsync(IReadOnlyList<LiveAttempt> unwanted, CancellationToken cancellationToken)
    {
        if (unwanted.Count == 0) return [];
        var now = time.GetUtcNow();
        var states = await _target.ObserveAsync([.. unwanted.Select(attempt => attempt.Attempt.Id)], cancellationToken);
        var changes = new List<AttemptChange>();
        foreach (var (attempt, state) in unwanted.Zip(states))
        {
            var id = attempt.Attempt.Id;
            var hasStarted = state.Kind == BackendKind.Running
                || await resolved.Store.ExistsAsync(AttemptKeys.State(id), cancellationToken);
            changes.Add(hasStarted
                ? new AttemptChange { Attempt = id, At = now, State = AttemptState.Queued }
                : new AttemptChange
                {
                    Attempt = id,
                    At = now,
                    State = AttemptState.Cancelled,
                    Reason = new Reason.Cancelled(BeforeStart: true),
                    EndedAt = now,
                });
        }

        return changes;
    }

    private async Task<Reason?> ObserveAsync(IReadOnlyList<LiveAttempt> live, CancellationToken cancellationToken)
    {
        var submitted = live.Where(attempt => !IsPending(attempt)).ToList();
        if (submitted.Count == 0) return null;
        // The backend is asked first, then the reports are read: an agent reports the end before its job ends, so an attempt that is gone
        // has a report.
        var states = await _target.ObserveAsync([.. submitted.Select(attempt => attempt.Attempt.Id)], cancellationToken);
        var pairs = submitted.Zip(states).ToLookup(pair => IsSilent(pair.First, pair.Second));
        var waiting = pairs[true].Select(pair => Waiting(pair.First, AttemptState.Queued, pair.Second.Reason));
        List<AttemptChange> changes = [.. waiting.OfType<AttemptChange>()];
        changes.AddRange(await _observer.ObserveAsync([.. pairs[false]], cancellationToken));
        if (changes.Count > 0) await ApplyAsync(changes, under: null, cancellationToken);
        _observer.Confirm();
        foreach (var change in changes) logger.AttemptChanged(change.Attempt, change.State);
        var ended = changes.Where(change => change.State.IsFinal()).Select(change => change.Attempt).ToHashSet();
        var open = submitted.Zip(states).Where(pair => !ended.Contains(pair.First.Attempt.Id)).Select(pair => pair.Second);
        return open.FirstOrDefault(state => state is { Kind: BackendKind.Unknown, Reason: not null })?.Reason;
    }

    // No agent reports about a waiting attempt, except on this machine, where the agent reports that an attempt waits for secrets.
    private bool IsSilent(LiveAttempt attempt, BackendState state) =>
        state.Kind == BackendKind.Waiting && !(resolved.IsLocal && attempt.Group.Spec.Secrets.Count > 0);

    private AttemptChange? ToChange(LiveAttempt live, StartOutcome outcome)
    {
        var now = time.GetUtcNow();
        return outcome.Kind switch
        {
            StartKind.Started => new AttemptChange { Attempt = live.Attempt.Id, At = now, State = AttemptState.Queued },
            StartKind.NoCapacity or StartKind.Quota => Waiting(live, AttemptState.Pending, outcome.Reason), // the next round tries again
            _ => new AttemptChange
            {
                Attempt = live.Attempt.Id,
                At = now,
                State = AttemptState.Failed,
                Reason = outcome.Reason,
                EndedAt = now,
            },
        };
    }

    // Records why an attempt waits; null when the ledger has that reason, or knows that the attempt runs.
    private AttemptChange? Waiting(LiveAttempt live, AttemptState state, Reason? reason) =>
        reason is null || live.Attempt.Reason == reason || live.Attempt.State > state
            ? null
            : new AttemptChange { Attempt = live.Attempt.Id, At = time.GetUtcNow(), State = state, Reason = reason };
}
