using System.Text.Json;
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

    // A job that SageMaker doesn't list may still appear.
    private static readonly TimeSpan InvisibleFor = TimeSpan.FromMinutes(2);

    private readonly FailureExplainer _explainer = new(connection, store);
    private readonly TrainingClaimReader _claims = new(store);

    /// <inheritdoc cref="ITarget.ObserveAsync"/>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        index.ForgetExcept(attempts);
        var wasListed = false;
        try
        {
            if (pace.IsDue)
            {
                await LookUpAsync(attempts, cancellationToken);
                wasListed = true;
            }
            else await ReadClaimsAsync(attempts, cancellationToken);
        }
        catch (AwsException e) when (e.Fault == AwsFault.Throttled && attempts.All(attempt => index.Find(attempt) is not null))
        {
            // The last states count a little longer.
            pace.Count(ThrottlePenalty);
        }

        var states = new List<BackendState>();
        foreach (var chunk in attempts.Chunk(ReadsAtOnce))
            states.AddRange(await Task.WhenAll(chunk.Select(attempt => StateOfAsync(attempt, wasListed, cancellationToken))));
        return states;
    }

    /// <summary>Lists the jobs of attempts, and finds out more about those that changed.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task LookUpAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var open = attempts.Where(attempt => index.Find(attempt) is not { IsExplained: true }).ToList();
        await ListAsync(open, cancellationToken);
        var jobs = new HashSet<string>();
        foreach (var chunk in open.Chunk(ReadsAtOnce))
            jobs.UnionWith(await Task.WhenAll(chunk.Select(attempt => FindExecutorAsync(attempt, cancellationToken))));
        foreach (var chunk in jobs.Select(index.Find).OfType<TrainingElement>().Chunk(ReadsAtOnce))
            await Task.WhenAll(chunk.Select(element => ReadStoreAsync(element, cancellationToken)));
        var unclear = jobs.Select(index.Find).OfType<TrainingElement>().Where(NeedsDescription)
            .OrderByDescending(element => element.HasEnded).Take(MaxDescriptions).ToList();
        pace.Count(unclear.Count);
        foreach (var chunk in unclear.Chunk(CallsAtOnce))
            await Task.WhenAll(chunk.Select(element => DescribeAsync(element, cancellationToken)));
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

    // The attempt whose job executes an attempt: its own, unless only the claim names another.
    private async Task<string> FindExecutorAsync(string attempt, CancellationToken cancellationToken) =>
        index.Find(attempt) is null && await FindHostAsync(attempt, cancellationToken) is { } host ? host.Attempt : attempt;

    // The store knows more than SageMaker: an agent that has claimed an attempt runs it, and a reported end needs no explanation.
    private async Task ReadStoreAsync(TrainingElement element, CancellationToken cancellationToken)
    {
        if (element.HasEnded)
        {
            if (element.Status == "Completed")
                index.Update(element with { State = TrainingStates.Completed($"{element.Name}"), IsExplained = true });
            else if (await _claims.HasEndedAsync(element.Attempt, cancellationToken))
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

    private async Task<BackendState> StateOfAsync(string attempt, bool wasListed, CancellationToken cancellationToken)
    {
        if (index.Find(attempt) is { } element)
        {
            if (!element.HasEnded)
                return wasListed && element.Round < index.Round && time.GetUtcNow() - element.CreatedAt > InvisibleFor
                    ? TrainingStates.NotListed($"{element.Name}") : element.State;
            // Its end is explained in one of the next rounds.
            if (!element.IsExplained) return new BackendState(BackendKind.Unknown);
            return await FindHostAsync(attempt, cancellationToken) is { HasEnded: false } host ? host.State : element.State;
        }

        if (await FindHostAsync(attempt, cancellationToken) is { } other)
            return other is { HasEnded: true, IsExplained: false } ? new BackendState(BackendKind.Unknown) : other.State;
        // An attempt that was never submitted can't be missing.
        if (await ReadIntentAsync(store, attempt, cancellationToken) is not { } intendedAt) return new BackendState(BackendKind.Gone);
        return wasListed && time.GetUtcNow() - intendedAt > InvisibleFor
            ? TrainingStates.NotListed(job: null) : new BackendState(BackendKind.Unknown);
    }

    /// <summary>Finds the job of an earlier attempt that executes an attempt; null when none does.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<TrainingElement?> FindHostAsync(string attempt, CancellationToken cancellationToken)
    {
        // The first attempt of a run has no earlier job.
        if (attempt.EndsWith("-1", StringComparison.Ordinal)) return null;
        var claim = await _claims.ReadAsync(attempt, cancellationToken);
        return claim?.HostAttempt is { } host ? index.Find(host) : null;
    }

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
            if (await ReadAssignmentAsync(store, attempt, cancellationToken) is { } assignment)
                return (assignment.Ledger, root, assignment.CreatedAt);
        return null;
    }

    private static string RootOf(string attempt) => RunNames.StudyOf(attempt) ?? RunNames.GroupOf(attempt);

    /// <summary>Reads when an attempt was last about to be submitted: then its assignment was written.</summary>
    /// <returns>Null when it never was.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    private static async Task<DateTimeOffset?> ReadIntentAsync(IStore store, string attempt, CancellationToken cancellationToken)
    {
        var key = AttemptKeys.Assignment(attempt);
        await foreach (var entry in store.ListAsync($"{Path.GetDirectoryName(key)}/", cancellationToken))
            if (entry.Key == key) return entry.ModifiedAt;
        return null;
    }

    /// <summary>Reads an attempt's assignment; null when there is none, or it is damaged.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public static async Task<Assignment?> ReadAssignmentAsync(IStore store, string attempt, CancellationToken cancellationToken)
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
}
