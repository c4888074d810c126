using System.Collections.Concurrent;
using Tenfold.Aws.Batch.Submit;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Batch.Observe;

/// <summary>
/// Which job executes which attempt, as this process has seen it. It is only a cache: Batch's listings show it by the jobs' names.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="store">The store, which has the lists of attempts.</param>
/// <param name="pace">Counts the calls.</param>
/// <param name="time">The clock.</param>
internal sealed class JobIndex(BatchConnection connection, IStore store, CallPace pace, TimeProvider time)
{
    private const int MaxPage = 100;

    // A listing by time costs one call for a hundred jobs, whatever groups they belong to.
    private const int MostNames = 2;

    // A group is recorded before its first attempt is submitted, but the clocks may differ.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);

    // A controller observes every attempt that has not ended in each of its rounds.
    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, BatchElement> _elements = [];
    private readonly ConcurrentDictionary<string, long> _observedAt = [];
    private int _round;

    /// <summary>The job of an attempt; null when this process has seen none.</summary>
    public BatchElement? Find(string attempt) => _elements.GetValueOrDefault(attempt);

    /// <summary>How many attempts of a group have a job that has not ended.</summary>
    public int CountLive(string group) =>
        _elements.Values.Count(one => !one.HasEnded && Core.Runs.RunNames.GroupOf(one.Attempt) == group);

    /// <summary>Notes a job that was submitted just now.</summary>
    public void Add(BatchParent job)
    {
        for (var index = 0; index < job.Attempts.Count; index++)
        {
            var attempt = job.Attempts[index];
            Update(new BatchElement(attempt, job, job.Attempts.Count > 1 ? index : null, BatchStates.Submitted));
        }
    }

    /// <summary>Notes what was observed of a job.</summary>
    public void Update(BatchElement element) => _elements[element.Attempt] = element with { Round = _round };

    /// <summary>Begins a round of observation: from now on, what was seen before is out of date.</summary>
    public void BeginRound() => Interlocked.Increment(ref _round);

    /// <summary>True when a job has been observed in the last round, or is newer.</summary>
    public bool IsFresh(BatchElement element) => element.HasEnded || element.Round >= _round;

    /// <summary>
    /// Forgets the jobs of attempts that are no longer observed: ended jobs at once, others after an hour. Batch may never end a job, and
    /// a round may observe only some of the groups.
    /// </summary>
    public void ForgetExcept(IReadOnlyCollection<string> attempts)
    {
        var (observed, now) = (attempts.ToHashSet(), time.GetTimestamp());
        foreach (var (attempt, element) in _elements)
        {
            if (observed.Contains(attempt)) _observedAt[attempt] = now;
            else if (element.HasEnded || time.GetElapsedTime(_observedAt.GetOrAdd(attempt, now), now) > MaxPause) Forget(attempt);
        }
    }

    private void Forget(string attempt)
    {
        _elements.TryRemove(attempt, out _);
        _observedAt.TryRemove(attempt, out _);
    }

    /// <summary>Looks for the jobs of attempts in Batch's listings.</summary>
    /// <param name="attempts">The attempts, each with its queue and the time before which it was not submitted.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The attempts whose states the listings tell. Those of an array's jobs must be described.</returns>
    /// <exception cref="Wire.AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<IReadOnlySet<string>> LookUpAsync(IReadOnlyList<SoughtAttempt> attempts, CancellationToken cancellationToken)
    {
        var listed = new HashSet<string>();
        foreach (var queue in attempts.GroupBy(one => one.Queue))
        {
            var roots = queue.Select(one => BatchJobName.RootOf(one.Attempt)).Distinct().ToList();
            if (roots.Count > MostNames)
            {
                var since = (queue.Min(one => one.NotBefore) - Skew).ToUnixTimeMilliseconds();
                await ListAsync(queue.Key, new JobFilter("AFTER_CREATED_AT", [$"{since}"]), listed, cancellationToken);
                continue;
            }

            foreach (var root in roots) await ListAsync(queue.Key, new JobFilter("JOB_NAME", [$"{root}*"]), listed, cancellationToken);
        }

        return listed;
    }

