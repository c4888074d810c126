using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Local;

/// <summary>
/// This machine. Its queue is a folder, served by one agent process that is started when there is work and leaves when there is none; so
/// work goes on when the command that asked for it is gone.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="store">The store in which the agent reports what this target is asked about.</param>
/// <param name="stores">The store of a URL: the queue has attempts of others too.</param>
/// <param name="launcher">Starts the agent.</param>
/// <param name="secrets">The secrets that this host has.</param>
/// <param name="time">The clock.</param>
public sealed class LocalTarget(
    WorkQueue queue, IStore store, Func<string?, IStore> stores, IAgentLauncher launcher, SecretSource secrets, TimeProvider time)
        : ITarget, IPrices
{
    private readonly QueueWork _work = new(queue, stores, time);
    private readonly AttemptReports _reports = new(store);
    private readonly SecretSender _secrets = new(queue, secrets, time);

    /// <inheritdoc/>
    public TargetCapabilities Capabilities { get; } =
        new("local", CallsPerHundred.None) { HasGpus = GraphicsProcessors.Ids().Count > 0, Cores = Environment.ProcessorCount };

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        var outcomes =
            assignments.Select(
                assignment => assignment.Spec.Secrets.Count > 0 && queue.SocketPath.Length > WorkQueue.MaxSocketPath ? TooLong()
                    : StartOutcome.Started).ToList();
        List<Assignment> started = [.. assignments.Where((_, i) => outcomes[i].Kind == StartKind.Started)];
        queue.Add(started);
        EnsureAgent();
        // An agent that has just been started listens in a moment; this command may be gone by then.
        for (var tries = 0; tries < 100 && !await _secrets.SendAsync(started, cancellationToken); tries++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        return outcomes;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        await RecoverAsync(cancellationToken);
        // First what waits, then what runs: an attempt that is taken up between the two looks is seen, not missed.
        var waiting = queue.Waiting();
        var running = queue.Running().Select(entry => entry.Attempt).ToHashSet();
        var waits = waiting.Select(entry => entry.Attempt).ToHashSet();
        if (waiting.Count > 0)
        {
            EnsureAgent();
            await _secrets.SendAsync(waiting, cancellationToken);
        }

        // Where nothing runs there is room.
        Reason why = running.Count > 0 ? new Reason.WaitsForRoom() : new Reason.WaitsForAgent();
        return
        [
            .. attempts.Select(attempt =>
                running.Contains(attempt) ? new BackendState(BackendKind.Running)
                : waits.Contains(attempt) ? new BackendState(BackendKind.Waiting, why)
                : new BackendState(BackendKind.Gone, End: Ending.Lost)),
        ];
    }

    /// <inheritdoc/>
    public async Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        foreach (var attempt in attempts)
        {
            if (!queue.TryWithdraw(attempt)) continue;
            // Handed over a second time after it had ended: the end that was reported stands.
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
    /// <remarks>The queue is the home's, which may have a ledger of its own beside the one that is asked for.</remarks>
    public Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([
            .. queue.Waiting().Concat(queue.Running())
                .Where(entry => WorkQueue.Read(entry) is { } assignment && assignment.Ledger == ledger
                    && stores(assignment.Spec.Store).Url == store.Url)
                .Select(entry => entry.Attempt),
        ]);

    /// <inheritdoc/>
    public ValueTask<decimal?> UsdPerHourAsync(ResourceSpec resources, TargetSpec? target, CancellationToken cancellationToken) =>
        ValueTask.FromResult<decimal?>(0);

    // Without an agent, what is marked as running is not: its agent was killed. The lock says so at once, no heartbeat has to run out.
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        if (queue.Running().Count == 0 || queue.HasAgent()) return;
        using var held = queue.TryLock();
        if (held is not null) await _work.RecoverAsync(cancellationToken);
    }

    private StartOutcome TooLong() => new(
        StartKind.Invalid,
        new Reason.NotStarted(
            $"it has secrets, which reach the agent over a socket, and a socket's address may have {WorkQueue.MaxSocketPath} characters: " +
            $"{queue.SocketPath} is longer. Set TENFOLD_HOME to a shorter path."));

    private void EnsureAgent()
    {
        if (!queue.HasAgent()) launcher.Launch();
    }
}

/// <summary>Starts the agent process.</summary>
public interface IAgentLauncher
{
    /// <summary>Starts it, unless one that was started a moment ago is still on its way.</summary>
    void Launch();
}
