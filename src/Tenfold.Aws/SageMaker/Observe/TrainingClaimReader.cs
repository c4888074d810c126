using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Aws.SageMaker.Observe;

/// <summary>
/// Reads which job executes an attempt. A job whose spot machine was reclaimed continues with the run's next attempt, which has no job of
/// its own then (<c>Tenfold.Agent.JobAgent</c>).
/// </summary>
/// <param name="store">The store.</param>
internal sealed class TrainingClaimReader(IStore store)
{
    private readonly AttemptReports _reports = new(store);

    /// <summary>Reads an attempt's claim.</summary>
    /// <returns>Null when no agent has claimed it. A damaged claim counts as one of the attempt's own job.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<JobClaim?> ReadAsync(string attempt, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(AttemptKeys.Claim(attempt), cancellationToken) is not { } json) return null;
        try
        {
            return new JobClaim(JsonSerializer.Deserialize(json, AttemptJson.Default.AttemptClaim)?.HostAttempt);
        }
        catch (JsonException)
        {
            return new JobClaim(null);
        }
    }

    /// <summary>True when an agent has reported the attempt's end. A damaged report counts as none.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<bool> HasEndedAsync(string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return (await _reports.ReadAsync(attempt, cancellationToken))?.State.IsFinal() == true;
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            return false;
        }
    }

    /// <summary>Finds the attempt that a live job executes now: its own, or a later one of the run.</summary>
    /// <param name="attempt">The attempt for which the job was created.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<string> FindExecutedAsync(string attempt, CancellationToken cancellationToken)
    {
        var current = attempt;
        while (await HasEndedAsync(current, cancellationToken))
        {
            if (Next(current) is not { } next || (await ReadAsync(next, cancellationToken))?.HostAttempt != attempt) break;
            current = next;
        }

        return current;
    }

    private static string? Next(string attempt) =>
        int.TryParse(attempt.AsSpan(attempt.LastIndexOf('-') + 1), out var number)
            ? RunNames.Attempt(RunNames.RunOf(attempt), number + 1) : null;
}

/// <summary>A claim on an attempt.</summary>
/// <param name="HostAttempt">The attempt whose job executes this one; null when its own job does.</param>
internal sealed record JobClaim(string? HostAttempt);
