using Tenfold.Aws.Jobs;
using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker.Observe;

/// <summary>
/// Finds the states of attempts. A listing costs one call for a hundred jobs, and tells which of them changed. Only a job that changed,
/// and of which the store does not know more, is described. Between rounds, the last states count.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="store">The store in which the agents report.</param>
/// <param name="index">The jobs that this process has seen.</param>
/// <param name="pace">Spaces the rounds.</param>
/// <param name="time">The clock.</param>
internal sealed class TrainingObserver(
    SageMakerConnection connection, IStore store, TrainingIndex index, CallPace pace, TimeProvider time)
{
    /// <summary>The most descriptions of a round. The others wait for the next rounds.</summary>
    public const int MaxDescriptions = 20;

    private const int ReadsAtOnce = 32, CallsAtOnce = 4, ThrottlePenalty = 5;

    // A listing by name costs a call for each group; above this, one listing of the whole ledger is cheaper.
    private const int MostGroups = 2;

    private readonly FailureExplainer _explainer = new(connection, store);
    private readonly StoredAttempts _attempts = new(store);
    private readonly UnlistedJobs _unlisted = new(connection, store, index, pace, time);

    /// <inheritdoc cref="ITarget.ObserveAsync"/>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        index.ForgetExcept(attempts);
        IReadOnlySet<string> missing = new HashSet<string>();
        try
        {
            if (pace.IsDue) missing = await LookUpAsync(attempts, cancellationToken);
            else await ReadClaimsAsync(attempts, cancellationToken);
        }
        catch (AwsException e) when (e.Fault == AwsFault.Throttled && attempts.All(attempt => index.Find(attempt) is not null))
        {
            // The last states count a little longer.
            pace.Count(ThrottlePenalty);
        }

        var states = new List<BackendState>();
        foreach (var chunk in attempts.Chunk(ReadsAtOnce))
            states.AddRange(await Task.WhenAll(chunk.Select(attempt => StateOfAsync(attempt, missing, cancellationToken))));
        return states;
    }

    /// <summary>Lists the jobs of attempts, and finds out more about those that changed.</summary>
    /// <returns>The attempts whose jobs do not exist, as SageMaker says of each name.</returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<IReadOnlySet<string>> LookUpAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var open = new List<string>();
        foreach (var chunk in attempts.Chunk(ReadsAtOnce))
        {
            var isOpen = await Task.WhenAll(chunk.Select(attempt => IsOpenAsync(attempt, cancellationToken)));
            open.AddRange(chunk.Zip(isOpen).Where(pair => pair.Second).Select(pair => pair.First));
        }

        await ListAsync(open, cancellationToken);
        var hosts = new List<string?>();
        foreach (var chunk in open.Chunk(ReadsAtOnce))
            hosts.AddRange(await Task.WhenAll(chunk.Select(attempt => HostOfAsync(attempt, cancellationToken))));
        var search = new UnlistedJobs.Search(MaxDescriptions);
        await _unlisted.FindAsync(hosts.OfType<string>(), search, cancellationToken);
        var jobs = open.Zip(hosts, (attempt, host) => host is not null && index.Find(host) is not null ? host : attempt).ToHashSet();
        await _unlisted.FindAsync(jobs, search, cancellationToken);
        foreach (var chunk in jobs.Select(index.Find).OfType<TrainingElement>().Chunk(ReadsAtOnce))
            await Task.WhenAll(chunk.Select(element => ReadStoreAsync(element, cancellationToken)));
        var unclear = jobs.Select(index.Find).OfType<TrainingElement>().Where(NeedsDescription)
            .OrderByDescending(element => element.HasEnded).Take(search.CallsLeft).ToList();
        pace.Count(unclear.Count);
        foreach (var chunk in unclear.Chunk(CallsAtOnce))
            await Task.WhenAll(chunk.Select(element => DescribeAsync(element, cancellationToken)));
        return search.Missing;
    }

    /// <summary>Lists the jobs of attempts, and asks nothing else.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task ListAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        index.BeginRound();
        foreach (var root in await FindRootsAsync(attempts, cancellationToken))
            await index.ListAsync(root.Part, root.Since, cancellationToken);
    }

    // Between the rounds, the store tells which of the oldest waiting attempts have begun.
    private async Task ReadClaimsAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var waiting = attempts.Select(index.Find).OfType<TrainingElement>()
            .Where(element => element is { HasEnded: false, HasBegun: false })
            .OrderBy(element => element.CreatedAt).Take(ReadsAtOnce);
        await Task.WhenAll(waiting.Select(element => ReadStoreAsync(element, cancellationToken)));
    }

    // An attempt's own job may have ended while the job of an earlier attempt executes it.
    private async Task<bool> IsOpenAsync(string attempt, CancellationToken cancellationToken) =>
        index.Find(attempt) is not { IsExplained: true }
        || (await HostOfAsync(attempt, cancellationToken) is { } host && index.Find(host) is not { IsExplained: true });

    // The earlier attempt whose job executes an attempt; null when its own job does, or none. A run's first attempt has no earlier job.
    private async Task<string?> HostOfAsync(string attempt, CancellationToken cancellationToken) =>
        index.Find(attempt) is { HasEnded: false } || attempt.EndsWith("-1", StringComparison.Ordinal)
            ? null : (await _attempts.FindClaimAsync(attempt, cancellationToken))?.HostAttempt;

    // The store knows more than SageMaker: an agent that has claimed an attempt runs it, and a reported end needs no explanation.
    private async Task ReadStoreAsync(TrainingElement element, CancellationToken cancellationToken)
    {
        if (element.HasEnded)
        {
            if (element.Status == "Completed")
                index.Update(element with { State = TrainingStates.Completed($"{element.Name}"), IsExplained = true });
            else if (await _attempts.HasEndedAsync(element.Attempt, cancellationToken))
                index.Update(element with { State = TrainingStates.Reported($"{element.Name}", element.Status), IsExplained = true });
            return;
        }

        var hasBegun = element.HasBegun || await store.ExistsAsync(AttemptKeys.Claim(element.Attempt), cancellationToken);
        var state = hasBegun ? TrainingStates.Running
            : element.Status == "Stopping" ? TrainingStates.Stopping($"{element.Name}") : element.State;
        index.Update(element with { HasBegun = hasBegun, State = state });
    }

    private static bool NeedsDescription(TrainingElement element) => element.HasEnded
        ? !element.IsExplained
        : !element.HasBegun && element.Status == "InProgress" && element.ModifiedAt is { } at && at != element.DescribedAt;

    private async Task DescribeAsync(TrainingElement element, CancellationToken cancellationToken)
    {
        TrainingJob job;
        try
        {
            job = await connection.Jobs.DescribeTrainingJobAsync(new(element.Name.ToString()), cancellationToken);
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // The job is not visible everywhere yet, or was deleted a moment ago. The next listing tells.
            return;
        }

        var seen = element with { Status = job.TrainingJobStatus, DescribedAt = element.ModifiedAt };
        index.Update(seen.HasEnded
            ? seen with { State = await _explainer.ExplainAsync(seen, job, cancellationToken), IsExplained = true }
            : seen with { State = seen.Status == "Stopping" ? TrainingStates.Stopping($"{seen.Name}") : TrainingStates.OfWaiting(job) });
    }

    private async Task<BackendState> StateOfAsync(string attempt, IReadOnlySet<string> missing, CancellationToken cancellationToken)
    {
        var own = index.Find(attempt);
        if (own is { HasEnded: false }) return StateOf(own);
        // The claim says which job executes the attempt, also when its own job has ended.
        if (await HostOfAsync(attempt, cancellationToken) is { } name)
        {
            if (index.Find(name) is { } host) return StateOf(host);
            // The host may run still, so the end of the attempt's own job says nothing yet.
            if (own is not null && !missing.Contains(name)) return new BackendState(BackendKind.Unknown);
        }

        if (own is not null) return StateOf(own);
        // An attempt that was never submitted can't be missing.
        if (!await store.ExistsAsync(AttemptKeys.Assignment(attempt), cancellationToken)) return new BackendState(BackendKind.Gone);
        return missing.Contains(attempt) ? TrainingStates.NotListed(job: null) : new BackendState(BackendKind.Unknown);

        // An end is explained in one of the next rounds.
        BackendState StateOf(TrainingElement job) => job switch
        {
            { HasEnded: false } => missing.Contains(job.Attempt) ? TrainingStates.NotListed($"{job.Name}") : job.State,
            { IsExplained: false } => new BackendState(BackendKind.Unknown),
            _ => job.State,
        };
    }

    /// <summary>Finds the job of an earlier attempt that executes an attempt; null when none does.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<TrainingElement?> FindHostAsync(string attempt, CancellationToken cancellationToken) =>
        await HostOfAsync(attempt, cancellationToken) is { } host ? index.Find(host) : null;

    // What to list, so that every open attempt's job is listed, and the job of an earlier attempt that may execute it.
    private async Task<IReadOnlyList<(string Part, DateTimeOffset? Since)>> FindRootsAsync(
        IReadOnlyList<string> open, CancellationToken cancellationToken)
    {
        var sought = new List<(string Ledger, string Root, DateTimeOffset Since)>();
        foreach (var chunk in open.GroupBy(RootOf).Chunk(ReadsAtOnce))
        {
            var read = await Task.WhenAll(chunk.Select(root => DescribeRootAsync(root.Key, [.. root], cancellationToken)));
            sought.AddRange(read.OfType<(string, string, DateTimeOffset)>());
        }

        return
        [
            .. sought.GroupBy(root => root.Ledger).SelectMany(ledger => ledger.Count() > MostGroups
                ? [(TrainingName.StartOf(ledger.Key), ledger.Min(root => root.Since))]
                : ledger.Select(root => ($"{TrainingName.StartOf(root.Ledger)}{root.Root}-", (DateTimeOffset?)root.Since))),
        ];
    }

    private async Task<(string Ledger, string Root, DateTimeOffset Since)?> DescribeRootAsync(
        string root, IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var known = attempts.Select(index.Find).ToList();
        if (known.All(element => element is not null))
            return (known[0]!.Name.Ledger, root, known.Min(element => element!.CreatedAt));
        foreach (var attempt in attempts)
            if (await _attempts.FindAssignmentAsync(attempt, cancellationToken) is { } assignment)
                return (assignment.Ledger, root, assignment.CreatedAt);
        return null;
    }

    private static string RootOf(string attempt) => RunNames.StudyOf(attempt) ?? RunNames.GroupOf(attempt);
}
