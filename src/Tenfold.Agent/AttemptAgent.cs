using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>The agent of one attempt, which a backend started somewhere: reads what to do from the store, and reports to it.</summary>
/// <param name="settings">What it works with; <see cref="AgentSettings.Node"/> is set.</param>
/// <param name="attempt">The attempt.</param>
/// <remarks>
/// Whatever controllers and schedulers do, at most one process ever runs an attempt: the one that made its claim. What is lost or fails is followed
/// by an attempt that a controller starts; nothing is started again here.
/// </remarks>
public sealed class AttemptAgent(AgentSettings settings, string attempt)
{
    // A scheduler that signals every process of a job may reach the command before the agent.
    private static readonly TimeSpan SignalsApart = TimeSpan.FromSeconds(2), AskingTakes = TimeSpan.FromSeconds(5);
    private readonly AttemptReports _reports = new(settings.Store);
    private readonly StorePatience _patience = new(settings.Patience, settings.Time, settings.Say);
    private readonly NodeFacts _node = settings.Node ?? throw new ArgumentException("an attempt's own agent knows its machine", nameof(settings));

    /// <summary>Asks the backend why it ends the job, once it does; by default the machine was taken away.</summary>
    public Func<CancellationToken, Task<(Ending Ending, string Reason)>> WhyEnded { get; init; } =
        _ => Task.FromResult((Ending.Lost, "the machine was taken away (SIGTERM from its scheduler)"));

