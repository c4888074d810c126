using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Jobs;

/// <summary>
/// Finds the jobs of attempts. Agents have written them into their claims, also of attempts that ended long ago; AWS knows the others.
/// </summary>
/// <param name="store">The store of the attempts.</param>
/// <param name="service">The word with which a claim's job begins.</param>
internal sealed class ClaimedJobs(IStore store, string service)
{
    /// <summary>What a claim calls a job.</summary>
    public static string Name(string service, string id) => $"{service} {id}";

    /// <summary>Finds the ids of jobs.</summary>
    /// <param name="attempts">The attempts.</param>
    /// <param name="findAsync">Asks AWS for the ids of attempts that no agent has claimed, as far as AWS shows them.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <returns>The id of each attempt's job, in order; null for an attempt whose job isn't known.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<IReadOnlyList<string?>> FindAsync(
        IReadOnlyList<string> attempts, Func<IReadOnlyList<string>, Task<IReadOnlyDictionary<string, string>>> findAsync,
        CancellationToken cancellationToken)
    {
        var (claims, found, start) = (new StoredAttempts(store), new Dictionary<string, string>(), Name(service, ""));
        foreach (var attempt in attempts)
        {
            var job = (await claims.FindClaimAsync(attempt, cancellationToken))?.Job;
            if (job?.StartsWith(start, StringComparison.Ordinal) == true) found[attempt] = job[start.Length..];
        }

        List<string> others = [.. attempts.Where(attempt => !found.ContainsKey(attempt))];
        if (others.Count > 0)
            foreach (var (attempt, id) in await findAsync(others)) found[attempt] = id;
        return [.. attempts.Select(attempt => found.GetValueOrDefault(attempt))];
    }
}
