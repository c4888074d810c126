using System.Text.Json;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>Reads what the store has of an attempt, for targets that observe it. Something damaged must not end their round.</summary>
/// <param name="store">The store of the attempts.</param>
public sealed class StoredAttempts(IStore store)
{
    private readonly AttemptReports _reports = new(store);

    /// <summary>Reads an attempt's assignment; null when there is none, or it is damaged.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<Assignment?> FindAssignmentAsync(string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(AttemptKeys.Assignment(attempt), cancellationToken) is { } json
                ? JsonSerializer.Deserialize(json, AttemptJson.Default.Assignment)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads which job executes an attempt.</summary>
    /// <returns>Null when no agent has claimed it. A damaged claim counts as one of the attempt's own job.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<ClaimedBy?> FindClaimAsync(string attempt, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(AttemptKeys.Claim(attempt), cancellationToken) is not { } json) return null;
        try
        {
            var claim = JsonSerializer.Deserialize(json, AttemptJson.Default.AttemptClaim);
            return new ClaimedBy(claim?.HostAttempt) { Job = claim?.Job };
        }
        catch (JsonException)
        {
            return new ClaimedBy(null);
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
}

/// <summary>Which job has claimed an attempt.</summary>
/// <param name="HostAttempt">The attempt whose job executes this one; null when its own job does.</param>
public sealed record ClaimedBy(string? HostAttempt)
{
    /// <summary>The job, as its backend names it; null when the claim names none.</summary>
    public string? Job { get; init; }
}
