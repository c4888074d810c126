using System.Collections.Concurrent;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.SageMaker.Submit;

namespace Tenfold.Aws.SageMaker.Observe;

/// <summary>
/// The training jobs of attempts, as this process has seen them. It is only a cache: SageMaker's listing shows them by their names.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="pace">Counts the calls.</param>
/// <param name="time">The clock.</param>
internal sealed class TrainingIndex(SageMakerConnection connection, CallPace pace, TimeProvider time)
{
    // The time of an assignment is this machine's, and its clock may be hours off. Listing a day more costs a call for a hundred jobs.
    private static readonly TimeSpan Skew = TimeSpan.FromDays(1);

    // A controller observes every attempt that has not ended in each of its rounds.
    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, TrainingElement> _elements = [];
    private readonly ConcurrentDictionary<string, long> _observedAt = [];
    private int _round;

    /// <summary>The number of the last round of listings.</summary>
    public int Round => _round;

    /// <summary>Begins a round: from now on, a job that no listing shows is missing.</summary>
    public void BeginRound() => Interlocked.Increment(ref _round);

    /// <summary>The job of an attempt; null when this process has seen none.</summary>
    public TrainingElement? Find(string attempt) => _elements.GetValueOrDefault(attempt);

    /// <summary>How many attempts of a group have a job that has not ended.</summary>
    public int CountLive(string group) =>
        _elements.Values.Count(one => !one.HasEnded && Core.Runs.RunNames.GroupOf(one.Attempt) == group);

    /// <summary>Notes what is known of a job.</summary>
    public void Update(TrainingElement element) => _elements[element.Attempt] = element;

    /// <summary>Notes a job that was created just now.</summary>
    public void Add(TrainingName name) =>
        _elements.TryAdd(name.Attempt, new TrainingElement(name, "InProgress", TrainingStates.Starting(name.ToString()))
        {
            CreatedAt = time.GetUtcNow(),
            Round = _round,
        });

    /// <summary>Notes a job that was described by its name.</summary>
    public void Note(TrainingName name, TrainingJob job) => _elements[name.Attempt] = Merge(name, new TrainingJobSummary
    {
        TrainingJobName = job.TrainingJobName,
        TrainingJobArn = job.TrainingJobArn,
        TrainingJobStatus = job.TrainingJobStatus,
        CreationTime = job.CreationTime,
        LastModifiedTime = job.LastModifiedTime,
    });

    /// <summary>
    /// Forgets jobs of attempts that are no longer observed: ended ones at once, and others after an hour, since other rounds may observe
    /// them.
    /// </summary>
    public void ForgetExcept(IReadOnlyCollection<string> attempts)
    {
        var (observed, now) = (attempts.ToHashSet(), time.GetTimestamp());
        foreach (var attempt in observed) _observedAt[attempt] = now;
        foreach (var (attempt, element) in _elements)
        {
            if (observed.Contains(attempt)) continue;
            var since = time.GetElapsedTime(_observedAt.GetOrAdd(attempt, now));
            if (element.HasEnded || since > MaxPause) _elements.TryRemove(attempt, out _);
        }

        foreach (var (attempt, at) in _observedAt)
            if (time.GetElapsedTime(at) > MaxPause) _observedAt.TryRemove(attempt, out _);
    }

    /// <summary>Lists jobs, and notes their states.</summary>
    /// <param name="part">A part of their names.</param>
    /// <param name="since">The time before which none of them was created.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The jobs of Tenfold's that were listed, the newest first.</returns>
    /// <exception cref="Wire.AwsException">AWS refused a call, or gave no answer.</exception>
    /// <remarks>
    /// Never with a status: SageMaker cuts the pages first and filters them then, so that a filter saves no call. A hundred jobs cost one
    /// call.
    /// </remarks>
    public async Task<IReadOnlyList<TrainingElement>> ListAsync(string part, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var request = new ListTrainingJobsRequest
        {
            NameContains = part,
            CreationTimeAfter = since - Skew,
            SortBy = "CreationTime",
            SortOrder = "Descending",
            MaxResults = SageMakerClient.MaxPage,
        };
        var (found, count) = (new List<TrainingElement>(), 0);
        try
        {
            await foreach (var job in connection.Jobs.ListTrainingJobsAsync(request, cancellationToken))
            {
                count++;
                // SageMaker looks for the part anywhere in a name, and ignores case.
                if (!job.TrainingJobName.StartsWith(part, StringComparison.Ordinal)) continue;
                if (TrainingName.Read(job.TrainingJobName) is not { } name) continue;
                var listed = Merge(name, job);
                _elements[name.Attempt] = listed;
                found.Add(listed);
            }
        }
        finally
        {
            pace.Count(1 + count / SageMakerClient.MaxPage);
        }

        return found;
    }

    // A listing tells the status; a description tells more. What was described stays until the job changes.
    private TrainingElement Merge(TrainingName name, TrainingJobSummary job)
    {
        var known = Find(name.Attempt);
        var seen = (known ?? new TrainingElement(name, "", TrainingStates.Starting(job.TrainingJobName)) { CreatedAt = time.GetUtcNow() })
            with
        {
            CreatedAt = job.CreationTime ?? known?.CreatedAt ?? time.GetUtcNow(),
            ModifiedAt = job.LastModifiedTime,
            Round = _round,
        };
        // A listing may be a moment behind: an end is never taken back.
        if (known is { HasEnded: true } || known?.Status == job.TrainingJobStatus) return seen;
        return seen with { Status = job.TrainingJobStatus };
    }
}
