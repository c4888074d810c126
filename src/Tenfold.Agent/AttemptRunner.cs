using Tenfold.Agent.Output;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>Runs one attempt: prepares it, runs its command, and uploads its results.</summary>
/// <param name="settings">What the agent works with.</param>
public sealed class AttemptRunner(AgentSettings settings)
{
    private const long MaxSpillBytes = 1L << 30;
    private readonly AttemptReports _reports = new(settings.Store);
    private readonly AttemptPreparation _preparation = new(settings);

    /// <summary>Runs the attempt.</summary>
    /// <param name="work">The attempt, and what it works with.</param>
    /// <returns>The final report. The caller writes it, in the right order with its own records.</returns>
    public async Task<AttemptReport> RunAsync(AttemptWork work)
    {
        var (assignment, stop, attempt) = (work.Assignment, work.Stop, work.Attempt);
        var since = settings.Time.GetTimestamp();
        var report = new AttemptReport
        {
            State = AttemptState.Running,
            Reason = new Reason.Preparing(),
            StartedAt = settings.Time.GetUtcNow(),
            Host = settings.Machine,
            AgentProcess = Environment.ProcessId,
        }.Of(assignment);
        await using var logBuffer = Buffer(AttemptKeys.Log(attempt), attempt, "log", work.Retry);
        await using var seriesBuffer = Buffer(AttemptKeys.MetricSeries(attempt), attempt, "series", work.Retry);
        var log = new AttemptLog(logBuffer, work.Secrets.Values, settings.Time)
        {
            Echo = settings.Host?.Traits.ShowsOutput == true ? settings.Output : null,
        };
        var metrics = new MetricRecorder(assignment.Spec, seriesBuffer, reason => stop.Request(Ending.EarlyStopped, reason), settings.Time)
        {
            Redact = log.Redact,
        };
        var monitor = new AttemptMonitor(settings, attempt, metrics, stop);
        using var ended = new CancellationTokenSource();
        var monitoring = monitor.RunAsync(ended.Token);
        var workspace = new Workspace(settings, assignment);
        AttemptReport end;
        try
        {
            end = await RunToEndAsync(work, workspace, log, metrics, report);
        }
        finally
        {
            await ended.CancelAsync();
            await monitoring;
        }

        work.Retry.Restart();
        end = await UploadAsync(end, work, workspace, monitor);
        if (end.Reason is { } reason && end.State != AttemptState.Succeeded) log.Note($"{reason}");
        // Closing a buffer writes its last bytes, which may fail. So the failures are complete only now.
        await logBuffer.DisposeAsync();
        await seriesBuffer.DisposeAsync();
        var warnings = end.Warnings.Concat(metrics.Warnings(end.State == AttemptState.Succeeded))
            .Concat(new Warning?[] { NotStored(logBuffer), NotStored(seriesBuffer) }.OfType<Warning>());
        return Redact(end, warnings, log) with
        {
            StartedAt = report.StartedAt,
            // The monotonic clock gives the right duration even when the wall clock is set meanwhile.
            EndedAt = report.StartedAt + settings.Time.GetElapsedTime(since),
            Host = report.Host,
            AgentProcess = report.AgentProcess,
        };
    }

    /// <summary>The state of an attempt that was stopped in this way.</summary>
    public static AttemptState StateOf(Ending ending) => ending switch
    {
        Ending.EarlyStopped => AttemptState.Succeeded,
        Ending.Cancelled => AttemptState.Cancelled,
        Ending.Lost => AttemptState.Lost,
        _ => AttemptState.Failed,
    };

    /// <summary>Uploads what attempts of a dead agent had made so far, and removes their folders. No attempt may run meanwhile.</summary>
    /// <param name="settings">What the agent works with.</param>
    /// <param name="stores">Opens the store of a URL; null is the machine's own.</param>
    public static async Task UploadAbandonedAsync(AgentSettings settings, Func<string?, IStore> stores)
    {
        var work = new DirectoryInfo(Workspace.WorkFolder(settings));
        foreach (var folder in work.Exists ? work.GetDirectories() : [])
        {
            var workspace = new Workspace(folder);
            try
            {
                workspace.RestoreAccess();
                await ArtifactUpload.RunAsync(stores(workspace.ReadStore()), folder.Name, workspace, []);
                workspace.Delete();
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                settings.Notify?.Invoke(
                    $"the results of {folder.Name} could not be stored; they are still in {folder.FullName}: {e.Message}");
            }
        }
    }

