using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Delivery;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>
/// The agent of one job of a backend: carries out the job's own attempt, and when that was short, further attempts of the same submission that still
/// wait, one after another, so that short runs don't pay a round of the scheduler each.
/// </summary>
/// <param name="settings">What it works with; <see cref="AgentSettings.Node"/> is set.</param>
/// <param name="attempt">The job's own attempt.</param>
/// <param name="submission">The submission's attempts in the order in which the backend starts them; empty for none to take up.</param>
/// <remarks>
/// Each attempt is claimed before it is begun, as by an agent of its own: whoever else wants it, one carries it out. An attempt whose claim another
/// has is never taken up, and a job whose own attempt another has ends at once: so the backend may drop the job of a claimed attempt at any time.
/// </remarks>
public sealed class JobAgent(AgentSettings settings, string attempt, IReadOnlyList<string> submission)
{
    // Others look in the same place at the same time.
    private const int MaxLostRaces = 16;

    /// <inheritdoc cref="AttemptAgent.WhyEnded"/>
    public Func<CancellationToken, Task<(Ending Ending, string Reason)>>? WhyEnded { get; init; }

    /// <summary>Further attempts are taken up for so long after the start; default 60 s. A job's time limit has to have room for that beside one run.</summary>
    public TimeSpan TakesUpFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Asks the backend to drop the jobs of attempts that were taken up here; null when it can't be asked. It need not succeed: a job that starts all the
    /// same finds its attempt claimed.
    /// </summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task>? Drop { get; init; }

    /// <summary>Carries them out.</summary>
    /// <param name="taken">Cancelled when the machine is to be given back (SIGTERM).</param>
    /// <returns>True when all ends are in the store, or other processes see to them; false when one could not be told, and why was said.</returns>
    public async Task<bool> RunAsync(CancellationToken taken)
    {
        // Where the bootstrap brought this program, it is not to be removed while it runs.
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        using var use = Path.GetDirectoryName(own) == Path.Combine(settings.Home, AgentBundle.Folder) ? FileLock.TryShare(CacheEntry.UseOf(own)) : null;
        if (new CacheCleaning(settings.Home, settings.Time).Run() is > 0 and var removed) settings.Say?.Invoke($"removed {removed} things from {settings.Home} that no run has used for long");
        var since = settings.Time.GetTimestamp();
        var outcome = await Agent(attempt, null, null).CarryOutAsync(taken);
        await using var dropping = new JobCanceller(Drop, settings.Time);
        var unclaimed = new UnclaimedSearch(submission, (name, token) => settings.Store.ExistsAsync(AttemptKeys.Claim(name), token));
        for (var lost = 0; LeadsOn(outcome) && settings.Time.GetElapsedTime(since) < TakesUpFor && !taken.IsCancellationRequested;)
        {
            if (await NextAsync(unclaimed, taken) is not { } next) break;
            var there = await Agent(next, attempt, () => dropping.Add(next)).CarryOutAsync(taken);
            if (!there.IsTold) return false;
            if (there.Ending is not null) outcome = there;
            else if (++lost == MaxLostRaces) break;
        }

        return outcome.IsTold;
    }

    // By itself, and by no fault of this machine's that the next would meet too.
    private static bool LeadsOn(AttemptOutcome outcome) => outcome is { IsTold: true, Ending: Ending.Exited or Ending.EarlyStopped or Ending.Cancelled };

    // What waits is begun by the backend anyway: a store that does not answer is no reason to wait for it here.
    private static async Task<string?> NextAsync(UnclaimedSearch unclaimed, CancellationToken taken)
    {
        try
        {
            return await unclaimed.NextAsync(taken);
        }
        catch (Exception e) when (e is StoreException || (e is OperationCanceledException && taken.IsCancellationRequested))
        {
            return null;
        }
    }

    private AttemptAgent Agent(string name, string? carrier, Action? claimed) => WhyEnded is null
        ? new AttemptAgent(settings, name) { Carrier = carrier, Claimed = claimed }
        : new AttemptAgent(settings, name) { Carrier = carrier, Claimed = claimed, WhyEnded = WhyEnded };
}
