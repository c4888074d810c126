using System.Text.Json;
using Tenfold.Aws.Batch.Observe;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Secrets;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch.Submit;

/// <summary>
/// Submits attempts. SubmitJob has no client token: a second call makes a second job. So a search by name comes first, and an attempt that
/// was about to be submitted a moment ago waits until its job must be visible.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="store">The store.</param>
/// <param name="archives">Puts the agent into the store.</param>
/// <param name="session">The user who submits.</param>
/// <param name="secrets">Stores the secrets of runs.</param>
/// <param name="index">The jobs that this process has seen.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchSubmitter(
    BatchConnection connection, IStore store, IAgentArchives archives, UserSession session, SecretStorage secrets, JobIndex index,
    TimeProvider time)
{
    private const int WritesAtOnce = 32;

    // How long Batch may hide a new job from its listings.
    private static readonly TimeSpan InvisibleFor = TimeSpan.FromMinutes(1);

    // How long to wait before an attempt without room is submitted again, because each try costs calls.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly DefinitionRegistry _definitions = new(connection, time);
    private readonly RecentlyUsed<string, (StartOutcome Outcome, long Since)> _held = new(10 * Pause, time);

    // The intents of this process (the times of their assignments in the store) for which Batch certainly refused to make a job. Another
    // process that submits the attempt writes the assignment again, so that its intent has another time.
    private readonly RecentlyUsed<string, DateTimeOffset> _certainlyRefused = new(2 * InvisibleFor, time);

    /// <inheritdoc cref="ITarget.StartAsync"/>
    /// <param name="assignments">The attempts.</param>
    /// <param name="place">The place.</param>
    /// <param name="lookUpAsync">Looks for the jobs of attempts.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="AwsException">AWS refused a call that must precede a submission, or gave no answer.</exception>
    public async Task<IReadOnlyList<StartOutcome>> StartAsync(
        IReadOnlyList<Assignment> assignments, BatchPlace place, Func<IReadOnlyList<SoughtAttempt>, Task> lookUpAsync,
        CancellationToken cancellationToken)
    {
        var outcomes = new Dictionary<string, StartOutcome>();
        foreach (var assignment in assignments)
            if (index.Find(assignment.Attempt) is not null) outcomes[assignment.Attempt] = StartOutcome.Started;
            else if (_held.TryGet(assignment.Attempt, out var held) && time.GetElapsedTime(held.Since) < Pause)
                outcomes[assignment.Attempt] = held.Outcome;
        if (Rest() is { Count: > 0 })
        {
            var queues = await connection.GetQueuesAsync(place.Queues, cancellationToken);
            foreach (var assignment in Rest())
                if (QueueLimits.FaultsOf(assignment, place, queues).ToList() is { Count: > 0 } faults)
                    outcomes[assignment.Attempt] = new StartOutcome(
                        StartKind.Invalid, faults[0] with { Words = string.Join("; ", faults.Select(fault => fault.Words)) });
            await lookUpAsync([.. Rest().Select(assignment => SoughtAttempt.Of(assignment, place)).OfType<SoughtAttempt>()]);
            foreach (var assignment in Rest())
                if (index.Find(assignment.Attempt) is not null) outcomes[assignment.Attempt] = StartOutcome.Started;
                else if (RefuseNow(assignment, place, queues, outcomes, assignments) is { } later) outcomes[assignment.Attempt] = later;
            await StoreSecretsAsync(Rest(), place, outcomes, cancellationToken);
            await SubmitAsync(Rest(), place, queues, outcomes, cancellationToken);
        }

        foreach (var (attempt, outcome) in outcomes) Remember(attempt, outcome);
        return [.. assignments.Select(assignment => outcomes[assignment.Attempt])];

        List<Assignment> Rest() => [.. assignments.Where(assignment => !outcomes.ContainsKey(assignment.Attempt))];
    }

    private async Task StoreSecretsAsync(
        List<Assignment> wanted, BatchPlace place, Dictionary<string, StartOutcome> outcomes, CancellationToken cancellationToken)
    {
        var refusals = await secrets.StoreAsync(wanted, place.Stack, cancellationToken);
        foreach (var assignment in wanted)
        {
            if (refusals.GetValueOrDefault(assignment.Group) is not { } refusal) continue;
            outcomes[assignment.Attempt] = new StartOutcome(refusal.Kind, refusal.MissingNames is { } missing
                ? new Reason.SecretsMissing(missing)
                : BatchReason.Of(BatchFact.SecretsNotPassed, refusal.Words, refusal.Code));
        }
    }

    private StartOutcome? RefuseNow(
        Assignment assignment, BatchPlace place, IReadOnlyList<QueueFacts> queues, Dictionary<string, StartOutcome> outcomes,
        IReadOnlyList<Assignment> all)
    {
        var queue = queues.First(known => known.Is(place.QueueFor(assignment.Spec.Resources, BatchOptions.Of(assignment))!));
        if (queue.Queue.State == "DISABLED") return Postponed(queue.Trouble);
        if (assignment.Spec.Parallel is not { } parallel) return null;
        // An array has no limit of its own, so attempts are submitted as others end.
        var before = all.TakeWhile(other => other.Attempt != assignment.Attempt)
            .Count(other => other.Group == assignment.Group && !outcomes.ContainsKey(other.Attempt));
        return index.CountLive(assignment.Group) + before >= parallel
            ? new(StartKind.NoCapacity, new Reason.WaitsForGroup(parallel)) : null;
    }

    private async Task SubmitAsync(
        List<Assignment> wanted, BatchPlace place, IReadOnlyList<QueueFacts> queues, Dictionary<string, StartOutcome> outcomes,
        CancellationToken cancellationToken)
    {
        foreach (var submission in JobSubmission.Plan(wanted, place, queues))
        {
            var writtenSince = time.GetTimestamp();
            var prepared = new List<(Assignment Assignment, string Sha256)>();
            foreach (var chunk in submission.Assignments.Chunk(WritesAtOnce))
            {
                var written = await Task.WhenAll(chunk.Select(assignment => PrepareAsync(assignment, cancellationToken)));
                foreach (var (assignment, (sha256, outcome)) in chunk.Zip(written))
                    if (outcome is not null) outcomes[assignment.Attempt] = outcome;
                    else prepared.Add((assignment, sha256));
            }

            if (prepared.Count == 0) continue;
            var list = new AttemptList([.. prepared.Select(pair => new AttemptList.Entry(pair.Assignment.Attempt, pair.Sha256))]);
            var rest = submission with { Assignments = [.. prepared.Select(pair => pair.Assignment)] };
            var result = await SubmitAsync(rest, list, writtenSince, cancellationToken);
            foreach (var attempt in list.Attempts) outcomes[attempt] = result;
        }
    }

    // The assignment is written just before the submission, so its time is the last at which a job may have been submitted.
    private async Task<(string Sha256, StartOutcome? Outcome)> PrepareAsync(Assignment assignment, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment);
        var sha256 = AttemptList.Hash(json);
        if (await store.TryCreateAsync(AttemptKeys.Assignment(assignment.Attempt), json, cancellationToken)) return (sha256, null);
        if (await store.ExistsAsync(AttemptKeys.Claim(assignment.Attempt), cancellationToken)) return (sha256, StartOutcome.Started);
        if (await BatchObserver.ReadIntentAsync(store, assignment.Attempt, cancellationToken) is { } intendedAt
            && time.GetUtcNow() - intendedAt < InvisibleFor
            && !(_certainlyRefused.TryGet(assignment.Attempt, out var refusedAt) && refusedAt == intendedAt))
        {
            return (sha256, Postponed(BatchReason.Of(
                BatchFact.SubmissionInterrupted,
                "an earlier submission was interrupted, and AWS Batch may show its job late: Tenfold waits a minute, then submits again")));
        }

        await store.WriteAsync(AttemptKeys.Assignment(assignment.Attempt), json, cancellationToken);
        return (sha256, null);
    }

    private async Task<StartOutcome> SubmitAsync(
        JobSubmission submission, AttemptList list, long writtenSince, CancellationToken cancellationToken)
    {
        var isSent = false;
        try
        {
            // Another shell, or this one after a repair, may be able to deliver the agent.
            if (!(await archives.UploadAsync(store, cancellationToken)).Succeeded(out var agent, out var refusal))
                return Postponed(BatchReason.Of(BatchFact.AgentNotDelivered, $"{refusal.Message.TrimEnd('.')}; Tenfold will retry"));
            var start = new StartVariables
            {
                Store = store.Url,
                Region = submission.Place.Region,
                Agent = agent,
                List = list,
                Setup = submission.Options.Setup,
                Key = session.EnvironmentKey.Value,
                Secrets = submission.Secrets,
                Session = session.Environment,
            };
            await list.WriteAsync(store, cancellationToken);
            var definition = await _definitions.EnsureAsync(submission.Definition, cancellationToken);
            var request = submission.ToRequest(definition, start);
            if (JobSubmission.Refuse(request) is { } tooLarge)
                return new StartOutcome(StartKind.Invalid, BatchReason.Of(BatchFact.VariablesTooLong, tooLarge));
            isSent = true;
            var answer = await connection.Batch.SubmitJobAsync(request, cancellationToken);
            index.Add(new BatchParent(answer.JobId, submission.Queue, list.Attempts));
            return StartOutcome.Started;
        }
        catch (AwsException e) when (isSent && e.MayHaveTakenEffect)
        {
            return await FindSubmittedAsync(submission, list, e, cancellationToken);
        }
        catch (AwsException e)
        {
            await NoteRefusalAsync(list.Attempts, writtenSince, cancellationToken);
            return await ToOutcomeAsync(e, submission, cancellationToken);
        }
    }

    // Another process waits a minute after this one has written an assignment. Until then, the assignment in the store is this process's.
    private async Task NoteRefusalAsync(IReadOnlyList<string> attempts, long writtenSince, CancellationToken cancellationToken)
    {
        foreach (var chunk in attempts.Chunk(WritesAtOnce))
        {
            var intents = await Task.WhenAll(chunk.Select(attempt => BatchObserver.ReadIntentAsync(store, attempt, cancellationToken)));
            if (time.GetElapsedTime(writtenSince) >= InvisibleFor) return;
            foreach (var (attempt, intent) in chunk.Zip(intents))
                if (intent is { } at) _certainlyRefused.Set(attempt, at);
        }
    }

    private async Task<StartOutcome> FindSubmittedAsync(
        JobSubmission submission, AttemptList list, AwsException fault, CancellationToken cancellationToken)
    {
        try
        {
            var first = SoughtAttempt.Of(submission.Assignments[0], submission.Place);
            await index.LookUpAsync([first!], cancellationToken);
        }
        catch (AwsException)
        {
            // The next round looks again.
        }

        if (index.Find(list.Attempts[0]) is not null) return StartOutcome.Started;
        // The next submission must wait until the job of this one would be visible.
        foreach (var attempt in list.Attempts) _certainlyRefused.Remove(attempt);
        return Postponed(BatchReason.Of(
            BatchFact.SubmissionUnanswered,
            $"AWS gave no answer to the submission ({fault.Message}); Tenfold looks for the job before it submits again",
            answer: fault.Detail));
    }

    private async Task<StartOutcome> ToOutcomeAsync(AwsException e, JobSubmission submission, CancellationToken cancellationToken)
    {
        var refusal = Reason(BatchFact.SubmissionRefused);
        switch (e.Fault)
        {
            case AwsFault.Denied:
                return new StartOutcome(StartKind.Denied, refusal);
            case AwsFault.Limit:
                return new StartOutcome(StartKind.Quota, refusal);
            case AwsFault.Invalid or AwsFault.NotFound or AwsFault.Conflict:
                // A definition may be known to one of Batch's servers and not to another.
                return await HasChangedAsync(submission, cancellationToken) || AwsTexts.IsOfMissingDefinition(e)
                    ? Postponed(refusal) : new StartOutcome(StartKind.Invalid, refusal);
            default:
                return Postponed(Reason(BatchFact.SubmissionFailed));
        }

        Reason.OfBackend Reason(BatchFact fact) =>
            BatchReason.Of(fact, e.Message, e.Code.Length > 0 ? e.Code : null, e.Detail, ("queue", submission.Queue));
    }

    // True when the queue or the definition has changed since it was described. Then the refusal may not be of the job itself.
    private async Task<bool> HasChangedAsync(JobSubmission submission, CancellationToken cancellationToken)
    {
        connection.Forget();
        try
        {
            var queues = await connection.GetQueuesAsync(submission.Place.Queues, cancellationToken);
            return queues.First(queue => queue.Is(submission.Queue)).Queue is not { State: "ENABLED", Status: "VALID" }
                || await _definitions.RefreshAsync(submission.Definition, cancellationToken);
        }
        catch (Exception e) when (e is AwsException or TargetException)
        {
            return true;
        }
    }

    private static StartOutcome Postponed(Reason? reason) => new(StartKind.NoCapacity, reason);

    private void Remember(string attempt, StartOutcome outcome)
    {
        if (outcome.Kind is not (StartKind.NoCapacity or StartKind.Quota)) _held.Remove(attempt);
        else if (!_held.TryGet(attempt, out var held) || time.GetElapsedTime(held.Since) >= Pause)
            _held.Set(attempt, (outcome, time.GetTimestamp()));
    }
}
