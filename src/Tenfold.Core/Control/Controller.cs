using System.Runtime.ExceptionServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Control;

/// <summary>
/// Reconciles the ledger with the targets: submits pending attempts, observes submitted ones, and records what it observes. Each round
/// loads, acts, then applies. Any number of processes may run rounds at the same time, and a round may be interrupted anywhere: starting
/// and stopping are idempotent, and every change of state names the states that it expects.
/// </summary>
/// <remarks>
/// Only work that the user of this home asked for is started or stopped (<see cref="LiveAttempt.IsOwn"/>). All other work is observed.
/// </remarks>
/// <param name="ledger">The ledger.</param>
/// <param name="resolver">Finds the target of a group.</param>
/// <param name="secrets">The secrets that this host has.</param>
/// <param name="time">The clock.</param>
/// <param name="holder">
/// The name under which this controller acquires leases; null for a new name of this process (<see cref="LeaseHolder"/>).
/// </param>
/// <param name="logger">Where the control loop logs; null for nowhere.</param>
/// <param name="queue">The limits of runs; null for a loop that knows none.</param>
public sealed class Controller(
    ILedger ledger, ITargetResolver resolver, SecretSource secrets, TimeProvider time, string? holder = null,
    ILogger<Controller>? logger = null, QueueControl? queue = null)
{
    // A shell without the secret waits this long, so that one that has it can submit the run first. Longer would delay the message that
    // the user needs.
    private static readonly TimeSpan SecretPatience = TimeSpan.FromSeconds(10);

    private readonly string _holder = holder ?? LeaseHolder.New();
    private readonly ILogger _logger = logger ?? NullLogger<Controller>.Instance;
    private readonly Dictionary<ResolvedTarget, TargetReconciler> _targets = [];
    private readonly Dictionary<IStore, StoreReconciler> _stores = [];
    private readonly CostLimiter _costs = new(ledger, time);
    private readonly Admission? _admission = queue is null ? null : new Admission(ledger, queue, time);

    // The target that each live group last resolved to.
    private readonly Dictionary<string, ResolvedTarget> _targetsByGroup = [];

    /// <summary>Runs one round over every attempt that has not ended.</summary>
    /// <returns>
    /// What the round found. A target or store that fails is a fault of the result, and doesn't keep the round from the others.
    /// </returns>
    /// <exception cref="LedgerException">The ledger can't be read or written.</exception>
    public Task<ReconcileResult> ReconcileAsync(CancellationToken cancellationToken) => ReconcileAsync(null, cancellationToken);

    /// <summary>Runs one round, in which it also stops runs of other homes that this user has named.</summary>
    /// <param name="named">The names of runs whose cancellation this user has requested just now; null for none.</param>
    /// <param name="cancellationToken">Cancels the round.</param>
    /// <returns>As <see cref="ReconcileAsync(CancellationToken)"/>.</returns>
    /// <exception cref="LedgerException">The ledger can't be read or written.</exception>
    public async Task<ReconcileResult> ReconcileAsync(IReadOnlySet<string>? named, CancellationToken cancellationToken)
    {
        var live = await ledger.ListLiveAttemptsAsync(cancellationToken);
        if (await _costs.CancelOverspentAsync(live, cancellationToken)) live = await ledger.ListLiveAttemptsAsync(cancellationToken);
        if (named is not null) live = [.. live.Select(one => MayStop(one, named) ? one with { Own = new(() => true) } : one)];
        var round = new Round();
        foreach (var unknown in _costs.Faults) round.Add(unknown);
        await WriteStopMarksAsync(live, round, cancellationToken);
        foreach (var group in live.GroupBy(attempt => attempt.Group.Id)) await ResolveAsync([.. group], round, cancellationToken);
        if (_admission is not null && await _admission.HoldBackAsync(live, round.Targets.Values, cancellationToken) is { } fault)
            round.Add(fault);
        foreach (var (target, attempts) in round.Targets) await ReconcileTargetAsync(target, attempts, round, cancellationToken);
        foreach (var (store, attempts) in round.Stores) await ReconcileStoreAsync(store, attempts, round, cancellationToken);
        Forget(live, round);
        _logger.RoundCompleted(live.Count, round.Faults.Count);
        return new ReconcileResult(live.Count, round.Faults)
        {
            LocalFault = round.LocalFault,
            NotStarted = [.. round.NotStarted.Values],
        };
    }

    private static bool MayStop(LiveAttempt attempt, IReadOnlySet<string> named) =>
        attempt.Run.CancelRequestedAt is not null && named.Contains(attempt.Run.Id);

    /// <summary>Runs one round for a caller that waits for runs of its own.</summary>
    /// <param name="work">The caller's runs; null for a study whose trials the user's own loop runs.</param>
    /// <param name="cancellationToken">Cancels the round.</param>
    /// <returns>As <see cref="ReconcileAsync(CancellationToken)"/>.</returns>
    /// <exception cref="StoreException">
    /// The runs execute on this machine, which failed, for example because its disk is full. The user must fix that now, so it isn't
    /// retried like a remote fault. The round is complete for all other targets by then.
    /// </exception>
    /// <exception cref="LedgerException">The ledger can't be read or written.</exception>
    public async Task<ReconcileResult> ReconcileForAsync(WorkSpec? work, CancellationToken cancellationToken)
    {
        var result = await ReconcileAsync(cancellationToken);
        if (work is { Target: null or { Kind: TargetSettings.LocalKind } }) result.LocalFault?.Throw();
        return result;
    }

    // Stop marks come first: they need no backend, and a backend may take minutes before it fails. Pending attempts get one too: an agent
    // may have queued such an attempt as the next of its run.
    private async Task WriteStopMarksAsync(IReadOnlyList<LiveAttempt> live, Round round, CancellationToken cancellationToken)
    {
        var stores = new Dictionary<IStore, List<string>>();
        var unwanted = live.Where(attempt => attempt.Run.CancelRequestedAt is not null && attempt.IsOwn);
        foreach (var group in unwanted.GroupBy(attempt => attempt.Group.Id))
        {
            if (FindStore(group.First().Group, round) is not { } store) continue;
            if (!stores.TryGetValue(store, out var attempts)) stores[store] = attempts = [];
            attempts.AddRange(group.Select(attempt => attempt.Attempt.Id));
        }

        foreach (var (store, attempts) in stores)
        {
            try
            {
                await StopMarks.WriteAsync(store, attempts, time, cancellationToken);
            }
            catch (Exception e) when (IsStoreFault(e))
            {
                _logger.StoreNotReachable(store.Url, e);
                round.Add(ControlFaultKind.Store, store.Url, e);
            }
        }
    }

    private IStore? FindStore(GroupRecord group, Round round)
    {
        try
        {
            return resolver.StoreOf(group);
        }
        catch (Exception e) when (IsStoreFault(e))
        {
            _logger.StoreNotOpened(group.Id, e);
            round.Add(ControlFaultKind.Store, group.Spec.Store ?? group.Id, e);
            return null;
        }
    }

    private async Task ResolveAsync(IReadOnlyList<LiveAttempt> group, Round round, CancellationToken cancellationToken)
    {
        var record = group[0].Group;
        try
        {
            var resolution = await resolver.FindAsync(record, cancellationToken);
            if (resolution.Fault is { } fault)
            {
                _logger.GroupNotControlled(record.Id, fault.Kind);
                round.Add(fault);
                return;
            }

            if (resolution.Target is not { } target)
            {
                _targetsByGroup.Remove(record.Id);
                return;
            }

            _targetsByGroup[record.Id] = target;
            var foreign = group.Count(attempt =>
                attempt.Attempt.State == AttemptState.Pending && attempt.Run.CancelRequestedAt is null && !attempt.IsOwn);
            if (foreign > 0) round.NotStarted[record.Id] = new ForeignWork(record, foreign);
            // The agent on this machine takes secrets later, from any shell that has them.
            var canSubmit = target.IsLocal || target.Target.Capabilities.HasSecrets
                || record.Spec.Secrets.All(name => secrets(name) is not null);
            round.AddTo(target, canSubmit ? group : group.Where(attempt => !WaitsForSecret(attempt)));
        }
        catch (Exception e) when (IsFault(e) || IsRecordFault(e))
        {
            _logger.TargetNotResolved(record.Id, e);
            var (kind, place) = e switch
            {
                TargetException => (ControlFaultKind.Target, TargetOf(record)),
                StoreException or IOException or UnauthorizedAccessException =>
                    (ControlFaultKind.Store, record.Spec.Store ?? record.Id),
                _ => (ControlFaultKind.Record, record.Id),
            };
            round.Add(kind, place, e);
            if (e is not StoreException && FindStore(record, round) is { } store) round.AddTo(store, group);
        }
    }

    // Like the name of a resolved target, so that a target that fails several groups is one fault.
    private static string TargetOf(GroupRecord group) =>
        group.Spec.Target is { } target ? $"{target.Kind} {target.Place}" : group.Target;

    private bool WaitsForSecret(LiveAttempt live) =>
        live.Attempt.State == AttemptState.Pending && live.Run.CancelRequestedAt is null
        && (time.GetUtcNow() - live.Attempt.CreatedAt).Duration() < SecretPatience;

    private async Task ReconcileTargetAsync(
        ResolvedTarget target, IReadOnlyList<LiveAttempt> attempts, Round round, CancellationToken cancellationToken)
    {
        if (!_targets.TryGetValue(target, out var reconciler))
            _targets[target] = reconciler = new TargetReconciler(ledger, target, _holder, time, _logger);
        try
        {
            if (await reconciler.ReconcileAsync(attempts, cancellationToken) is not { } unknown) return;
            _logger.StatesUnknown(target.Name);
            round.Add(new ControlFault(ControlFaultKind.Target, target.Name, $"{unknown}"));
            round.AddTo(target.Store, attempts);
        }
        catch (Exception e) when (target.IsLocal && IsFault(e))
        {
            _logger.TargetNotReachable(target.Name, e);
            round.LocalFault ??= ExceptionDispatchInfo.Capture(e);
            round.Add(e is TargetException ? ControlFaultKind.Target : ControlFaultKind.Store, target.Name, e);
        }
        catch (StoreException e)
        {
            _logger.StoreNotReachable(target.Store.Url, e);
            round.Add(ControlFaultKind.Store, target.Store.Url, e);
        }
        catch (Exception e) when (IsFault(e))
        {
            _logger.TargetNotReachable(target.Name, e);
            round.Add(e is TargetException ? ControlFaultKind.Target : ControlFaultKind.Store, target.Name, e);
            // Agents work on without their backend, and report to the store.
            round.AddTo(target.Store, attempts);
        }
    }

    private async Task ReconcileStoreAsync(
        IStore store, IReadOnlyList<LiveAttempt> attempts, Round round, CancellationToken cancellationToken)
    {
        if (!_stores.TryGetValue(store, out var reconciler))
            _stores[store] = reconciler = new StoreReconciler(ledger, store, time, _logger);
        try
        {
            await reconciler.ReconcileAsync(attempts, cancellationToken);
        }
        catch (Exception e) when (IsStoreFault(e))
        {
            _logger.StoreNotReachable(store.Url, e);
            round.Add(ControlFaultKind.Store, store.Url, e);
        }
    }

    // Another version of Tenfold recorded the group's target, or whoever can write to the ledger did.
    private static bool IsRecordFault(Exception e) =>
        e is JsonException or ArgumentException or ArithmeticException or FormatException or InvalidOperationException;

    private static bool IsFault(Exception e) => e is TargetException || IsStoreFault(e);

    private static bool IsStoreFault(Exception e) => e is StoreException or IOException or UnauthorizedAccessException;

    // A controller may live for months: it forgets targets and stores whose attempts have ended. The target of a group that could not be
    // resolved in this round is kept for the next round.
    private void Forget(IReadOnlyList<LiveAttempt> live, Round round)
    {
        foreach (var group in _targetsByGroup.Keys.Except(live.Select(attempt => attempt.Group.Id)).ToList()) _targetsByGroup.Remove(group);
        foreach (var target in _targets.Keys.Except(_targetsByGroup.Values).ToList()) _targets.Remove(target);
        foreach (var store in _stores.Keys.Except(round.Stores.Keys).ToList()) _stores.Remove(store);
    }

    /// <summary>What one round has to reconcile, and what failed in it.</summary>
    private sealed class Round
    {
        public Dictionary<ResolvedTarget, List<LiveAttempt>> Targets { get; } = [];

        /// <summary>Attempts whose backend doesn't answer, by the store in which their agents report.</summary>
        public Dictionary<IStore, List<LiveAttempt>> Stores { get; } = [];

        public List<ControlFault> Faults { get; } = [];

        /// <summary>Pending work of other homes that this machine could start, by its group.</summary>
        public SortedDictionary<string, ForeignWork> NotStarted { get; } = new(StringComparer.Ordinal);

        public ExceptionDispatchInfo? LocalFault { get; set; }

        // A message of the operating system doesn't say which target or store it is about.
        public void Add(ControlFaultKind kind, string place, Exception fault) => Add(new ControlFault(
            kind, place, fault is IOException or UnauthorizedAccessException ? $"{place}: {fault.Message}" : fault.Message));

        // One cause often fails several groups, and is reported once.
        public void Add(ControlFault fault)
        {
            if (!Faults.Exists(known => (known.Kind, known.Place) == (fault.Kind, fault.Place))) Faults.Add(fault);
        }

        public void AddTo(ResolvedTarget target, IEnumerable<LiveAttempt> attempts) => AddTo(Targets, target, attempts);

        public void AddTo(IStore store, IEnumerable<LiveAttempt> attempts) => AddTo(Stores, store, attempts);

        private static void AddTo<TKey>(Dictionary<TKey, List<LiveAttempt>> lists, TKey key, IEnumerable<LiveAttempt> attempts)
            where TKey : notnull
        {
            if (!lists.TryGetValue(key, out var list)) lists[key] = list = [];
            list.AddRange(attempts);
        }
    }
}
