using System.Security.Cryptography;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>The agent of one attempt that a host started somewhere: it reads from the store what to do, and reports to the store.</summary>
/// <remarks>
/// At most one process ever runs an attempt, whatever controllers and schedulers do: the process that made the attempt's claim. When an
/// attempt is lost or fails, a controller starts the next one; the agent restarts nothing.
/// </remarks>
public sealed class AttemptAgent
{
    // How long uploads may take once the host ends the job and the command has ended.
    private static readonly TimeSpan LastUploads = TimeSpan.FromSeconds(8);

    private readonly AgentSettings _settings;
    private readonly string _attempt;
    private readonly IAgentHost _host;
    private readonly AttemptReports _reports;
    private readonly StoreRetry _retry;

    /// <summary>Creates the agent of an attempt.</summary>
    /// <param name="settings">What it works with; <see cref="AgentSettings.Host"/> is set.</param>
    /// <param name="attempt">The attempt.</param>
    public AttemptAgent(AgentSettings settings, string attempt)
    {
        (_settings, _attempt) = (settings, attempt);
        _host = settings.Host ?? throw new ArgumentException("the agent of a single attempt knows its host", nameof(settings));
        _reports = new AttemptReports(settings.Store);
        _retry = new StoreRetry(settings.StoreTimeout, settings.Time, settings.Notify, settings.Log);
    }

    /// <summary>
    /// The attempt in whose job this process runs, when that is not this attempt's own job; null in its own. In another's job, the agent
    /// leaves an attempt alone that is claimed already.
    /// </summary>
    public string? HostAttempt { get; init; }

    /// <summary>
    /// The SHA-256 of the assignment, lower hexadecimal, as it travelled with the job: the agent refuses any other. Null trusts the store.
    /// </summary>
    public string? AssignmentSha256 { get; init; }

    /// <summary>Called once this process has claimed the attempt.</summary>
    public Action? Claimed { get; init; }

    /// <summary>Runs the attempt, unless another process has claimed it or it has ended.</summary>
    /// <param name="preempted">Cancelled when the host ends the job (SIGTERM).</param>
    /// <returns>
    /// True when the attempt's end is in the store, or another process reports it; false when it could not be reported. The reason has been
    /// logged.
    /// </returns>
    public async Task<bool> RunAsync(CancellationToken preempted) => (await RunToOutcomeAsync(preempted)).IsReported;

    /// <inheritdoc cref="RunAsync"/>
    /// <returns>Whether the end is in the store, and how the attempt ended in this process.</returns>
    internal async Task<AttemptOutcome> RunToOutcomeAsync(CancellationToken preempted)
    {
        try
        {
            var (assignment, refusal) = await ReadAssignmentAsync(preempted);
            if (assignment is null) return Refuse(refusal!);
            var earlier = await ReadReportAsync(preempted);
            if (earlier?.State.IsFinal() == true)
            {
                _settings.Notify?.Invoke($"{_attempt} has ended already: nothing to do");
                return AttemptOutcome.Elsewhere;
            }

            var claims = new ClaimMaker(_settings.Store, _settings.Machine, _host, _retry, _settings.Time);
            if (await claims.ClaimAsync(_attempt, HostAttempt, preempted) is { } other)
            {
                _settings.Log.AttemptClaimedElsewhere(_attempt, other);
                var isElsewhere = HostAttempt is not null && !claims.IsOfOwnJob(other);
                return isElsewhere ? AttemptOutcome.Elsewhere
                    : claims.IsDead(other) ? await EndForDeadAgentAsync(other, claims.IsOfOwnJob(other), assignment, earlier)
                    : LeaveToOther(other);
            }

            _settings.Log.AttemptClaimed(_attempt, _host.Job, _host.Restarts);
            Claimed?.Invoke();
            return await RunClaimedAsync(assignment, preempted);
        }
        catch (StoreException e)
        {
            return Refuse(
                $"{e.Message} The store is {_settings.Store.Url}: this machine ({_settings.Machine}) must be able to connect to it",
                e);
        }
        catch (OperationCanceledException) when (preempted.IsCancellationRequested)
        {
            return Refuse($"{_attempt} was ended before it began");
        }
    }