    /// <summary>Lists the jobs of a ledger that have not ended, with all of their attempts.</summary>
    /// <exception cref="Wire.AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<IReadOnlyList<BatchElement>> ListLiveAsync(
        IReadOnlyList<string> queues, string ledger, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, BatchElement>();
        foreach (var queue in queues)
            foreach (var status in BatchStates.Live)
            {
                // Without a status, only running jobs are listed.
                var request = new ListJobsRequest { JobQueue = queue, JobStatus = status };
                await foreach (var job in connection.Batch.ListJobsAsync(request, cancellationToken))
                {
                    if (job.JobId.Contains(':') || BatchJobName.Read(job.JobName) is not { } name || !name.IsOf(ledger)) continue;
                    foreach (var element in await ElementsAsync(queue, job, name, cancellationToken)) found[element.Attempt] = element;
                }
            }

        return [.. found.Values];
    }

    private async Task ListAsync(string queue, JobFilter filter, HashSet<string> listed, CancellationToken cancellationToken)
    {
        var request = new ListJobsRequest { JobQueue = queue, Filters = [filter], MaxResults = MaxPage };
        var count = 0;
        try
        {
            await foreach (var job in connection.Batch.ListJobsAsync(request, cancellationToken))
            {
                count++;
                if (job.JobId.Contains(':') || BatchJobName.Read(job.JobName) is not { } name) continue;
                foreach (var element in await ElementsAsync(queue, job, name, cancellationToken))
                {
                    Merge(element);
                    if (element.Index is null) listed.Add(element.Attempt);
                }
            }
        }
        finally
        {
            pace.Count(1 + count / MaxPage);
        }
    }

    private async Task<IEnumerable<BatchElement>> ElementsAsync(
        string queue, JobSummary job, BatchJobName name, CancellationToken cancellationToken)
    {
        if (name.Count == 1)
        {
            var alone = new BatchParent(job.JobId, queue, [name.First]);
            var facts = JobFacts.Of(job);
            return
            [
                new BatchElement(name.First, alone, null, BatchStates.ToState(facts))
                {
                    IsExplained = job.Status != "FAILED",
                    CreatedAt = job.CreatedAt,
                    WaitsWithoutReason = facts.WaitsWithoutReason,
                },
            ];
        }

        // This process may know the list already.
        var known = Find(name.First)?.Job;
        var attempts = known?.Id == job.JobId ? known.Attempts
            : (await AttemptList.ReadAsync(store, name.First, name.ListSha256, cancellationToken))?.Attempts;
        if (attempts is null) return [];
        var parent = new BatchParent(job.JobId, queue, attempts);
        // An array's own state says little about its jobs. They are described next.
        return attempts.Select((attempt, index) => new BatchElement(attempt, parent, index, BatchStates.Submitted));
    }

    // When an answer was lost, an attempt may have two jobs. One of them finds the other's claim and ends, so the live one counts.
    private void Merge(BatchElement element)
    {
        var seen = element with { Round = _round };
        _elements.AddOrUpdate(element.Attempt, seen, (_, known) => known.Id == seen.Id
            ? seen.Index is null && !known.HasEnded ? seen : known
            : known.HasEnded ? seen : known);
    }
}

/// <summary>An attempt whose job is looked for.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Queue">The queue that it was, or would be, submitted to.</param>
/// <param name="NotBefore">A time before which it was not submitted.</param>
internal sealed record SoughtAttempt(string Attempt, string Queue, DateTimeOffset NotBefore)
{
    /// <summary>Where the job of an assignment is looked for; null when no queue could have it.</summary>
    public static SoughtAttempt? Of(Assignment assignment, BatchPlace place) =>
        place.QueueFor(assignment.Spec.Resources, BatchOptions.Of(assignment)) is { } queue
            ? new SoughtAttempt(assignment.Attempt, queue, assignment.CreatedAt) : null;
}
