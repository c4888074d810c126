using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Platform;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>The one agent process of a machine's queue: it runs attempts as resources allow, and ends when none is left.</summary>
/// <param name="queue">The queue.</param>
/// <param name="settingsOf">
/// What the agent works with for attempts of a store (<see cref="WorkSpec.Store"/>); null is the machine's own store.
/// </param>
/// <param name="resources">What the machine has.</param>
public sealed class QueueServer(WorkQueue queue, Func<string?, AgentSettings> settingsOf, ResourcePool resources)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly QueueOwner Damaged = new("", "", RunPriority.Normal);

    private readonly AgentSettings _settings = settingsOf(null);
    private readonly QueueLifecycle _work = new(
        queue, url => settingsOf(url).Store, settingsOf(null).Time,
        (assignment, cancellation) =>
            LocalCheckpoints.EndForDeadAgentAsync(
                queue.Home, () => settingsOf(assignment.Spec.Store).Store, assignment, settingsOf(null).Time, cancellation));
    private readonly QueueReader _reader = new(queue);
    private readonly Dictionary<string, AttemptRunner> _runners = [];
    private readonly HashSet<string> _reportedWaiting = [];
    private readonly Dictionary<Task, (string Attempt, Reservation Reservation, StopRequest Stop, QueueOwner Owner)> _running = [];
    private readonly FairOrder _turns = new();
    private CancellationToken _asked;

    /// <summary>
    /// Serves the queue until it is empty, or until cancelled. Then it stops the running attempts by the worker contract and queues them
    /// again.
    /// </summary>
    /// <returns>False when another agent serves the queue already.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        _asked = cancellationToken;
        while (true)
        {
            using (var held = await LockAsync())
            {
                if (held is null) return false;
                _settings.Log.QueueServed(queue.Folder);
                await _work.RecoverAsync(CancellationToken.None);
                await AttemptRunner.UploadAbandonedAsync(_settings, url => settingsOf(url).Store);
                using var secrets = new SecretReceiver(queue, _settings.Time, _settings.Log);
                await ServeAsync(secrets, cancellationToken);
                _settings.Log.QueueLeft(queue.Folder);
            }

            // A process that added work while we held the lock relies on us: check once more now that the lock is released.
            if (cancellationToken.IsCancellationRequested || queue.Waiting().Count == 0) return true;
        }
    }

    // A process that only checks whether there is an agent holds the lock for an instant. That is no other agent.
    private async Task<FileStream?> LockAsync()
    {
        for (var tries = 0; tries < 40; tries++)
        {
            if (queue.TryLock() is { } held) return held;
            await Task.Delay(TimeSpan.FromMilliseconds(50), _settings.Time);
        }

        return null;
    }

    private async Task ServeAsync(SecretReceiver secrets, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                foreach (var (_, _, stop, _) in _running.Values)
                    stop.Request(Ending.Lost, new Reason.AgentStopped());
            }
            else await StartAsync(_reader.Waiting(_settings.Time), secrets);

            if (_running.Count == 0 && (cancellationToken.IsCancellationRequested || queue.Waiting().Count == 0)) return;
            await PauseAsync();
        }
    }

    private async Task PauseAsync()
    {
        var pause = Task.Delay(PollInterval, _settings.Time);
        var first = await Task.WhenAny([pause, .. _running.Keys]);
        if (first == pause) return;
        foreach (var task in _running.Keys.Where(task => task.IsCompleted).ToList())
        {
            resources.Release(_running[task].Reservation);
            _running[task].Stop.Dispose();
            _turns.End(_running[task].Owner);
            _running.Remove(task);
            await task;
        }
    }

    private async Task StartAsync(IReadOnlyList<QueueEntry> waiting, SecretReceiver secrets)
    {
        foreach (var entry in _turns.Order(waiting, OwnerOf))
        {
            try
            {
                await StartIfPossibleAsync(entry, secrets);
            }
            catch (StoreException) when (_running.Count > 0 || IsRetried(entry))
            {
                // The store may answer again, and what runs is worth more than what waits.
            }
        }
    }

    private QueueOwner OwnerOf(QueueEntry entry) => _reader.Read(entry) is { } assignment ? assignment.Owner : Damaged;

    private bool IsRetried(QueueEntry entry) =>
        _reader.Known(entry) is { } assignment && settingsOf(assignment.Spec.Store).StoreTimeout > TimeSpan.Zero;

    private async Task StartIfPossibleAsync(QueueEntry entry, SecretReceiver secrets)
    {
        if (_reader.Read(entry) is not { } assignment || _running.Values.Any(running => running.Attempt == entry.Attempt)) return;
        if (Refusal(assignment) is { } refusal)
        {
            await EndUnstartedAsync(entry, assignment, refusal);
            return;
        }

        if (secrets.For(assignment.Group, assignment.Spec.Secrets) is not { } values)
        {
            await ReportWaitingForSecretsAsync(assignment);
            return;
        }

        if (resources.TryReserve(assignment) is not { } reservation) return;
        var isStarted = false;
        try
        {
            isStarted = await TryStartAsync(entry, assignment, reservation, values);
        }
        finally
        {
            if (!isStarted) resources.Release(reservation);
        }
    }

    private async Task<bool> TryStartAsync(
        QueueEntry entry, Assignment assignment, Reservation reservation, IReadOnlyDictionary<string, string> secrets)
    {
        var (hasEnded, damage) = await ReadEarlierAsync(assignment);
        if (hasEnded || damage is not null)
        {
            await EndUnstartedAsync(entry, assignment, damage);
            return false;
        }

        if (_reader.Take(entry) is not { } taken) return false;
        if (await StoreOf(assignment).ExistsAsync(AttemptKeys.StopMark(entry.Attempt), CancellationToken.None))
        {
            await EndAsync(
                taken, assignment, NotStarted(AttemptState.Cancelled, Ending.Cancelled, new Reason.Cancelled(BeforeStart: true)));
            return false;
        }

        var (stop, own) = (new StopRequest(), settingsOf(assignment.Spec.Store));
        var retry = new StoreRetry(own.StoreTimeout, own.Time, own.Notify, own.Log);
        var running = RunAsync(taken, new AttemptWork(assignment, reservation, secrets, stop, retry));
        _running.Add(running, (entry.Attempt, reservation, stop, assignment.Owner));
        _turns.Start(assignment.Owner);
        return true;
    }

    private async Task ReportWaitingForSecretsAsync(Assignment assignment)
    {
        if (!_reportedWaiting.Add(assignment.Attempt)) return;
        var report = new AttemptReport
        {
            State = AttemptState.Queued,
            Reason = new Reason.WaitsForSecrets(assignment.Spec.Secrets),
        }.Of(assignment);
        await ReportsOf(assignment).WriteAsync(assignment.Attempt, report, CancellationToken.None);
    }

    private IStore StoreOf(Assignment assignment) => settingsOf(assignment.Spec.Store).Store;

    private AttemptReports ReportsOf(Assignment assignment) => new(StoreOf(assignment));

    private AttemptRunner RunnerOf(Assignment assignment)
    {
        // All attempts of a store share its caches of snapshots and environments, so each store has one runner.
        lock (_runners)
        {
            var store = StoreOf(assignment).Url;
            if (!_runners.TryGetValue(store, out var runner))
                _runners[store] = runner = new AttemptRunner(settingsOf(assignment.Spec.Store));
            return runner;
        }
    }

    private async Task EndUnstartedAsync(QueueEntry entry, Assignment assignment, AttemptReport? refusal)
    {
        var (hasEnded, damage) = await ReadEarlierAsync(assignment);
        if (_reader.Take(entry) is not { } taken) return;
        if (!hasEnded && (damage ?? refusal) is { } end) await EndAsync(taken, assignment, end);
        else WorkQueue.Remove(taken);
    }

    // An attempt that is queued again after its end keeps the reported end. A damaged report ends the attempt, because its content is lost.
    private async Task<(bool HasEnded, AttemptReport? Damage)> ReadEarlierAsync(Assignment assignment)
    {
        try
        {
            var report = await ReportsOf(assignment).ReadAsync(assignment.Attempt, CancellationToken.None);
            return (report?.State.IsFinal() == true, null);
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            return (false, NotStarted(AttemptState.Failed, Ending.NotStarted, new Reason.NotStarted(e.Message)));
        }
    }

    private async Task RunAsync(QueueEntry entry, AttemptWork work)
    {
        await Task.Yield();
        AttemptReport report;
        try
        {
            report = await RunnerOf(work.Assignment).RunAsync(work);
        }
        catch (Exception e) when (IsExternal(e))
        {
            report = NotStarted(AttemptState.Failed, Ending.NotStarted, new Reason.NotStarted(e.Message));
        }
        catch (Exception e)
        {
            // A fault of Tenfold in one attempt must not end the others.
            _settings.Log.AttemptFaulted(work.Attempt, e);
            await ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, work.Attempt, _settings.Time);
            report = NotStarted(AttemptState.Failed, Ending.NotStarted, new Reason.InternalFault($"{e}"));
        }

        await EndAsync(entry, work.Assignment, report);
    }

    // A full disk must not lose a run's end: it is reported as soon as there is space, and the other runs continue.
    private async Task EndAsync(QueueEntry entry, Assignment assignment, AttemptReport report)
    {
        var own = settingsOf(assignment.Spec.Store);
        var retry = new StoreRetry(own.StoreTimeout, own.Time, own.Notify, own.Log);
        while (true)
        {
            try
            {
                await retry.RunAsync(() => _work.FinishAsync(entry, assignment, report, CancellationToken.None), _asked);
                if (report.State == AttemptState.Succeeded) Workspace.RemoveCheckpoints(own, assignment);
                return;
            }
            catch (Exception e) when (IsFull(e) && !_asked.IsCancellationRequested)
            {
                await Task.Delay(_settings.PollInterval, _settings.Time);
            }
            catch (Exception e) when (IsExternal(e))
            {
                // The entry stays among the running ones: after this agent, another process brings it to an end.
                _settings.Log.AttemptNotReported(assignment.Attempt, e);
                own.Notify?.Invoke($"the end of {assignment.Attempt} could not be reported: {e.Message}");
                return;
            }
        }
    }

    // 28 and 122 are Linux's ENOSPC and EDQUOT, which .NET passes on unchanged.
    private static bool IsFull(Exception e) => e is StoreException { IsFull: true } || (e is IOException && e.HResult is 28 or 122);

    private static bool IsExternal(Exception e) => e is StoreException or IOException or UnauthorizedAccessException;

    // Called for every waiting attempt in every round, so it reads no file.
    private AttemptReport? Refusal(Assignment assignment)
    {
        Reason? refusal = assignment.Contract > Assignment.CurrentContract
            ? new Reason.MadeByNewerVersion()
            : resources.Refusal(assignment);
        return refusal is null ? null : NotStarted(AttemptState.Failed, Ending.NotStarted, refusal);
    }

    private AttemptReport NotStarted(AttemptState state, Ending ending, Reason reason) =>
        new() { State = state, Ending = ending, EndedAt = _settings.Time.GetUtcNow(), Reason = reason };
}