    private async Task<(Assignment? Assignment, string? Refusal)> ReadAssignmentAsync(CancellationToken preempted)
    {
        var key = AttemptKeys.Assignment(_attempt);
        var url = _settings.Store.Url;
        if (await _retry.RunAsync(() => _settings.Store.ReadAsync(key, preempted), preempted) is not { } json)
            return (null, $"the store {url} has no {key}: was it removed, or is this another store than the controller's?");
        if (AssignmentSha256 is { } sha256 && Convert.ToHexStringLower(SHA256.HashData(json)) != sha256)
        {
            return (null, $"{key} in {url} is not the assignment that this job was submitted with, so another program has changed it: " +
                "find out which one may write to the store, then `tenfold retry` the run");
        }

        return ClaimMaker.Read(json, AttemptJson.Default.Assignment) is { } assignment
            ? (assignment, null)
            : (null, $"{key} in {url} is damaged: `tenfold retry` the run");
    }

    private AttemptOutcome LeaveToOther(AttemptClaim other)
    {
        _settings.Notify?.Invoke($"{other} has been running {_attempt} since {other.At:yyyy-MM-dd HH:mm:ss}Z; this job exits");
        return AttemptOutcome.Elsewhere;
    }

    // A controller starts the next attempt, which resumes from the checkpoint. Running this one again would give it two ends.
    private async Task<AttemptOutcome> EndForDeadAgentAsync(
        AttemptClaim dead, bool isOfOwnJob, Assignment assignment, AttemptReport? earlier)
    {
        await ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, _attempt, _settings.Time);
        var isCancelled = await HasStopMarkAsync();
        var outcome = await EndAsync(assignment, (earlier ?? new AttemptReport { State = AttemptState.Running }) with
        {
            State = isCancelled ? AttemptState.Cancelled : AttemptState.Lost,
            Ending = isCancelled ? Ending.Cancelled : Ending.Lost,
            Reason = isCancelled ? new Reason.Cancelled()
                : (isOfOwnJob ? _host.Traits.RestartReason : null) ?? new Reason.AgentLost($"{dead}"),
            EndedAt = _settings.Time.GetUtcNow(),
        });
        return outcome with { Ending = null };
    }

    private Task<bool> HasStopMarkAsync() => _retry.RunAsync(
        () => _settings.Store.ExistsAsync(AttemptKeys.StopMark(_attempt), CancellationToken.None), CancellationToken.None);

    private async Task<AttemptOutcome> RunClaimedAsync(Assignment assignment, CancellationToken preempted)
    {
        if (assignment.Contract > Assignment.CurrentContract)
            return await EndAsync(assignment, NotStarted(new Reason.MadeByNewerVersion()));
        if (await HasStopMarkAsync())
        {
            var reason = new Reason.Cancelled(BeforeStart: true);
            var cancelled = NotStarted(reason) with { State = AttemptState.Cancelled, Ending = Ending.Cancelled };
            return await EndAsync(assignment, cancelled);
        }

        var names = assignment.Spec.Secrets;
        var found = names.Count == 0 ? new HostSecrets(new Dictionary<string, string>())
            : await _host.ReadSecretsAsync(assignment.Group, names, preempted);
        if (found.Fault is { } fault)
        {
            var report = NotStarted(fault);
            return await EndAsync(assignment, found.IsPassing ? report with { State = AttemptState.Lost, Ending = Ending.Lost } : report);
        }

        if (names.Where(name => !found.Values.ContainsKey(name)).ToList() is { Count: > 0 } missing)
            return await EndAsync(assignment, NotStarted(new Reason.SecretsMissing(missing)));

        using var stop = new StopRequest();
        var hostStop = new HostStop(_host, _attempt, _settings);
        await using var registration = preempted.Register(() =>
        {
            // The command gets its SIGTERM at once; the host is asked for its reason meanwhile.
            stop.Preempt(new Reason.Preempted());
            _retry.LimitTo(_settings.PreemptionGrace + LastUploads);
            hostStop.StartInquiry();
        });
        var reservation = Reservation.Of(_host, assignment.Group);
        var ended = await RunCommandAsync(new AttemptWork(assignment, reservation, found.Values, stop, _retry));
        return await EndAsync(assignment, await hostStop.ExplainAsync(ended, stop, preempted));
    }

    private async Task<AttemptReport> RunCommandAsync(AttemptWork work)
    {
        try
        {
            if (HostAttempt is null) await AbandonedWork.CleanUpAsync(_settings);
            using var folder = AbandonedWork.TryLock(_settings, _attempt);
            if (folder is null) return NotStarted(new Reason.FolderInUse(_attempt, _settings.Machine, _settings.Home));
            var report = await new AttemptRunner(_settings).RunAsync(work);
            folder.Remove();
            return report;
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            return NotStarted(new Reason.NotStarted(e.Message));
        }
        catch (Exception e)
        {
            _settings.Log.AttemptFaulted(_attempt, e);
            await ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, _attempt, _settings.Time);
            return NotStarted(new Reason.InternalFault($"{e}"));
        }
    }

    private async Task<AttemptOutcome> EndAsync(Assignment assignment, AttemptReport report)
    {
        var ending = report.State is AttemptState.Succeeded ? Ending.None : report.Ending;
        var isRetried = RetryPolicy.Next(assignment, ending) is not null;
        try
        {
            var final = report.Of(assignment) with { IsRetried = isRetried };
            await _retry.RunAsync(() => _reports.WriteAsync(_attempt, final, CancellationToken.None), CancellationToken.None);
            _settings.Log.AttemptEnded(_attempt, report.State, report.Ending, isRetried);
            if (report.State == AttemptState.Succeeded) await DeleteCheckpointsAsync(assignment);
            return new AttemptOutcome(true, report.Ending);
        }
        catch (StoreException e)
        {
            _settings.Log.AttemptNotReported(_attempt, e);
            var how = report.Reason is { } reason ? $"{report.State}: {reason}" : $"{report.State}";
            return Refuse($"{_attempt} ended ({how}), and that could not be reported to {_settings.Store.Url}: {e.Message}");
        }
    }

    // The success is reported, so no attempt of this run will need them. If this process is killed here, `tenfold gc` finds them.
    private async Task DeleteCheckpointsAsync(Assignment assignment)
    {
        try
        {
            for (var number = 1; number <= assignment.Number; number++)
                await _settings.Store.DeleteAsync(
                    AttemptKeys.Checkpoints(RunNames.Attempt(assignment.Run, number)), CancellationToken.None);
        }
        catch (StoreException)
        {
            // They only take up space.
        }
    }

    private async Task<AttemptReport?> ReadReportAsync(CancellationToken preempted)
    {
        try
        {
            return await _retry.RunAsync(() => _reports.ReadAsync(_attempt, preempted), preempted);
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            return null; // A damaged report says nothing; the claim decides.
        }
    }

    private AttemptOutcome Refuse(string reason, Exception? error = null)
    {
        if (error is not null) _settings.Log.AttemptNotReported(_attempt, error);
        _settings.Notify?.Invoke(reason);
        return new AttemptOutcome(false, null);
    }

    private AttemptReport NotStarted(Reason reason) => new()
    {
        State = AttemptState.Failed,
        Ending = Ending.NotStarted,
        Reason = reason,
        EndedAt = _settings.Time.GetUtcNow(),
        Host = _settings.Machine,
    };
}

/// <summary>How an attempt ended in this process.</summary>
/// <param name="IsReported">True when the attempt's end is in the store, or another process will report it.</param>
/// <param name="Ending">How it ended; null when it did not run here.</param>
internal sealed record AttemptOutcome(bool IsReported, Ending? Ending)
{
    /// <summary>Another process runs it, or has run it.</summary>
    public static AttemptOutcome Elsewhere { get; } = new(true, null);
}
