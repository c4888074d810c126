using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Delivery;
using Tenfold.Core.Hosts;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>
/// The agent of one job of a host. It runs the job's own attempt. If that attempt was short, the agent then runs other waiting attempts
/// of the submission, so that each short run doesn't wait for the scheduler.
/// </summary>
/// <param name="settings">What it works with; <see cref="AgentSettings.Host"/> is set.</param>
/// <param name="attempt">The job's own attempt.</param>
/// <remarks>
/// Each attempt is claimed before it begins, so exactly one agent runs it. An agent never runs an attempt that another has claimed, and a
/// job whose own attempt is claimed ends at once. So the host may cancel the job of a claimed attempt at any time.
/// </remarks>
public sealed class JobAgent(AgentSettings settings, string attempt)
{
    // Other agents search in the same place at the same time.
    private const int MaxLostRaces = 16;

    private readonly IAgentHost _host = settings.Host ?? throw new ArgumentException("the agent of a job knows its host", nameof(settings));

    /// <summary>
    /// How long after its start the job may begin further attempts; default 60 s. The job's time limit needs room for that beside one run.
    /// </summary>
    public TimeSpan SharingTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <inheritdoc cref="AttemptAgent.AssignmentSha256"/>
    public string? AssignmentSha256 { get; init; }

    /// <summary>
    /// The SHA-256 of the siblings' assignments, as they travelled with the job. The agent runs no sibling without one. Null trusts the
    /// store.
    /// </summary>
    public IReadOnlyDictionary<string, string>? SiblingSha256 { get; init; }

    /// <summary>Runs the job's attempt, and then others.</summary>
    /// <param name="preempted">Cancelled when the host ends the job (SIGTERM).</param>
    /// <returns>
    /// True when the ends of all attempts are in the store, or other processes report them; false when one could not be reported. The
    /// reason has been logged.
    /// </returns>
    public async Task<bool> RunAsync(CancellationToken preempted)
    {
        using var use = LockOwnProgram();
        if (new CacheCleaner(settings.Home, settings.Time).Run() is > 0 and var removed)
        {
            settings.Log.CacheCleaned(removed, settings.Home);
            settings.Notify?.Invoke($"removed {removed} unused files and folders from {settings.Home}");
        }

        var since = settings.Time.GetTimestamp();
        var own = new AttemptAgent(settings, attempt) { AssignmentSha256 = AssignmentSha256 };
        var outcome = await own.RunToOutcomeAsync(preempted);
        if (_host.Traits.RestartReason is not null)
        {
            var continuation = new JobContinuation(settings, attempt) { AssignmentSha256 = AssignmentSha256 };
            outcome = await continuation.ContinueAsync(outcome, preempted);
        }

        await using var canceller = new JobCanceller(_host, settings.Time, settings.Log);
        // Without its digest, an attempt is left to its own job.
        var siblings = SiblingSha256 is { } known ? [.. _host.Siblings.Where(known.ContainsKey)] : _host.Siblings;
        var unclaimed = new UnclaimedSearch(siblings, (name, token) => settings.Store.ExistsAsync(AttemptKeys.Claim(name), token));
        var lostRaces = 0;
        while (MayContinue(outcome) && settings.Time.GetElapsedTime(since) < SharingTime && !preempted.IsCancellationRequested)
        {
            if (await FindNextAsync(unclaimed, preempted) is not { } next) break;
            settings.Log.SiblingStarted(attempt, next);
            var agent = new AttemptAgent(settings, next)
            {
                HostAttempt = attempt,
                AssignmentSha256 = SiblingSha256?[next],
                Claimed = () => canceller.Add(next),
            };
            var result = await agent.RunToOutcomeAsync(preempted);
            if (!result.IsReported) return false;
            if (result.Ending is not null) outcome = result;
            else if (++lostRaces == MaxLostRaces) break;
        }

        return outcome.IsReported;
    }

    // The bootstrap may have put this program into the home, where a cleaner of another job must not remove it while it runs.
    private FileLock? LockOwnProgram()
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var isDelivered = Path.GetDirectoryName(own) == Path.Combine(settings.Home, AgentBundle.Folder);
        return isDelivered ? FileLock.TryAcquireShared(CacheEntry.UseOf(own)) : null;
    }

    // Only after an attempt that ended by itself or was cancelled: a fault of this machine would also fail the next attempt.
    private static bool MayContinue(AttemptOutcome outcome) =>
        outcome is { IsReported: true, Ending: Ending.Exited or Ending.EarlyStopped or Ending.Cancelled };

    // The host starts whatever waits, so there is no need to retry a store that does not answer.
    private static async Task<string?> FindNextAsync(UnclaimedSearch unclaimed, CancellationToken preempted)
    {
        try
        {
            return await unclaimed.FindNextAsync(preempted);
        }
        catch (Exception e) when (e is StoreException || (e is OperationCanceledException && preempted.IsCancellationRequested))
        {
            return null;
        }
    }
}
