using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>Claims attempts for this process, and distinguishes the claims of dead processes from those of living ones.</summary>
/// <param name="store">The store.</param>
/// <param name="machine">The name of this machine.</param>
/// <param name="host">The host of this process.</param>
/// <param name="retry">Retries the store.</param>
/// <param name="time">The clock.</param>
internal sealed class ClaimMaker(IStore store, string machine, IAgentHost host, StoreRetry retry, TimeProvider time)
{
    /// <summary>Claims an attempt.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="hostAttempt">See <see cref="AttemptClaim.HostAttempt"/>.</param>
    /// <param name="preempted">Stops it.</param>
    /// <returns>The claim of the process that was first; null when this process was first.</returns>
    /// <exception cref="StoreException">The store does not answer, or the claim in it is damaged.</exception>
    public async Task<AttemptClaim?> ClaimAsync(string attempt, string? hostAttempt, CancellationToken preempted)
    {
        var key = AttemptKeys.Claim(attempt);
        var own = new AttemptClaim
        {
            Token = Guid.NewGuid().ToString("N"),
            Host = machine,
            Process = Environment.ProcessId,
            ProcessStart = ProcessTable.StartOf(Environment.ProcessId),
            Machine = ProcessTable.Machine,
            Job = host.Job,
            HostAttempt = hostAttempt,
            Restarts = host.Restarts,
            At = time.GetUtcNow(),
        };
        var content = JsonSerializer.SerializeToUtf8Bytes(own, AttemptJson.Default.AttemptClaim);
        return await retry.RunAsync(
            async () =>
            {
                if (await store.TryCreateAsync(key, content, preempted)) return null;
                var found = Read(await store.ReadAsync(key, preempted) ?? [], AttemptJson.Default.AttemptClaim)
                    ?? throw new StoreException($"{key} in {store.Url} is damaged; `tenfold retry` the run.", isDamaged: true);
                // An earlier try may have made the claim, though its answer got lost.
                return found.Token == own.Token ? null : found;
            },
            preempted);
    }

    /// <summary>
    /// True when the claim's process is known to be gone: the host restarted its job, or it was a process of this machine.
    /// </summary>
    public bool IsDead(AttemptClaim claim)
    {
        if (IsOfOwnJob(claim) && (host.Traits.RestartReason is not null || claim.Restarts < host.Restarts)) return true;
        return claim is { Machine: { } machine, ProcessStart: { } start }
            && machine == ProcessTable.Machine && ProcessTable.IsGone(claim.Process, start);
    }

    /// <summary>True when a process of this host's job made the claim, before the job was started again.</summary>
    public bool IsOfOwnJob(AttemptClaim claim) => claim.Job is not null && claim.Job == host.Job;

    /// <summary>Reads JSON; null when it is damaged.</summary>
    public static T? Read<T>(byte[] json, JsonTypeInfo<T> type)
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
}
