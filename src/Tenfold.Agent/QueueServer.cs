using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>The one agent process of a machine's queue: takes attempts up as there is room, and leaves when nothing is left to do.</summary>
/// <param name="queue">The queue.</param>
/// <param name="settingsOf">What the agent works with for attempts that name this store (<see cref="WorkSpec.Store"/>); null for those of the machine's own.</param>
/// <param name="capacity">What the machine has.</param>
public sealed class QueueServer(WorkQueue queue, Func<string?, AgentSettings> settingsOf, Capacity capacity)
{
    private readonly AgentSettings _settings = settingsOf(null);
    private readonly QueueWork _work = new(queue, url => settingsOf(url).Store, settingsOf(null).Time);
    private readonly Dictionary<string, AttemptRunner> _runners = [];
    private readonly Dictionary<string, WorkSpec> _specs = [];
    private readonly Dictionary<string, Assignment> _read = [];
    private readonly HashSet<string> _waitingSaid = [];
    private readonly Dictionary<Task, (string Attempt, Reservation Reservation, StopRequest Stop)> _running = [];
    private CancellationToken _asked;

    /// <summary>Serves the queue until it is empty, or until asked to end; then what runs is stopped by the worker contract and queued again.</summary>
    /// <returns>False when another agent serves the queue already.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        _asked = cancellationToken;
        while (true)
        {
            using (var held = await LockAsync())
            {
                if (held is null) return false;
                await _work.RecoverAsync(CancellationToken.None);
                await AttemptRunner.KeepLeftoversAsync(_settings, url => settingsOf(url).Store);
                using var secrets = new SecretReceiver(queue, _settings.Time);
                await ServeAsync(secrets, cancellationToken);
            }

            // Whoever added work while we held the lock counts on us: look once more now that it is given back.
            if (cancellationToken.IsCancellationRequested || queue.Waiting().Count == 0) return true;
        }
    }

    // Somebody who asks whether there is an agent holds the lock for an instant: that is no other agent.
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
        IReadOnlyList<QueueEntry> waiting = [];
        var stamp = default(DateTime);
        var mayHaveChanged = true;
        while (true)
        {
            if (cancellationToken.IsCancellationRequested)
                foreach (var (_, _, stop) in _running.Values) stop.Ask(Ending.Lost, "the agent was asked to end; the run goes on with the next agent");
            else
            {
                // Two changes within one tick of the file system's clock have the same stamp: a stamp that is not old yet says nothing.
                var now = queue.WaitingStamp();
                if (mayHaveChanged || now != stamp) (waiting, stamp) = (queue.Waiting(), now);
                mayHaveChanged = waiting.Count == 0 || (_settings.Time.GetUtcNow().UtcDateTime - now).Duration() < TimeSpan.FromSeconds(1);
                await StartAsync(waiting, secrets);
            }

            if (_running.Count == 0 && (cancellationToken.IsCancellationRequested || queue.Waiting().Count == 0)) return;
            await PauseAsync();
        }
    }

    private async Task PauseAsync()
    {
        var pause = Task.Delay(TimeSpan.FromMilliseconds(100), _settings.Time);
        var first = await Task.WhenAny([pause, .. _running.Keys]);
        if (first == pause) return;
        foreach (var task in _running.Keys.Where(task => task.IsCompleted).ToList())
        {
            capacity.Release(_running[task].Reservation);
            _running[task].Stop.Dispose();
            _running.Remove(task);
            await task;
        }
    }

    private async Task StartAsync(IReadOnlyList<QueueEntry> waiting, SecretReceiver secrets)
    {
        foreach (var entry in waiting)
        {
            try
            {
                await StartIfRoomAsync(entry, secrets);
            }
            catch (StoreException) when (_running.Count > 0 || (_read.GetValueOrDefault(entry.Attempt) is { } assignment && settingsOf(assignment.Spec.Store).Patience > TimeSpan.Zero))
            {
                // The store may answer again; what runs is worth more than what waits.
            }
        }
    }

    private async Task StartIfRoomAsync(QueueEntry entry, SecretReceiver secrets)
    {
        if (Look(entry) is not { } assignment || _running.Values.Any(running => running.Attempt == entry.Attempt)) return;
        if (Refusal(assignment) is { } refusal)
        {
            await EndUnstartedAsync(entry, assignment, refusal);
            return;
        }

        if (secrets.For(assignment.Group, assignment.Spec.Secrets) is not { } values)
        {
            await SayThatItWaitsAsync(assignment);
            return;
        }

        if (capacity.TryReserve(assignment) is not { } reservation) return;
        var isStarted = false;
        try
        {
            var (hasEnded, damage) = await EarlierAsync(assignment);
            if (hasEnded || damage is not null) await EndUnstartedAsync(entry, assignment, damage);
            else if (Take(entry) is { } taken)
            {
                if (await StoreOf(assignment).ExistsAsync(AttemptKeys.StopMark(entry.Attempt), CancellationToken.None))
                {
                    await EndAsync(taken, assignment, NotStarted(AttemptState.Cancelled, Ending.Cancelled, "cancelled before it started"));
                    return;
                }

                var stop = new StopRequest();
                _running.Add(CarryOutAsync(taken, assignment, reservation, values, stop), (entry.Attempt, reservation, stop));
                isStarted = true;
            }
        }
        finally
        {
            if (!isStarted) capacity.Release(reservation);
        }
    }

    private async Task SayThatItWaitsAsync(Assignment assignment)
    {
        if (!_waitingSaid.Add(assignment.Attempt)) return;
        var report = new AttemptReport
        {
            State = AttemptState.Queued,
            Reason = $"waits for the secrets {string.Join(", ", assignment.Spec.Secrets)}: run any tenfold command in a shell that has them",
        }.Of(assignment);
        await ReportsOf(assignment).WriteAsync(assignment.Attempt, report, CancellationToken.None);
    }

    private IStore StoreOf(Assignment assignment) => settingsOf(assignment.Spec.Store).Store;

    private AttemptReports ReportsOf(Assignment assignment) => new(StoreOf(assignment));

    private AttemptRunner RunnerOf(Assignment assignment)
    {
        // The caches of snapshots and environments are shared by all attempts of a store, so there is one runner for each.
        lock (_runners)
        {
            var store = StoreOf(assignment).Url;
            return _runners.TryGetValue(store, out var runner) ? runner : _runners[store] = new AttemptRunner(settingsOf(assignment.Spec.Store));
        }
    }

    private QueueEntry? Take(QueueEntry entry)
    {
        _read.Remove(entry.Attempt);
        return queue.TryTake(entry);
    }

    private async Task EndUnstartedAsync(QueueEntry entry, Assignment assignment, AttemptReport? refusal)
    {
        var (hasEnded, damage) = await EarlierAsync(assignment);
        if (Take(entry) is not { } taken) return;
        if (!hasEnded && (damage ?? refusal) is { } end) await EndAsync(taken, assignment, end);
        else WorkQueue.Remove(taken);
    }

    // What was added a second time after it had ended keeps the end that was reported. A damaged report is a refusal: nobody knows what it said.
    private async Task<(bool HasEnded, AttemptReport? Damage)> EarlierAsync(Assignment assignment)
    {
        try
        {
            return (await ReportsOf(assignment).ReadAsync(assignment.Attempt, CancellationToken.None) is { } report && report.State.IsFinal(), null);
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            return (false, NotStarted(AttemptState.Failed, Ending.NotStarted, e.Message));
        }
    }

    private async Task CarryOutAsync(
        QueueEntry entry, Assignment assignment, Reservation reservation, IReadOnlyDictionary<string, string> secrets, StopRequest stop)
    {
        await Task.Yield();
        AttemptReport report;
        try
        {
            report = await RunnerOf(assignment).RunAsync(assignment, reservation, secrets, stop);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            report = NotStarted(AttemptState.Failed, Ending.NotStarted, e.Message);
        }
        catch (Exception e)
        {
            // One attempt that meets a fault of ours must not take the others with it.
            ProcessTable.KillMarked(QueueWork.Marker, assignment.Attempt);
            report = NotStarted(AttemptState.Failed, Ending.NotStarted, $"a fault of Tenfold itself; please report it: {e}");
        }

        await EndAsync(entry, assignment, report);
    }

    // A full disk must not cost what a run has done: its end is told as soon as there is room, and the other runs go on meanwhile.
    private async Task EndAsync(QueueEntry entry, Assignment assignment, AttemptReport report)
    {
        var own = settingsOf(assignment.Spec.Store);
        var patience = new StorePatience(own.Patience, own.Time, own.Say);
        while (true)
        {
            try
            {
                await patience.TryAsync(() => _work.FinishAsync(entry, assignment, report, CancellationToken.None), _asked);
                return;
            }
            catch (Exception e) when (IsFull(e) && !_asked.IsCancellationRequested)
            {
                await Task.Delay(_settings.Look, _settings.Time);
            }
            catch (Exception e) when (IsOfTheDisk(e))
            {
                // The entry stays among what runs: whoever looks when this agent has left brings it to an end.
                await Console.Error.WriteLineAsync($"the end of {assignment.Attempt} could not be reported: {e.Message}");
                return;
            }
        }
    }

    // ENOSPC and EDQUOT of Linux, which .NET gives as they are.
    private static bool IsFull(Exception e) => e is StoreException { IsFull: true } || (e is IOException && e.HResult is 28 or 122);

    private static bool IsOfTheDisk(Exception e) => e is StoreException or IOException or UnauthorizedAccessException;

    // Asked of everything that waits, again and again: so it looks at no file.
    private AttemptReport? Refusal(Assignment assignment) =>
        assignment.Contract > Assignment.CurrentContract
            ? NotStarted(AttemptState.Failed, Ending.NotStarted, "it was made by a newer tenfold than the agent that runs; retry it")
            : capacity.Refusal(assignment) is { } refusal ? NotStarted(AttemptState.Failed, Ending.NotStarted, refusal) : null;

    private AttemptReport NotStarted(AttemptState state, Ending ending, string reason) =>
        new() { State = state, Ending = ending, EndedAt = _settings.Time.GetUtcNow(), Reason = reason };

    // A group's assignments share one spec in memory, however many wait.
    private Assignment? Look(QueueEntry entry)
    {
        if (_read.TryGetValue(entry.Attempt, out var known)) return known;
        if (WorkQueue.Read(entry) is not { } assignment)
        {
            // Damaged, if it is there: out with it, or this agent would never leave. The target then says that it is gone, and it is made anew.
            if (queue.TryTake(entry) is { } damaged) WorkQueue.Remove(damaged);
            return null;
        }

        if (!_specs.TryGetValue(assignment.Group, out var spec)) _specs[assignment.Group] = spec = assignment.Spec;
        return _read[entry.Attempt] = assignment with { Spec = spec };
    }
}
