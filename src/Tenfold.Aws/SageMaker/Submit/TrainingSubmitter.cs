using System.Text.Json;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.SageMaker.Observe;
using Tenfold.Aws.Secrets;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker.Submit;

/// <summary>
/// Creates training jobs. SageMaker allows a name once, and an attempt's job is named after the attempt. So a second request can't create a
/// second job: it fails, which tells that the first one arrived.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="store">The store.</param>
/// <param name="archives">Puts the agent into the store.</param>
/// <param name="session">The user who submits.</param>
/// <param name="secrets">Stores the secrets of runs.</param>
/// <param name="index">The jobs that this process has seen.</param>
/// <param name="time">The clock.</param>
internal sealed class TrainingSubmitter(
    SageMakerConnection connection, IStore store, IAgentArchives archives, UserSession session,
    SecretStorage secrets, TrainingIndex index, TimeProvider time)
{
    private const int WritesAtOnce = 32;

    // How long to wait before an attempt without room is submitted again, because each try costs calls.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly RecentlyUsed<string, (StartOutcome Outcome, long Since)> _held = new(10 * Pause, time);

    /// <inheritdoc cref="ITarget.StartAsync"/>
    /// <param name="assignments">The attempts.</param>
    /// <param name="place">The place.</param>
    /// <param name="lookUpAsync">Lists the jobs of attempts.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="AwsException">AWS refused a call that must precede a submission, or gave no answer.</exception>
    public async Task<IReadOnlyList<StartOutcome>> StartAsync(
        IReadOnlyList<Assignment> assignments, SageMakerPlace place, Func<IReadOnlyList<string>, Task> lookUpAsync,
        CancellationToken cancellationToken)
    {
        var outcomes = new Dictionary<string, StartOutcome>();
        foreach (var one in assignments)
            if (index.Find(one.Attempt) is not null) outcomes[one.Attempt] = StartOutcome.Started;
            else if (TrainingLimits.FaultsOf(one, place) is { Count: > 0 } faults)
                outcomes[one.Attempt] = new StartOutcome(
                    StartKind.Invalid, SageMakerReason.Of(SageMakerFact.Refused, string.Join("; ", faults)));
            else if (_held.TryGet(one.Attempt, out var held) && time.GetElapsedTime(held.Since) < Pause)
                outcomes[one.Attempt] = held.Outcome;
        if (Rest() is { Count: > 0 })
        {
            await PrepareAsync(Rest(), outcomes, cancellationToken);
            // What an earlier process submitted shows in one call. A job that is not visible yet is found by its name, below.
            await lookUpAsync([.. Rest().Select(one => one.Attempt)]);
            foreach (var one in Rest())
                if (index.Find(one.Attempt) is not null) outcomes[one.Attempt] = StartOutcome.Started;
            await StoreSecretsAsync(Rest(), place, outcomes, cancellationToken);
            await SubmitAsync(Rest(), place, outcomes, cancellationToken);
        }

        foreach (var (attempt, outcome) in outcomes) Hold(attempt, outcome);
        return [.. assignments.Select(one => outcomes[one.Attempt])];

        List<Assignment> Rest() => [.. assignments.Where(one => !outcomes.ContainsKey(one.Attempt))];
    }

    // Agents read their assignments from the store, so these are written before anything is submitted. An attempt with a claim has begun or
    // ended, even if SageMaker lists no job of it: the job of an earlier attempt may execute it, or its job was deleted.
    private async Task PrepareAsync(
        List<Assignment> wanted, Dictionary<string, StartOutcome> outcomes, CancellationToken cancellationToken)
    {
        foreach (var chunk in wanted.Chunk(WritesAtOnce))
        {
            var begun = await Task.WhenAll(chunk.Select(async one =>
                !await store.TryCreateAsync(AttemptKeys.Assignment(one.Attempt), ToJson(one), cancellationToken)
                && await store.ExistsAsync(AttemptKeys.Claim(one.Attempt), cancellationToken)));
            foreach (var (one, hasBegun) in chunk.Zip(begun))
                if (hasBegun) outcomes[one.Attempt] = StartOutcome.Started;
        }
    }

    private async Task StoreSecretsAsync(
        List<Assignment> wanted, SageMakerPlace place, Dictionary<string, StartOutcome> outcomes, CancellationToken cancellationToken)
    {
        var refusals = await secrets.StoreAsync(wanted, place.Stack, cancellationToken);
        foreach (var one in wanted)
            if (refusals.TryGetValue(one.Group, out var refusal))
                outcomes[one.Attempt] = new StartOutcome(refusal.Kind, refusal.MissingNames is { } missing
                    ? new Reason.SecretsMissing(missing)
                    : SageMakerReason.Of(SageMakerFact.SecretsNotPassed, refusal.Words, state: refusal.Code));
    }

    // One after another: SageMaker accepts one submission a second.
    private async Task SubmitAsync(
        List<Assignment> wanted, SageMakerPlace place, Dictionary<string, StartOutcome> outcomes, CancellationToken cancellationToken)
    {
        if (wanted.Count == 0) return;
        if (!(await archives.UploadAsync(store, cancellationToken)).Succeeded(out var agent, out var refused))
        {
            // Another shell, or this one after a repair, may be able to deliver the agent.
            var later = SageMakerReason.Of(SageMakerFact.AgentNotDelivered, $"{refused.Message.TrimEnd('.')}; Tenfold will retry");
            foreach (var one in wanted) outcomes[one.Attempt] = new StartOutcome(StartKind.NoCapacity, later);
            return;
        }

        // What one attempt is refused for lack of room, every other attempt with such a machine is refused too.
        var refusals = new Dictionary<string, StartOutcome>();
        foreach (var one in wanted)
        {
            var machine = TrainingPlan.For(one.Spec.Resources, SageMakerOptions.Of(one), place, out _)!;
            var key = $"{machine.InstanceType} {machine.IsSpot}";
            if (refusals.TryGetValue(key, out var refusal) || refusals.TryGetValue("", out refusal))
            {
                outcomes[one.Attempt] = refusal;
                continue;
            }

            if (one.Spec.Parallel is { } parallel && index.CountLive(one.Group) >= parallel)
            {
                outcomes[one.Attempt] = new StartOutcome(StartKind.NoCapacity, new Reason.WaitsForGroup(parallel));
                continue;
            }

            var outcome = await SubmitAsync(one, machine, place, agent, cancellationToken);
            outcomes[one.Attempt] = outcome;
            if (outcome.Kind == StartKind.Quota) refusals[key] = outcome;
            else if (outcome.Reason is Reason.OfBackend reason && reason.Is(SageMakerFact.SubmissionsThrottled)) refusals[""] = outcome;
        }
    }

    private async Task<StartOutcome> SubmitAsync(
        Assignment one, TrainingPlan plan, SageMakerPlace place, AgentArchive agent, CancellationToken cancellationToken)
    {
        var json = ToJson(one);
        var name = TrainingName.Of(one.Ledger, one.Attempt);
        try
        {
            if (await IsForeignAsync(one, json, cancellationToken) && await ExistsAsync(name, cancellationToken))
            {
                // Another version of Tenfold has written the assignment, and its job runs only that one.
                index.Add(name);
                return StartOutcome.Started;
            }
        }
        catch (AwsException e)
        {
            return ToOutcome(e, plan);
        }

        // Others may write the store, so a job executes only what this process wrote. The time of the last write tells when the job may
        // have been created.
        var start = StartOf(one, plan, place, store.Url, agent, AttemptList.Hash(json), session);
        await store.WriteAsync(AttemptKeys.Assignment(one.Attempt), json, cancellationToken);
        await store.WriteAsync(start.Key, System.Text.Encoding.UTF8.GetBytes(start.Script), cancellationToken);
        var request = TrainingRequest.Of(one, plan, place, store.Url, agent, start);
        try
        {
            await CreateAsync(request, cancellationToken);
        }
        catch (AwsException e) when (e.Fault == AwsFault.Conflict)
        {
            return await CheckOwnerAsync(one, name, e, cancellationToken);
        }
        catch (AwsException e)
        {
            return ToOutcome(e, plan);
        }

        index.Add(name);
        return StartOutcome.Started;
    }

    private async Task<bool> IsForeignAsync(Assignment one, byte[] json, CancellationToken cancellationToken) =>
        await store.ReadAsync(AttemptKeys.Assignment(one.Attempt), cancellationToken) is { } stored && !stored.AsSpan().SequenceEqual(json);

    private async Task<bool> ExistsAsync(TrainingName name, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Jobs.DescribeTrainingJobAsync(new(name.ToString()), cancellationToken);
            return true;
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            return false;
        }
    }

    // After a lost answer, a second request tells whether the first arrived: then it is a conflict.
    private async Task CreateAsync(CreateTrainingJobRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Jobs.CreateTrainingJobAsync(request, cancellationToken);
        }
        catch (AwsException e) when (e.MayHaveTakenEffect)
        {
            await connection.Jobs.CreateTrainingJobAsync(request, cancellationToken);
        }
    }

    // The name is taken. The job's tags tell whether another ledger created it, or this one for another attempt. Tags may appear late, so
    // a tag that is missing tells nothing.
    private async Task<StartOutcome> CheckOwnerAsync(
        Assignment one, TrainingName name, AwsException conflict, CancellationToken cancellationToken)
    {
        try
        {
            var job = await connection.Jobs.DescribeTrainingJobAsync(new(name.ToString()), cancellationToken);
            var tags = await connection.Jobs.ListTagsAsync(new(job.TrainingJobArn), cancellationToken)
                .ToDictionaryAsync(tag => tag.Key, tag => tag.Value, cancellationToken: cancellationToken);
            if (tags.GetValueOrDefault(ResourceTags.Attempt, one.Attempt) != one.Attempt
                || tags.GetValueOrDefault(ResourceTags.Ledger, one.Ledger) != one.Ledger)
            {
                return new StartOutcome(StartKind.Invalid, SageMakerReason.Of(
                    SageMakerFact.NameTaken,
                    $"another training job has the name {name}, and SageMaker never allows a name twice: start a new run",
                    $"{name}", conflict.Code, conflict.Detail));
            }
        }
        catch (AwsException e) when (e.Fault is AwsFault.NotFound or AwsFault.Denied)
        {
            // The job is not visible yet, or the user may not read it. Its name says whose it is.
        }

        index.Add(name);
        return StartOutcome.Started;
    }

    private static StartOutcome ToOutcome(AwsException e, TrainingPlan plan)
    {
        var type = plan.IsSpot ? $"{plan.InstanceType} (spot)" : plan.InstanceType;
        return e.Fault switch
        {
            AwsFault.Denied when e.MayHaveTakenEffect is false => new StartOutcome(
                StartKind.Denied, Of(SageMakerFact.Denied, $"{e.Message}")),
            AwsFault.Limit => new StartOutcome(StartKind.Quota, Of(
                SageMakerFact.QuotaReached,
                $"a quota of the account does not allow the job on {type} now: request more in Service Quotas (Amazon SageMaker), or name "
                + $"another `instance_type` (AWS: {e.Detail.TrimEnd('.')})")),
            AwsFault.Capacity => new StartOutcome(StartKind.NoCapacity, Of(
                SageMakerFact.NoCapacity, $"AWS has no free {type} at the moment (AWS: {e.Detail.TrimEnd('.')})")),
            AwsFault.Invalid or AwsFault.NotFound => new StartOutcome(
                StartKind.Invalid, Of(SageMakerFact.RequestRefused, $"{e.Message}")),
            AwsFault.Throttled => new StartOutcome(StartKind.NoCapacity, Of(
                SageMakerFact.SubmissionsThrottled, "SageMaker takes no more submissions at the moment: Tenfold submits again soon")),
            AwsFault.ExpiredCredentials => new StartOutcome(StartKind.NoCapacity, Of(SageMakerFact.SubmissionUnanswered, e.Message)),
            _ => new StartOutcome(StartKind.NoCapacity, Of(
                SageMakerFact.SubmissionUnanswered, $"SageMaker gave no answer to the submission ({e.Message}): Tenfold submits again")),
        };

        Reason.OfBackend Of(SageMakerFact fact, string words) => SageMakerReason.Of(fact, words, null, e.Code, e.Detail);
    }

    /// <summary>How the job of an attempt begins.</summary>
    /// <param name="one">The attempt.</param>
    /// <param name="plan">Its job.</param>
    /// <param name="place">The place.</param>
    /// <param name="store">The URL of the store.</param>
    /// <param name="agent">The agent in the store.</param>
    /// <param name="sha256">The SHA-256 of the assignment.</param>
    /// <param name="session">The user who submits.</param>
    public static TrainingStart StartOf(
        Assignment one, TrainingPlan plan, SageMakerPlace place, string store, AgentArchive agent, string sha256,
        UserSession session) =>
        TrainingStart.Of(
            new StartVariables
            {
                Store = store,
                Region = place.Region,
                Agent = agent,
                List = new AttemptList([new AttemptList.Entry(one.Attempt, sha256)]),
                Setup = SageMakerOptions.Of(one).Setup,
                Secrets = one.Spec.Secrets.Count > 0 ? SecretPath.OfLedger(place.Stack, one.Ledger) : null,
                Session = session.Environment,
            },
            plan, session.EnvironmentKey.Value);

    /// <summary>An assignment as the store has it.</summary>
    public static byte[] ToJson(Assignment assignment) =>
        JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment);

    private void Hold(string attempt, StartOutcome outcome)
    {
        if (outcome.Kind is not (StartKind.NoCapacity or StartKind.Quota)) _held.Remove(attempt);
        else if (!_held.TryGet(attempt, out var held) || time.GetElapsedTime(held.Since) >= Pause)
            _held.Set(attempt, (outcome, time.GetTimestamp()));
    }
}
