using Tenfold.Agent.Output;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>Carries out one attempt: prepares it, runs its command, and brings what it made into the store.</summary>
/// <param name="settings">What the agent works with.</param>
public sealed class AttemptRunner(AgentSettings settings)
{
    private const long MaxSpillBytes = 1L << 30;
    private readonly AttemptReports _reports = new(settings.Store);
    private readonly AttemptPreparation _preparation = new(settings);

    /// <summary>Carries the attempt out.</summary>
    /// <param name="assignment">The attempt.</param>
    /// <param name="reservation">What it may use of the machine.</param>
    /// <param name="secrets">The values of its secrets.</param>
    /// <param name="stop">Asks it to stop.</param>
    /// <returns>The final report, not yet written: the caller does that in the right order.</returns>
    public Task<AttemptReport> RunAsync(Assignment assignment, Reservation reservation, IReadOnlyDictionary<string, string> secrets, StopRequest stop) =>
        RunAsync(assignment, reservation, secrets, stop, new StorePatience(settings.Patience, settings.Time, settings.Say));

    /// <summary>The same, with a patience that the caller shares.</summary>
    public async Task<AttemptReport> RunAsync(
        Assignment assignment, Reservation reservation, IReadOnlyDictionary<string, string> secrets, StopRequest stop, StorePatience patience)
    {
        var attempt = assignment.Attempt;
        var since = settings.Time.GetTimestamp();
        var report = new AttemptReport
        {
            State = AttemptState.Running,
            Reason = "preparing",
            StartedAt = settings.Time.GetUtcNow(),
            Host = Environment.MachineName,
            AgentProcess = Environment.ProcessId,
        }.Of(assignment);
        await using var logBuffer = Buffer(AttemptKeys.Log(attempt), attempt, "log", patience);
        await using var seriesBuffer = Buffer(AttemptKeys.MetricSeries(attempt), attempt, "series", patience);
        var log = new AttemptLog(logBuffer, secrets.Values, settings.Time);
        var metrics = new MetricRecorder(assignment.Spec, seriesBuffer, reason => stop.Ask(Ending.EarlyStopped, reason), settings.Time);
        var watch = new AttemptWatch(settings, attempt, metrics, stop);
        using var ended = new CancellationTokenSource();
        var watching = watch.RunAsync(ended.Token);
        var workspace = new Workspace(settings, assignment);
        AttemptReport end;
        try
        {
            await patience.TryAsync(() => _reports.WriteAsync(attempt, report, CancellationToken.None), stop.Token);
            end = await PrepareAndRunAsync(assignment, reservation, secrets, workspace, log, metrics, stop, report, patience);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            end = new AttemptReport { State = StateOf(stop.Ending), Ending = stop.Ending, Reason = stop.Reason };
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            end = NotStarted(e.Message);
        }
        finally
        {
            await ended.CancelAsync();
            await watching;
        }

        patience.StartAnew();
        end = await KeepAsync(end, assignment, workspace, watch, stop, patience);
        if (end.Reason is { } reason && end.State != AttemptState.Succeeded) log.Say(reason);
        // What the store refuses it may refuse at the last write.
        await logBuffer.DisposeAsync();
        await seriesBuffer.DisposeAsync();
        return end with
        {
            StartedAt = report.StartedAt,
            // By the clock that only runs forward: a duration must be right also when the wall clock was set meanwhile.
            EndedAt = report.StartedAt + settings.Time.GetElapsedTime(since),
            Host = report.Host,
            AgentProcess = report.AgentProcess,
            Reason = end.Reason is { } why ? log.Redact(why) : null,
            Warnings = [.. end.Warnings.Concat([metrics.Warning, logBuffer.Failure, seriesBuffer.Failure]).OfType<string>().Distinct().Select(log.Redact)],
        };
    }

    /// <summary>The state in which a run is that was stopped so.</summary>
    public static AttemptState StateOf(Ending ending) => ending switch
    {
        Ending.EarlyStopped => AttemptState.Succeeded,
        Ending.Cancelled => AttemptState.Cancelled,
        Ending.Lost => AttemptState.Lost,
        _ => AttemptState.Failed,
    };

    private SegmentBuffer Buffer(string folder, string attempt, string name, StorePatience patience) => new(
        settings.Store.AppendSegments(folder), settings.Time, patience,
        settings.Patience > TimeSpan.Zero ? new SpillFile(Path.Combine(settings.Home, "spill", $"{attempt}.{name}"), MaxSpillBytes) : null);