    // Ends with a report, whatever ends the attempt: its command, a request to stop it, or a fault of the store or the disk.
    private async Task<AttemptReport> RunToEndAsync(
        AttemptWork work, Workspace workspace, AttemptLog log, MetricRecorder metrics, AttemptReport report)
    {
        var stop = work.Stop;
        try
        {
            await work.Retry.RunAsync(() => _reports.WriteAsync(work.Attempt, report, CancellationToken.None), stop.Token);
            return await PrepareAndRunAsync(work, workspace, log, metrics, report);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return new AttemptReport { State = StateOf(stop.Ending), Ending = stop.Ending, Reason = stop.Reason };
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            return NotStarted(new Reason.NotStarted(e.Message));
        }
    }

    private static AttemptReport Redact(AttemptReport end, IEnumerable<Warning> warnings, AttemptLog log) => end with
    {
        Reason = end.Reason is { } why ? ReasonJson.Edit(why, log.Redact) : null,
        Warnings = [.. warnings.Distinct().Select(warning => WarningJson.Edit(warning, log.Redact))],
    };

    private SegmentBuffer Buffer(string key, string attempt, string name, StoreRetry retry)
    {
        var spill = settings.StoreTimeout > TimeSpan.Zero
            ? new SpillFile(Path.Combine(settings.Home, "spill", $"{attempt}.{name}"), MaxSpillBytes)
            : null;
        return new SegmentBuffer(settings.Store.AppendSegments(key), settings.Time, retry, spill);
    }

    private async Task<AttemptReport> PrepareAndRunAsync(
        AttemptWork work, Workspace workspace, AttemptLog log, MetricRecorder metrics, AttemptReport report)
    {
        var (assignment, stop, retry) = (work.Assignment, work.Stop, work.Retry);
        workspace.Create(assignment);
        using var leases = new CacheLeases();
        var prepared = await _preparation.PrepareAsync(work, workspace, leases, log);
        if (!prepared.IsReady) return NotStarted(new Reason.NotStarted(prepared.Refusal));
        var writtenAt = await CheckpointKeeper.RestoreAsync(settings, assignment, workspace, log, retry, stop.Token);
        bool? isResumed = assignment.Number > 1 ? writtenAt is not null : null;
        if (writtenAt is { } at)
        {
            var reader = new EarlierMetricsReader(settings.Store);
            var earlier = await retry.RunAsync(() => reader.ReadAsync(assignment, at, stop.Token), stop.Token);
            (metrics.FirstSteps, metrics.EarlierValues) = (earlier.FirstSteps, earlier.Watched);
        }

        workspace.RecordBaseline();
        var running = report with
        {
            Reason = null,
            Environment = prepared.Value.Environment,
            IsResumed = isResumed,
            CheckpointAt = writtenAt,
        };
        var end = await RunCommandAsync(work, workspace, log, metrics, prepared.Value, running);
        if (AttemptPreparation.EnvironmentChange(prepared.Value) is { } different) end = Warn(end, different);
        // Nobody can tell whether the command read its data before or after the change. The run stands, with a warning.
        return _preparation.Changed(prepared.Value) is { } changed
            ? Warn(end, new Warning.DataChanged(changed))
            : end;
    }

