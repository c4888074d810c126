using Tenfold.Aws.Jobs;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch.Observe;

/// <summary>
/// Finds the states of attempts. A job that this process knows is described with ninety-nine others in one call; the others are looked for
/// in listings, by their names. Between rounds, the last states count.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="store">The store in which the agents report.</param>
/// <param name="index">The jobs that this process has seen.</param>
/// <param name="pace">Spaces the rounds.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchObserver(BatchConnection connection, IStore store, JobIndex index, CallPace pace, TimeProvider time)
{
    private const int ReadsAtOnce = 32, CallsAtOnce = 4, ThrottlePenalty = 5;

    // A job that Batch doesn't list may still appear: Batch shows new jobs late.
    private static readonly TimeSpan InvisibleFor = TimeSpan.FromMinutes(2);

    private readonly EndExplainer _explainer = new(connection, store);
    private readonly WaitingExplainer _waiting = new(connection, time);

    /// <inheritdoc cref="ITarget.ObserveAsync"/>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(
        IReadOnlyList<string> attempts, BatchPlace place, CancellationToken cancellationToken)
    {
        index.ForgetExcept(attempts);
        var isRound = pace.IsDue;
        try
        {
            if (isRound) await ObserveNowAsync(attempts, place, cancellationToken);
            else await RefreshAsync([.. Known(attempts).Where(one => !index.IsFresh(one))], place, cancellationToken);
        }
        catch (AwsException e) when (e.Fault == AwsFault.Throttled && attempts.All(attempt => index.Find(attempt) is not null))
        {
            // The last states count a little longer.
            pace.Count(ThrottlePenalty);
        }

        var states = new List<BackendState>();
        foreach (var chunk in attempts.Chunk(ReadsAtOnce))
        {
            states.AddRange(await Task.WhenAll(chunk.Select(async attempt =>
                index.Find(attempt)?.State ?? await StateOfMissingAsync(attempt, isRound, cancellationToken))));
        }

        return states;
    }

    /// <summary>Looks in Batch's listings for the jobs of attempts that this process has not seen.</summary>
    /// <returns>The attempts whose states are new.</returns>
    public async Task<IReadOnlySet<string>> LookUpAsync(
        IReadOnlyList<string> attempts, BatchPlace place, CancellationToken cancellationToken)
    {
        var unknown = attempts.Where(attempt => index.Find(attempt) is null).ToList();
        var sought = new List<SoughtAttempt>();
        // The attempts of a group go to one queue, so it is enough to read the assignments of a few.
        foreach (var root in unknown.GroupBy(Submit.BatchJobName.RootOf).Chunk(ReadsAtOnce))
        {
            var found = await Task.WhenAll(root.Select(group => ReadAnyAsync([.. group], cancellationToken)));
            sought.AddRange(found.OfType<Assignment>().Select(assignment => SoughtAttempt.Of(assignment, place)).OfType<SoughtAttempt>());
        }

        return sought.Count == 0 ? new HashSet<string>() : await index.LookUpAsync(sought, cancellationToken);
    }

    private async Task ObserveNowAsync(IReadOnlyList<string> attempts, BatchPlace place, CancellationToken cancellationToken)
    {
        index.BeginRound();
        var listed = await LookUpAsync(attempts, place, cancellationToken);
        var elements = Known(attempts).Where(one => one.HasEnded ? !one.IsExplained : !listed.Contains(one.Attempt));
        await RefreshAsync([.. elements], place, cancellationToken);
        await _waiting.ExplainAsync([.. Known(attempts)], index, place, cancellationToken);
    }

    /// <summary>Describes jobs, whether or not a round is due.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task RefreshAsync(IReadOnlyList<BatchElement> elements, BatchPlace place, CancellationToken cancellationToken)
    {
        var chunks = elements.Chunk(BatchClient.MaxJobs).ToList();
        pace.Count(chunks.Count);
        foreach (var some in chunks.Chunk(CallsAtOnce))
            await Task.WhenAll(some.Select(chunk => DescribeAsync(chunk, place, cancellationToken)));
    }

    private IEnumerable<BatchElement> Known(IReadOnlyList<string> attempts) => attempts.Select(index.Find).OfType<BatchElement>();

    // Batch leaves out what it does not know, and now and then a new job. Such a job keeps its last state.
    private async Task DescribeAsync(IReadOnlyList<BatchElement> elements, BatchPlace place, CancellationToken cancellationToken)
    {
        var byId = elements.ToLookup(one => one.Id);
        var answer = await connection.Batch.DescribeJobsAsync(new([.. byId.Select(one => one.Key)]), cancellationToken);
        foreach (var job in answer.Jobs)
        {
            var facts = JobFacts.Of(job);
            foreach (var element in byId[job.JobId])
            {
                var seen = element with
                {
                    State = BatchStates.ToState(facts),
                    CreatedAt = job.CreatedAt,
                    WaitsWithoutReason = facts.WaitsWithoutReason,
                };
                index.Update(!seen.HasEnded ? seen : seen with
                {
                    State = await _explainer.ExplainAsync(seen, facts, place, cancellationToken),
                    IsExplained = true,
                });
            }
        }
    }

    private async Task<BackendState> StateOfMissingAsync(string attempt, bool wasLookedFor, CancellationToken cancellationToken)
    {
        // An attempt that was never submitted can't be missing.
        if (await ReadIntentAsync(store, attempt, cancellationToken) is not { } intendedAt) return new BackendState(BackendKind.Gone);
        return wasLookedFor && time.GetUtcNow() - intendedAt > InvisibleFor
            ? new BackendState(BackendKind.Gone, BatchReason.Of(BatchFact.JobNotListed, "AWS Batch does not list its job (any more)"))
            : new BackendState(BackendKind.Unknown);
    }

    /// <summary>Reads when an attempt was last about to be submitted: then its assignment was written.</summary>
    /// <returns>Null when it never was.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public static async Task<DateTimeOffset?> ReadIntentAsync(IStore store, string attempt, CancellationToken cancellationToken)
    {
        var key = AttemptKeys.Assignment(attempt);
        await foreach (var entry in store.ListAsync($"{Path.GetDirectoryName(key)}/", cancellationToken))
            if (entry.Key == key) return entry.ModifiedAt;
        return null;
    }

    private async Task<Assignment?> ReadAnyAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        foreach (var attempt in attempts)
            if (await new StoredAttempts(store).FindAssignmentAsync(attempt, cancellationToken) is { } assignment) return assignment;
        return null;
    }
}
