using Tenfold.Aws.Jobs;
using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Aws.SageMaker.Observe;

/// <summary>
/// Finds out whether a job exists that the last listing did not show. A listing may leave a job out: it filters by a time, and it lags
/// behind. A description of the exact name tells.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="store">The store.</param>
/// <param name="index">The jobs that this process has seen.</param>
/// <param name="pace">Counts the calls.</param>
/// <param name="time">The clock.</param>
internal sealed class UnlistedJobs(SageMakerConnection connection, IStore store, TrainingIndex index, CallPace pace, TimeProvider time)
{
    private const int CallsAtOnce = 4;

    // A new job may be invisible for a while.
    private static readonly TimeSpan InvisibleFor = TimeSpan.FromMinutes(2);

    /// <summary>Describes the jobs that the last listing did not show, and notes in the index those that exist.</summary>
    /// <param name="attempts">The attempts after which the jobs are named.</param>
    /// <param name="search">The round's search, which receives the jobs that do not exist.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task FindAsync(IEnumerable<string> attempts, Search search, CancellationToken cancellationToken)
    {
        var unlisted = attempts.Distinct().Where(attempt => !search.Missing.Contains(attempt) && !IsListed(attempt));
        foreach (var chunk in unlisted.Chunk(CallsAtOnce))
        {
            var names = await Task.WhenAll(chunk.Select(attempt => NameOldAsync(attempt, cancellationToken)));
            var sought = names.OfType<TrainingName>().Take(search.CallsLeft).ToList();
            search.CallsLeft -= sought.Count;
            pace.Count(sought.Count);
            var exist = await Task.WhenAll(sought.Select(name => ExistsAsync(name, cancellationToken)));
            foreach (var (name, exists) in sought.Zip(exist))
                if (!exists) search.Missing.Add(name.Attempt);
        }
    }

    private bool IsListed(string attempt) => index.Find(attempt) is { } job && (job.HasEnded || job.Round == index.Round);

    // The name of a job that must be visible by now; null for a newer job, and for an attempt that was never submitted.
    private async Task<TrainingName?> NameOldAsync(string attempt, CancellationToken cancellationToken)
    {
        var known = index.Find(attempt);
        var createdAt = known?.CreatedAt ?? await ReadIntentAsync(attempt, cancellationToken);
        if (createdAt is null || time.GetUtcNow() - createdAt <= InvisibleFor) return null;
        return known?.Name ?? (await new StoredAttempts(store).FindAssignmentAsync(attempt, cancellationToken) is { } assignment
            ? TrainingName.Of(assignment.Ledger, attempt) : null);
    }

    // When an attempt was last about to be submitted: just before, its assignment and its start script are written.
    private async Task<DateTimeOffset?> ReadIntentAsync(string attempt, CancellationToken cancellationToken)
    {
        DateTimeOffset? last = null;
        var key = AttemptKeys.Assignment(attempt);
        await foreach (var entry in store.ListAsync($"{Path.GetDirectoryName(key)}/", cancellationToken))
            if ((entry.Key == key || TrainingStart.IsKey(entry.Key)) && !(entry.ModifiedAt <= last)) last = entry.ModifiedAt;
        return last;
    }

    private async Task<bool> ExistsAsync(TrainingName name, CancellationToken cancellationToken)
    {
        try
        {
            index.Note(name, await connection.Jobs.DescribeTrainingJobAsync(new(name.ToString()), cancellationToken));
            return true;
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            return false;
        }
    }

    /// <summary>A round's search.</summary>
    /// <param name="maxCalls">The most descriptions.</param>
    internal sealed class Search(int maxCalls)
    {
        /// <summary>How many more jobs the round may describe.</summary>
        public int CallsLeft { get; set; } = maxCalls;

        /// <summary>The attempts whose jobs do not exist.</summary>
        public HashSet<string> Missing { get; } = [];
    }
}