    // Runs the command while its checkpoints are saved. The end has the last checkpoint.
    private async Task<AttemptReport> RunCommandAsync(
        AttemptWork work, Workspace workspace, AttemptLog log, MetricRecorder metrics, PreparedCommand prepared, AttemptReport running)
    {
        var (assignment, retry) = (work.Assignment, work.Retry);
        using var ended = new CancellationTokenSource();
        using var keeper = new CheckpointKeeper(settings, assignment, workspace, retry, log);
        var saving = keeper.RunAsync(ended.Token);
        var supervisor = new CommandSupervisor(settings, log, metrics, workspace.Checkpoints);
        AttemptReport end;
        try
        {
            end = await supervisor.RunAsync(
                prepared.Command, workspace.Code, prepared.Variables, assignment.Spec.Resources.MaxRuntime, work.Stop,
                process => ReportProcessAsync(work.Attempt, running with { Process = process }));
        }
        finally
        {
            await ended.CancelAsync();
            await saving;
        }

        retry.Restart();
        end = end with
        {
            IsResumed = running.IsResumed,
            CheckpointAt = running.CheckpointAt,
            Warnings = [.. prepared.Warnings, .. end.Warnings],
            Environment = running.Environment,
        };
        if (end.State == AttemptState.Failed && LeftOutFile.Find(end.Reason, assignment.Spec, workspace) is { } leftOut)
            end = Warn(end, leftOut);
        // This comes first, while the machine is still available: the next attempt resumes from this checkpoint.
        if (end.State != AttemptState.Succeeded && await keeper.FinishAsync(supervisor.WriterEnd) is { } unsaved) end = Warn(end, unsaved);
        return end;
    }

    private static AttemptReport Warn(AttemptReport end, Warning warning) => end with { Warnings = [.. end.Warnings, warning] };

    // The command is running, and a short failure of the store is no reason to end it.
    private async Task ReportProcessAsync(string attempt, AttemptReport report)
    {
        settings.Log.CommandStarted(attempt, report.Process ?? 0);
        try
        {
            await _reports.WriteAsync(attempt, report, CancellationToken.None);
        }
        catch (StoreException)
        {
            // If the store keeps failing, the final report says so.
        }
    }

    // The files of a failed command are uploaded too, because they may explain the failure. The agent waits while the disk is
    // full: the work is done, and only the upload is left. Until then everything stays in the workspace.
    private async Task<AttemptReport> UploadAsync(AttemptReport end, AttemptWork work, Workspace workspace, AttemptMonitor monitor)
    {
        var wasStopped = work.Stop.Token.IsCancellationRequested;
        while (true)
        {
            try
            {
                await work.Retry.RunAsync(() => monitor.WriteMetricsAsync(CancellationToken.None), CancellationToken.None);
                workspace.RestoreAccess();
                var warnings = await work.Retry.RunAsync(
                    () => ArtifactUpload.RunAsync(settings.Store, work.Attempt, workspace, work.Assignment.Spec.Exclude),
                    CancellationToken.None);
                return end with { Warnings = [.. end.Warnings, .. warnings, .. Removed(workspace)] };
            }
            catch (StoreException e) when (e.IsFull && work.Stop.Token.IsCancellationRequested == wasStopped)
            {
                await Task.Delay(settings.PollInterval, settings.Time);
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                workspace.MarkUnsaved();
                var hasSucceeded = end.State == AttemptState.Succeeded;
                return end with
                {
                    State = hasSucceeded ? AttemptState.Failed : end.State,
                    Ending = hasSucceeded ? Ending.NotStarted : end.Ending,
                    Reason = new Reason.ResultsNotStored(e.Message, workspace.Root, hasSucceeded ? null : end.Reason),
                };
            }
        }
    }

    // Everything has been uploaded, so a folder that can't be removed is only a nuisance and not a fault of the run.
    private static IEnumerable<Warning> Removed(Workspace workspace)
    {
        try
        {
            workspace.Delete();
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new Warning.FolderNotRemoved(workspace.Root, e.Message)];
        }
    }

    private static Warning.OutputNotStored? NotStored(SegmentBuffer buffer) =>
        buffer.Failure is { } failure ? new Warning.OutputNotStored(failure) : null;

    private static AttemptReport NotStarted(Reason reason) =>
        new() { State = AttemptState.Failed, Ending = Ending.NotStarted, Reason = reason };
}