    private async Task<AttemptReport> PrepareAndRunAsync(
        Assignment assignment, Reservation reservation, IReadOnlyDictionary<string, string> secrets, Workspace workspace,
        AttemptLog log, MetricRecorder metrics, StopRequest stop, AttemptReport report, StorePatience patience)
    {
        workspace.Create(assignment);
        using var uses = new CacheUses();
        var prepared = await _preparation.PrepareAsync(assignment, reservation, secrets, workspace, uses, log, patience, stop.Token);
        if (!prepared.IsReady) return NotStarted(prepared.Refusal);
        if (settings.Node is not null)
            await patience.TryAsync(() => new CheckpointReader(settings.Store).TakeUpAsync(assignment, workspace.Checkpoints, log.Say, stop.Token), stop.Token);

        workspace.Mark();
        using var ended = new CancellationTokenSource();
        var saver = settings.Node is null ? null : new CheckpointSaver(settings, assignment.Attempt, workspace.Checkpoints, patience, log);
        var saving = saver?.RunAsync(ended.Token) ?? Task.CompletedTask;
        AttemptReport end;
        try
        {
            end = await new CommandSupervisor(settings, log, metrics).RunAsync(
                prepared.Value.Command, workspace.Code, prepared.Value.Variables, assignment.Spec.Resources.MaxRuntime, stop,
                process => NoteProcessAsync(assignment.Attempt, report with { Reason = null, Process = process }));
        }
        finally
        {
            await ended.CancelAsync();
            await saving;
        }

        patience.StartAnew();
        // First of all, while the machine is still ours: what the next attempt goes on from.
        if (saver is not null && end.State != AttemptState.Succeeded && await saver.FinishAsync() is { } unsaved) end = end with { Warnings = [.. end.Warnings, unsaved] };
        // By the command itself, or beside it: nobody can tell whether it had read the data before. The run stands, and this is said with it.
        return _preparation.Changed(prepared.Value) is { } moved
            ? end with { Warnings = [.. end.Warnings, $"{moved}, while it ran: its result may not be that of the data it is pinned to. Let scripts write to $TENFOLD_OUTPUT_DIR or their working folder"] }
            : end;
    }

    // The command runs by now: a disk that is full for a moment is no reason to leave it alone.
    private async Task NoteProcessAsync(string attempt, AttemptReport report)
    {
        try
        {
            await _reports.WriteAsync(attempt, report, CancellationToken.None);
        }
        catch (StoreException)
        {
            // The end will tell, if it stays so.
        }
    }

    // Also what a failed command left is kept: it may be all there is to learn from. A disk that is full is waited for, since the work
    // is done and only the keeping is left; until then it all lies in the workspace.
    private async Task<AttemptReport> KeepAsync(AttemptReport end, Assignment assignment, Workspace workspace, AttemptWatch watch, StopRequest stop, StorePatience patience)
    {
        var wasAsked = stop.Token.IsCancellationRequested;
        while (true)
        {
            try
            {
                await patience.TryAsync(() => watch.PassMetricsOnAsync(CancellationToken.None), CancellationToken.None);
                workspace.Open();
                var left = await patience.TryAsync(() => ArtifactUpload.KeepAsync(settings.Store, assignment.Attempt, workspace, assignment.Spec.Exclude), CancellationToken.None);
                return end with { Warnings = [.. end.Warnings, .. left, .. Removed(workspace)] };
            }
            catch (StoreException e) when (e.IsFull && stop.Token.IsCancellationRequested == wasAsked)
            {
                await Task.Delay(settings.Look, settings.Time);
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                workspace.Leave();
                return end with
                {
                    State = end.State == AttemptState.Succeeded ? AttemptState.Failed : end.State,
                    Ending = end.State == AttemptState.Succeeded ? Ending.NotStarted : end.Ending,
                    Reason = (end.State == AttemptState.Succeeded ? "" : $"{end.Reason}\n") + $"its results could not be kept: {e.Message} They are still in {workspace.Root}",
                };
            }
        }
    }

    /// <summary>Keeps what attempts of an agent that went away had made so far, and clears their folders. Nothing runs while this is done.</summary>
    public static async Task KeepLeftoversAsync(AgentSettings settings, Func<string?, IStore> stores)
    {
        var work = new DirectoryInfo(Workspace.WorkFolder(settings));
        foreach (var left in work.Exists ? work.GetDirectories() : [])
        {
            var workspace = new Workspace(left);
            try
            {
                workspace.Open();
                await ArtifactUpload.KeepAsync(stores(workspace.ReadStore()), left.Name, workspace, []);
                workspace.Delete();
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"what {left.Name} left could not be kept; it is still in {left.FullName}: {e.Message}");
            }
        }
    }

    // All is kept by now: a folder that can't be removed is a nuisance, and no fault of the run.
    private static IEnumerable<string> Removed(Workspace workspace)
    {
        try
        {
            workspace.Delete();
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [$"{workspace.Root} could not be removed: {e.Message}"];
        }
    }

    private static AttemptReport NotStarted(string reason) => new() { State = AttemptState.Failed, Ending = Ending.NotStarted, Reason = reason };
}
