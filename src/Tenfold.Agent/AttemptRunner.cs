using Tenfold.Agent.Output;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Projects;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>Carries out one attempt: prepares it, runs its command, and brings what it made into the store.</summary>
/// <param name="settings">What the agent works with.</param>
public sealed class AttemptRunner(AgentSettings settings)
{
    private readonly AttemptReports _reports = new(settings.Store);
    private readonly SnapshotCache _snapshots = new(Path.Combine(settings.Home, "snapshots"), settings.Store);
    private readonly EnvironmentCache _environments = new(Path.Combine(settings.Home, "environments"));
    private readonly DataLinks _data = new(Path.Combine(settings.Home, "index"), settings.Time);
    private readonly ScriptRunner _scripts = new(Path.Combine(settings.Home, "builds"));

    /// <summary>Carries the attempt out.</summary>
    /// <param name="assignment">The attempt.</param>
    /// <param name="reservation">What it may use of the machine.</param>
    /// <param name="secrets">The values of its secrets.</param>
    /// <param name="stop">Asks it to stop.</param>
    /// <returns>The final report, not yet written: the caller does that in the right order.</returns>
    public async Task<AttemptReport> RunAsync(
        Assignment assignment, Reservation reservation, IReadOnlyDictionary<string, string> secrets, StopRequest stop)
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
        };
        await using var logBuffer = new SegmentBuffer(settings.Store.AppendSegments(AttemptKeys.Log(attempt)), settings.Time);
        await using var seriesBuffer = new SegmentBuffer(settings.Store.AppendSegments(AttemptKeys.MetricSeries(attempt)), settings.Time);
        var log = new AttemptLog(logBuffer, secrets.Values, settings.Time);
        var metrics = new MetricRecorder(assignment.Spec, seriesBuffer, reason => stop.Ask(Ending.EarlyStopped, reason), settings.Time);
        var watch = new AttemptWatch(settings, attempt, metrics, stop);
        using var ended = new CancellationTokenSource();
        var watching = watch.RunAsync(ended.Token);
        var workspace = new Workspace(settings.Home, assignment);
        AttemptReport end;
        try
        {
            await _reports.WriteAsync(attempt, report, CancellationToken.None);
            end = await PrepareAndRunAsync(assignment, reservation, secrets, workspace, log, metrics, stop, report);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            end = new AttemptReport { State = stop.Ending == Ending.Lost ? AttemptState.Lost : AttemptState.Cancelled, Ending = stop.Ending, Reason = stop.Reason };
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

        end = await KeepAsync(end, assignment, workspace, watch, stop);
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

    private async Task<AttemptReport> PrepareAndRunAsync(
        Assignment assignment, Reservation reservation, IReadOnlyDictionary<string, string> secrets, Workspace workspace,
        AttemptLog log, MetricRecorder metrics, StopRequest stop, AttemptReport report)
    {
        workspace.Create(assignment);
        var tool = new Tool(log, assignment.Attempt, assignment.Spec.Shell, stop.Token);
        if (await _snapshots.CopyAsync(assignment.Spec.Snapshot, workspace.Code, stop.Token) is { } broken) return NotStarted(broken);
        if (_data.Prepare(assignment.Spec, workspace.Code, stop.Token) is { } changed) return NotStarted(changed);
        var environment = await _environments.PrepareAsync(assignment.Spec.Environment, workspace.Code, tool);
        if (!environment.IsReady) return NotStarted(environment.Refusal);
        var searchPath = environment.Value.GetValueOrDefault("PATH") ?? tool.SearchPath;
        var command = await CommandAsync(assignment, workspace, tool, searchPath);
        if (!command.IsReady) return NotStarted(command.Refusal);
        stop.Token.ThrowIfCancellationRequested();

        workspace.Mark();
        var variables = WorkerEnvironment.For(assignment, workspace, reservation.Gpus, environment.Value, secrets);
        var end = await new CommandSupervisor(settings, log, metrics).RunAsync(
            command.Value, workspace.Code, variables, assignment.Spec.Resources.MaxRuntime, stop,
            process => NoteProcessAsync(assignment.Attempt, report with { Reason = null, Process = process }));
        // By the command itself, or beside it: nobody can tell whether it had read the data before. The run stands, and this is said with it.
        return _data.Changed(assignment.Spec, CancellationToken.None) is { } moved
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

    private async Task<Prepared<CommandLine>> CommandAsync(Assignment assignment, Workspace workspace, Tool tool, string? searchPath)
    {
        if (assignment.Spec.Command is not { } command) return await _scripts.PrepareAsync(assignment, workspace, tool, searchPath);
        var parameters = Parameters.FromJson(assignment.Spec.Parameters.GetRawText());
        return CommandTemplate.Parse(command).Render(parameters, assignment.Seed, assignment.Repeat, assignment.Run).Match(
            rendered => CommandLine.Shell(rendered),
            faults => Prepared<CommandLine>.Refused(string.Join('\n', faults)));
    }

    // Also what a failed command left is kept: it may be all there is to learn from. A disk that is full is waited for, since the work
    // is done and only the keeping is left; until then it all lies in the workspace.
    private async Task<AttemptReport> KeepAsync(AttemptReport end, Assignment assignment, Workspace workspace, AttemptWatch watch, StopRequest stop)
    {
        var wasAsked = stop.Token.IsCancellationRequested;
        while (true)
        {
            try
            {
                await watch.PassMetricsOnAsync(CancellationToken.None);
                workspace.Open();
                var left = await Keeping.KeepAsync(settings.Store, assignment.Attempt, workspace, assignment.Spec.Exclude);
                return end with { Warnings = [.. end.Warnings, .. left, .. Removed(workspace)] };
            }
            catch (StoreException e) when (e.IsFull && stop.Token.IsCancellationRequested == wasAsked)
            {
                await Task.Delay(settings.Look, settings.Time);
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
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
    public async Task KeepLeftoversAsync()
    {
        var work = new DirectoryInfo(Path.Combine(settings.Home, "work"));
        foreach (var left in work.Exists ? work.GetDirectories() : [])
        {
            var workspace = new Workspace(left);
            try
            {
                workspace.Open();
                await Keeping.KeepAsync(settings.Store, left.Name, workspace, []);
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
