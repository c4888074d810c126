using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Platform;
using Tenfold.Core.Pools;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.Targets.Pool;

/// <summary>
/// Machines that take work by themselves. The queue is a folder of the store with an entry for each waiting attempt, and the claim of an
/// attempt decides which machine runs it. So the target calls nobody, and works from any machine that can use the store.
/// </summary>
/// <param name="pool">The pool's name.</param>
/// <param name="store">The store.</param>
/// <param name="machine">The name of this machine.</param>
/// <param name="time">The clock.</param>
/// <param name="cloud">The cloud that has instances which may be started for the pool; null for none.</param>
internal sealed class PoolTarget(string pool, IStore store, string machine, TimeProvider time, PoolCloud? cloud = null)
    : ITarget, IOrdersQueue, IPrices
{
    private const int AtOnce = 32;

    // One listing, and a question and a start for each instance. A pool without instances makes no call.
    private static readonly CallsPerHundred StartingInstances = new(Start: 201, Observe: 201, Stop: 0);
    private static readonly BackendState Running = new(BackendKind.Running);

    private readonly StoredAttempts _attempts = new(store);
    private readonly AttemptReports _reports = new(store);
    private readonly PoolRoster _roster = new(store, pool);
    private readonly AgentWatch _agents = new(new PoolRoster(store, pool), time);
    private readonly WaitExplainer _explainer = new(pool, store, time);

    private readonly InstanceRounds? _instances = cloud is null ? null : new InstanceRounds(pool, store, cloud, time);
    private readonly RunningRecords _running = new(store, pool, time);

    // The session that claimed an attempt never changes.
    private readonly RecentlyUsed<string, string> _claims = new(TimeSpan.FromHours(1), time);

    /// <inheritdoc/>
    public TargetCapabilities Capabilities { get; } =
        new(PoolSettings.Declaration.Kind, cloud is null ? CallsPerHundred.None : StartingInstances) { HasGpus = true, HasSecrets = true };

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        // The book first: it names what may have been started when this is interrupted.
        if (_instances is not null) await _instances.RecordAsync(assignments, cancellationToken);
        foreach (var chunk in assignments.Chunk(AtOnce))
            await Task.WhenAll(chunk.Select(assignment => AddAsync(assignment, cancellationToken)));
        // Now, since the controller may end after this call.
        if (_instances is not null && assignments.Any(assignment => WaitExplainer.HasInstances(assignment.Spec)))
        {
            await _instances.RunAsync(
                [.. assignments.Select(one => KeyValuePair.Create(one.Attempt, one.Spec))], isNow: true, cancellationToken);
        }

        return [.. assignments.Select(_ => StartOutcome.Started)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        try
        {
            // The queue is read before the claims: an agent claims an attempt before it removes the entry.
            var waiting = await ListQueueAsync(cancellationToken);
            var states = await ObserveAsync(attempts, waiting, cancellationToken);
            var lost = attempts.Where((_, i) => states[i].End == Ending.Lost).Distinct().ToList();
            if (lost.Count == 0) return states;
            // An agent may have started after the machines were listed, and claimed an attempt since. A lost attempt is stopped, so the
            // machines are listed again, now after the claims.
            var again = lost.Zip(await ObserveAsync(lost, waiting, cancellationToken)).ToDictionary();
            return [.. attempts.Select((attempt, i) => again.GetValueOrDefault(attempt, states[i]))];
        }
        catch (StoreException)
        {
            _agents.Restart();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var waiting = await ListQueueAsync(cancellationToken);
        foreach (var chunk in attempts.Where(waiting.ContainsKey).Chunk(AtOnce))
            await Task.WhenAll(chunk.Select(attempt => WithdrawAsync(attempt, waiting[attempt], cancellationToken)));
    }

    /// <inheritdoc/>
    public async Task SetPriorityAsync(IReadOnlyList<string> attempts, RunPriority priority, CancellationToken cancellationToken)
    {
        var waiting = await ListQueueAsync(cancellationToken);
        foreach (var attempt in attempts)
        {
            if (!waiting.TryGetValue(attempt, out var entry)) continue;
            var renamed = PoolKeys.WithPriority(entry, priority);
            if (renamed == entry) continue;
            // The new entry first: if this is interrupted, the attempt has two, and its claim lets it run once.
            await store.TryCreateAsync(renamed, ReadOnlyMemory<byte>.Empty, cancellationToken);
            await store.DeleteAsync(entry, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Outcome<HourlyPrice>> FindPriceAsync(
        ResourceSpec resources, TargetSpec? target, CancellationToken cancellationToken)
    {
        if (target is null || cloud is null || PoolSettings.From(target) is not { Instances.Count: > 0, Region: { } region } settings)
            return new HourlyPrice(null) { IsOwnMachine = true };
        var instances = await cloud.Open(region).ListAsync(settings.Instances, cancellationToken);
        return InstancePrices.Of(resources, instances);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken)
    {
        var running = (await _roster.ReadAsync(cancellationToken)).Where(machine => machine.IsOnline)
            .SelectMany(machine => machine.Machine.Running);
        var found = new List<string>();
        foreach (var chunk in (await ListQueueAsync(cancellationToken)).Keys.Concat(running).Distinct().Chunk(AtOnce))
        {
            var mine = await Task.WhenAll(chunk.Select(async attempt =>
                (await _attempts.FindAssignmentAsync(attempt, cancellationToken))?.Ledger == ledger
                && !await _attempts.HasEndedAsync(attempt, cancellationToken)));
            found.AddRange(chunk.Where((_, i) => mine[i]));
        }

        return found;
    }

    // The assignment first: an agent that finds the entry reads it. An attempt with a claim has begun, and perhaps ended.
    private async Task AddAsync(Assignment assignment, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment);
        var isNew = await store.TryCreateAsync(AttemptKeys.Assignment(assignment.Attempt), json, cancellationToken);
        if (!isNew && await store.ExistsAsync(AttemptKeys.Claim(assignment.Attempt), cancellationToken)) return;
        await store.TryCreateAsync(PoolKeys.Entry(pool, assignment), ReadOnlyMemory<byte>.Empty, cancellationToken);
    }

    private async Task<Dictionary<string, string>> ListQueueAsync(CancellationToken cancellationToken)
    {
        var waiting = new Dictionary<string, string>();
        await foreach (var entry in store.ListAsync(PoolKeys.Queue(pool), cancellationToken))
            if (PoolKeys.AttemptOf(entry.Key) is { } attempt) waiting[attempt] = entry.Key;
        return waiting;
    }

    private async Task<List<BackendState>> ObserveAsync(
        IReadOnlyList<string> attempts, Dictionary<string, string> waiting, CancellationToken cancellationToken)
    {
        var serving = waiting.Count > 0 ? await _explainer.ReadServingAsync(cancellationToken) : [];
        var starting = await StartInstancesAsync([.. attempts.Where(waiting.ContainsKey)], cancellationToken);
        var sessions = await _agents.ListAsync(cancellationToken);
        var running = await _running.ReadAsync(attempts.Count, sessions, cancellationToken);
        var states = new BackendState?[attempts.Count];
        foreach (var chunk in Enumerable.Range(0, states.Length).Where(i => !running.Contains(attempts[i])).Chunk(AtOnce))
        {
            await Task.WhenAll(chunk.Select(async i => states[i] = await ObserveAsync(
                attempts[i], waiting.ContainsKey(attempts[i]) ? serving : null, sessions, cancellationToken)));
        }

        return
        [
            .. attempts.Zip(states, (attempt, found) => found is { Kind: BackendKind.Waiting } state
                && starting.TryGetValue(attempt, out var why) ? state with { Reason = why } : found ?? Running),
        ];
    }

    private async Task<IReadOnlyDictionary<string, Reason.OfBackend>> StartInstancesAsync(
        IReadOnlyList<string> waiting, CancellationToken cancellationToken)
    {
        var specs = new List<KeyValuePair<string, WorkSpec>>();
        if (_instances is null || waiting.Count == 0) return new Dictionary<string, Reason.OfBackend>();
        foreach (var attempt in waiting)
        {
            if (await _explainer.FindSpecAsync(attempt, cancellationToken) is { } spec && WaitExplainer.HasInstances(spec))
                specs.Add(KeyValuePair.Create(attempt, spec));
        }

        return specs.Count == 0 ? new Dictionary<string, Reason.OfBackend>()
            : await _instances.RunAsync(specs, isNow: false, cancellationToken);
    }

    // The machines that take work are given for an attempt that waits.
    private async Task<BackendState> ObserveAsync(
        string attempt, IReadOnlyList<PoolMachine>? serving, IReadOnlyDictionary<string, bool> sessions,
        CancellationToken cancellationToken)
    {
        if (!_claims.TryGet(attempt, out var session))
        {
            if (await _attempts.FindClaimAsync(attempt, cancellationToken) is not { } claim)
            {
                return serving is not null
                    ? new BackendState(BackendKind.Waiting, await _explainer.ExplainAsync(attempt, serving, cancellationToken))
                    : new BackendState(BackendKind.Gone, End: Ending.Lost);
            }

            _claims.Set(attempt, session = claim.Job ?? "");
        }

        if (await _attempts.HasEndedAsync(attempt, cancellationToken)) return new BackendState(BackendKind.Gone);
        var isKnown = sessions.TryGetValue(session, out var isGone);
        return isKnown && !isGone
            ? Running
            : new BackendState(BackendKind.Gone, WhyLost(session, isKnown), Ending.Lost);
    }

    private static Reason.OfBackend WhyLost(string session, bool isKnown)
    {
        var lost = session.LastIndexOf('-') is > 0 and var dash ? session[..dash] : session;
        return isKnown
            ? PoolReason.Of(PoolFact.MachineOffline, $"the machine {lost} of the pool went offline", ("machine", lost))
            : PoolReason.Of(PoolFact.AgentReplaced, $"the agent on {lost} was killed or restarted", ("machine", lost));
    }

    // The claim keeps every agent from the attempt, so that its end can be reported here.
    private async Task WithdrawAsync(string attempt, string entry, CancellationToken cancellationToken)
    {
        var claim = new AttemptClaim
        {
            Token = Guid.NewGuid().ToString("N"),
            Host = machine,
            Process = Environment.ProcessId,
            At = time.GetUtcNow(),
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(claim, AttemptJson.Default.AttemptClaim);
        if (await store.TryCreateAsync(AttemptKeys.Claim(attempt), json, cancellationToken))
        {
            var report = new AttemptReport
            {
                State = AttemptState.Cancelled,
                Ending = Ending.Cancelled,
                Reason = new Reason.Cancelled(BeforeStart: true),
                EndedAt = time.GetUtcNow(),
            };
            var assignment = await _attempts.FindAssignmentAsync(attempt, cancellationToken);
            await _reports.WriteAsync(attempt, assignment is null ? report : report.Of(assignment), cancellationToken);
        }

        await store.DeleteAsync(entry, cancellationToken);
    }
}
