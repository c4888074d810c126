using Tenfold.Core.Attempts;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Platform;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Local;

/// <summary>
/// This machine. Its queue is a folder. One agent process serves the queue: it is started when there is work, and exits when there is none.
/// So runs continue after the command that submitted them has exited.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="store">The store of the attempts that this target serves.</param>
/// <param name="stores">Opens the store of a URL, since the queue may have attempts of other stores; null when the URL names none.</param>
/// <param name="launcher">Starts the agent.</param>
/// <param name="secrets">The secrets that this host has.</param>
/// <param name="time">The clock.</param>
public sealed class LocalTarget(
    WorkQueue queue, IStore store, Func<string?, IStore?> stores, IAgentLauncher launcher, SecretSource secrets, TimeProvider time)
        : ITarget, IPrices, IOrdersQueue
{
    private readonly QueueLifecycle _recovery = new(
        queue, url => Open(stores, url), time,
        (assignment, cancellation) =>
            LocalCheckpoints.EndForDeadAgentAsync(queue.Home, () => Open(stores, assignment.Spec.Store), assignment, time, cancellation));
    private readonly AttemptReports _reports = new(store);
    private readonly SecretSender _sender = new(queue, secrets, time);

    /// <inheritdoc/>
    public TargetCapabilities Capabilities { get; } = new(TargetSettings.LocalKind, CallsPerHundred.None)
    {
        HasGpus = GraphicsProcessors.Ids().Count > 0,
        Cores = Environment.ProcessorCount,
    };

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        var isTooLong = queue.SocketPath.Length > WorkQueue.MaxSocketPath;
        List<StartOutcome> outcomes =
        [
            .. assignments.Select(assignment =>
                isTooLong && assignment.Spec.Secrets.Count > 0 ? RefuseSecrets() : StartOutcome.Started),
        ];
        List<Assignment> started = [.. assignments.Where((_, i) => outcomes[i].Kind == StartKind.Started)];
        queue.Add(started);
        EnsureAgent();
        // A new agent takes a moment before it listens, and this command may exit right after the call. So it waits here.
        for (var tries = 0; tries < 100 && !await _sender.SendAsync(started, cancellationToken); tries++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        return outcomes;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        await RecoverAsync(cancellationToken);
        // Waiting entries are read before running ones. In the other order, an attempt that starts in between would be in neither list.
        var entries = queue.Waiting();
        var running = queue.Running().Select(entry => entry.Attempt).ToHashSet();
        var waiting = entries.Select(entry => entry.Attempt).ToHashSet();
        if (waiting.Count > 0)
        {
            EnsureAgent();
            await _sender.SendAsync(entries, cancellationToken);
        }

        // An idle machine always has room for one run, however large.
        Reason reason = running.Count > 0 ? new Reason.WaitsForRoom() : new Reason.WaitsForAgent();
        return
        [
            .. attempts.Select(attempt =>
                running.Contains(attempt) ? new BackendState(BackendKind.Running)
                : waiting.Contains(attempt) ? new BackendState(BackendKind.Waiting, reason)
                : new BackendState(BackendKind.Gone, End: Ending.Lost)),
        ];
    }

    /// <inheritdoc/>
    public async Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        foreach (var attempt in attempts)
        {
            if (!queue.TryWithdraw(attempt)) continue;
            // An attempt that was submitted again after it had ended keeps the end that was reported.
            if (await _reports.ReadAsync(attempt, cancellationToken) is { } earlier && earlier.State.IsFinal()) continue;
            var report = new AttemptReport
            {
                State = AttemptState.Cancelled,
                Ending = Ending.Cancelled,
                Reason = new Reason.Cancelled(BeforeStart: true),
                EndedAt = time.GetUtcNow(),
            };
            await _reports.WriteAsync(attempt, report, cancellationToken);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A home has one queue, but may have submitted runs of several ledgers.</remarks>
    public Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([
            .. queue.Waiting().Concat(queue.Running())
                .Where(entry => WorkQueue.Read(entry) is { } assignment && assignment.Ledger == ledger
                    && stores(assignment.Spec.Store)?.Url == store.Url)
                .Select(entry => entry.Attempt),
        ]);

    /// <inheritdoc/>
    public Task SetPriorityAsync(IReadOnlyList<string> attempts, RunPriority priority, CancellationToken cancellationToken)
    {
        foreach (var attempt in attempts) queue.Reorder(attempt, priority);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<Outcome<HourlyPrice>> FindPriceAsync(
        ResourceSpec resources, TargetSpec? target, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Outcome<HourlyPrice>>(new HourlyPrice(0));

    // Running entries without an agent mean that the agent was killed. The lock shows that at once, before any heartbeat is late.
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        if (queue.Running().Count == 0 || queue.HasAgent()) return;
        using var held = queue.TryLock();
        if (held is not null) await _recovery.RecoverAsync(cancellationToken);
    }

    private StartOutcome RefuseSecrets() =>
        new(StartKind.Invalid, new Reason.SocketPathTooLong(queue.SocketPath, WorkQueue.MaxSocketPath));

    private void EnsureAgent()
    {
        if (!queue.HasAgent() && launcher.Launch() is { } refusal) throw new TargetException(refusal);
    }
    private static IStore Open(Func<string?, IStore?> stores, string? url) =>
        stores(url) ?? throw new StoreException($"'{url}' names no store that this version can open");
}

/// <summary>Starts the agent process.</summary>
public interface IAgentLauncher
{
    /// <summary>Starts the agent, unless another one that was started a moment ago is still starting.</summary>
    /// <returns>Why the agent can't be started, and what to do; null when it was started.</returns>
    string? Launch();
}