    /// <summary>What is left for the store once the machine is being taken away and the command has ended; default 8 s.</summary>
    public TimeSpan LastPatience { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The attempt whose job this process is in, when it is not this one's own: then what is another's already is left alone. Null for its own.</summary>
    public string? Carrier { get; init; }

    /// <summary>Told once the attempt is this process's.</summary>
    public Action? Claimed { get; init; }

    /// <summary>Carries the attempt out, unless it is another's or has ended.</summary>
    /// <param name="taken">Cancelled when the machine is to be given back (SIGTERM).</param>
    /// <returns>True when how it ended is in the store, or another process sees to it; false when that could not be told, and why was said.</returns>
    public async Task<bool> RunAsync(CancellationToken taken) => (await CarryOutAsync(taken)).IsTold;

    /// <summary>The same.</summary>
    /// <returns>Also how it ended here.</returns>
    internal async Task<AttemptOutcome> CarryOutAsync(CancellationToken taken)
    {
        try
        {
            if (await _patience.TryAsync(() => settings.Store.ReadAsync(AttemptKeys.Assignment(attempt), taken), taken) is not { } json)
                return Refuse($"the store {settings.Store.Url} has no {AttemptKeys.Assignment(attempt)}: was it removed, or is this another store than the controller's?");
            if (Read(json, AttemptJson.Default.Assignment) is not { } assignment) return Refuse($"{AttemptKeys.Assignment(attempt)} in {settings.Store.Url} is damaged: `tenfold retry` the run");
            var earlier = await ReadReportAsync(taken);
            if (earlier?.State.IsFinal() == true)
            {
                settings.Say?.Invoke($"{attempt} has ended already: nothing to do");
                return AttemptOutcome.Elsewhere;
            }

            if (await ClaimAsync(taken) is { } other) return Carrier is null ? await ComeLateAsync(other, assignment, earlier) : AttemptOutcome.Elsewhere;
            Claimed?.Invoke();
            return await CarryOutAsync(assignment, taken);
        }
        catch (StoreException e)
        {
            return Refuse($"{e.Message} The store is {settings.Store.Url}: this machine ({Environment.MachineName}) has to reach it");
        }
        catch (OperationCanceledException) when (taken.IsCancellationRequested)
        {
            return Refuse($"{attempt} was ended before it began");
        }
    }

    /// <summary>Makes the claim.</summary>
    /// <returns>Whose it is; null when it is ours.</returns>
    private async Task<AttemptClaim?> ClaimAsync(CancellationToken taken)
    {
        var ours = new AttemptClaim
        {
            Token = Guid.NewGuid().ToString("N"),
            Host = Environment.MachineName,
            Process = Environment.ProcessId,
            ProcessStart = ProcessTable.StartOf(Environment.ProcessId),
            Machine = ProcessTable.Machine,
            Job = _node.Job,
            Carrier = Carrier,
            Restarts = _node.Restarts,
            At = settings.Time.GetUtcNow(),
        };
        var content = JsonSerializer.SerializeToUtf8Bytes(ours, AttemptJson.Default.AttemptClaim);
        return await _patience.TryAsync(
            async () =>
            {
                if (await settings.Store.TryCreateAsync(AttemptKeys.Claim(attempt), content, taken)) return null;
                var there = Read(await settings.Store.ReadAsync(AttemptKeys.Claim(attempt), taken) ?? [], AttemptJson.Default.AttemptClaim)
                    ?? throw new StoreException($"{AttemptKeys.Claim(attempt)} in {settings.Store.Url} is damaged; `tenfold retry` the run.", isDamaged: true);
                // Made by a call of ours whose answer got lost.
                return there.Token == ours.Token ? null : there;
            },
            taken);
    }

    private async Task<AttemptOutcome> ComeLateAsync(AttemptClaim other, Assignment assignment, AttemptReport? earlier)
    {
        if (!IsDead(other))
        {
            settings.Say?.Invoke($"{attempt} is carried out by {other} since {other.At:yyyy-MM-dd HH:mm:ss}Z: nothing to do here");
            return AttemptOutcome.Elsewhere;
        }

        // A controller starts the next attempt, which goes on from the checkpoint; carried out twice, one would have two ends.
        ProcessTable.KillMarked(QueueWork.Marker, attempt);
        var isCancelled = await _patience.TryAsync(() => settings.Store.ExistsAsync(AttemptKeys.StopMark(attempt), CancellationToken.None), CancellationToken.None);
        var told = await EndAsync(assignment, (earlier ?? new AttemptReport { State = AttemptState.Running }) with
        {
            State = isCancelled ? AttemptState.Cancelled : AttemptState.Lost,
            Ending = isCancelled ? Ending.Cancelled : Ending.Lost,
            Reason = isCancelled ? "cancelled" : $"its agent went away ({other}), and the backend started the job again",
            EndedAt = settings.Time.GetUtcNow(),
        });
        return told with { Ending = null };
    }

    // The same job, started again later; or a process of this machine that is no more.
    private bool IsDead(AttemptClaim claim) =>
        (claim.Job is not null && claim.Job == _node.Job && claim.Restarts < _node.Restarts)
        || (claim is { Machine: { } machine, ProcessStart: { } start } && machine == ProcessTable.Machine && ProcessTable.IsGone(claim.Process, start));

    private async Task<AttemptOutcome> CarryOutAsync(Assignment assignment, CancellationToken taken)
    {
        if (assignment.Contract > Assignment.CurrentContract)
            return await EndAsync(assignment, NotStarted("it was made by a newer tenfold than the agent that runs it; retry it"));
        if (await _patience.TryAsync(() => settings.Store.ExistsAsync(AttemptKeys.StopMark(attempt), CancellationToken.None), CancellationToken.None))
            return await EndAsync(assignment, NotStarted("cancelled before it started") with { State = AttemptState.Cancelled, Ending = Ending.Cancelled });
        var (secrets, missing) = _node.Secrets(assignment.Spec.Secrets);
        if (missing.Count > 0)
            return await EndAsync(assignment, NotStarted(
                $"the backend did not pass on the secret{(missing.Count == 1 ? "" : "s")} {string.Join(", ", missing)}: export {(missing.Count == 1 ? "it" : "them")} in the shell in which you start tenfold, then `tenfold retry` the run"));

        using var stop = new StopRequest();
        var why = new TaskCompletionSource<(Ending, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var asked = taken.Register(() =>
        {
            // The command is told at once; the backend's reason is asked for meanwhile.
            stop.Take("the machine is to be given back (SIGTERM)");
            _patience.Hurry(settings.GraceWhenTaken + LastPatience);
            _ = AskWhyAsync(why);
        });
        AttemptReport report;
        try
        {
            if (Carrier is null) Leftovers.Clear(settings);
            using var held = Leftovers.Hold(settings, attempt);
            if (held is null) return await EndAsync(assignment, NotStarted($"another process on {Environment.MachineName} uses the folder of {attempt} in {settings.Home}"));
            report = await new AttemptRunner(settings).RunAsync(assignment, Reservation.Of(_node, assignment.Group), secrets, stop, _patience);
            held.Remove();
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            report = NotStarted(e.Message);
        }
        catch (Exception e)
        {
            ProcessTable.KillMarked(QueueWork.Marker, attempt);
            report = NotStarted($"a fault of Tenfold itself; please report it: {e}");
        }

        return await EndAsync(assignment, await ExplainAsync(report, stop, why.Task, taken));
    }

    private async Task AskWhyAsync(TaskCompletionSource<(Ending, string)> why)
    {
        try
        {
            using var bound = new CancellationTokenSource(AskingTakes, settings.Time);
            why.TrySetResult(await WhyEnded(bound.Token).WaitAsync(bound.Token));
        }
        catch (Exception)
        {
            // A backend that can't be asked has given no other reason.
            why.TrySetResult((Ending.Lost, "the machine was taken away (SIGTERM from its scheduler)"));
        }
    }

    private async Task<AttemptReport> ExplainAsync(AttemptReport report, StopRequest stop, Task<(Ending Ending, string Reason)> why, CancellationToken taken)
    {
        // Ended by a SIGTERM that was not ours: then one for the agent is on its way, if it was the scheduler's.
        var isTerminated = report is { Ending: Ending.Signalled, Signal: 15 } or { Ending: Ending.Exited, ExitCode: 128 + 15 };
        if (isTerminated && !taken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(SignalsApart, settings.Time, taken);
            }
            catch (OperationCanceledException)
            {
                // Here it is.
            }
        }

        var wasTaken = taken.IsCancellationRequested && (isTerminated || (stop.Ending == Ending.Lost && report.Ending == Ending.Lost));
        if (!wasTaken) return report;
        var (ending, reason) = await why;
        return report with { State = AttemptRunner.StateOf(ending), Ending = ending, Reason = reason };
    }

    private async Task<AttemptOutcome> EndAsync(Assignment assignment, AttemptReport report)
    {
        var isRetried = RetryPolicy.Next(assignment, report.State is AttemptState.Succeeded ? Ending.None : report.Ending) is not null;
        try
        {
            await _patience.TryAsync(() => _reports.WriteAsync(attempt, report.Of(assignment) with { IsRetried = isRetried }, CancellationToken.None), CancellationToken.None);
            if (report.State == AttemptState.Succeeded) await ClearCheckpointsAsync(assignment);
            return new AttemptOutcome(true, report.Ending);
        }
        catch (StoreException e)
        {
            return Refuse($"{attempt} ended ({report.State}{(report.Reason is { } reason ? $": {reason}" : "")}), and that could not be reported to {settings.Store.Url}: {e.Message}");
        }
    }

    // The end is told: no attempt of this run will go on from them. What stays, because we are killed here, `tenfold gc` finds.
    private async Task ClearCheckpointsAsync(Assignment assignment)
    {
        try
        {
            for (var number = 1; number <= assignment.Number; number++)
                await settings.Store.DeleteAsync(AttemptKeys.Checkpoints(RunNames.Attempt(assignment.Run, number)), CancellationToken.None);
        }
        catch (StoreException)
        {
            // They only take room.
        }
    }

    private async Task<AttemptReport?> ReadReportAsync(CancellationToken taken)
    {
        try
        {
            return await _patience.TryAsync(() => _reports.ReadAsync(attempt, taken), taken);
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            return null; // it says nothing; the claim decides
        }
    }

    private static T? Read<T>(byte[] json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private AttemptOutcome Refuse(string reason)
    {
        settings.Say?.Invoke(reason);
        return new AttemptOutcome(false, null);
    }

    private AttemptReport NotStarted(string reason) => new()
    {
        State = AttemptState.Failed,
        Ending = Ending.NotStarted,
        Reason = reason,
        EndedAt = settings.Time.GetUtcNow(),
        Host = Environment.MachineName,
    };
}

/// <summary>What came of an attempt in this process.</summary>
/// <param name="IsTold">True when how it ended is in the store, or another process sees to it.</param>
/// <param name="Ending">How it ended; null when it was not carried out here.</param>
internal sealed record AttemptOutcome(bool IsTold, Ending? Ending)
{
    /// <summary>Another process carries it out, or has.</summary>
    public static AttemptOutcome Elsewhere { get; } = new(true, null);
}
