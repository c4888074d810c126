using System.Text;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm;

/// <summary>
/// A Slurm cluster. Each job's comment names its attempts, so the queue alone tells what was submitted: after a crash between submitting
/// and recording, the next controller finds the jobs and submits nothing twice.
/// </summary>
/// <param name="slurm">The cluster, as this user sees it.</param>
/// <param name="store">The store in which the agents report.</param>
/// <param name="bundle">Brings the agent to the nodes.</param>
/// <param name="session">The user whose jobs these are.</param>
/// <param name="secrets">The secrets that this host has.</param>
/// <param name="time">The clock.</param>
internal sealed class SlurmTarget(
    ISlurm slurm, IStore store, IAgentBundle bundle, UserSession session, SecretSource secrets, TimeProvider time)
    : ITarget, IDescribesStart, ISharesFolder
{
    private const int WritesAtOnce = 32;

    private readonly ClaimReader _claims = new(store);
    private readonly JobEnvironment _environment = new(session.Environment, secrets, session.EnvironmentKey);
    private readonly SlurmObserver _observer = new(slurm, store, session.HomeFolder, secrets, time);
    private readonly SlurmCanceller _canceller = new(slurm, store, time);

    /// <inheritdoc/>
    public TargetCapabilities Capabilities { get; } =
        new("slurm", new CallsPerHundred(Start: 4, Observe: 2, Stop: 4)) { HasGpus = true };

    private bool IsStoreFolder => OutputFolder.IsFolder(store.Url);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        // The queue first: an earlier call may have been killed before its outcome was recorded.
        var queue = new QueueView(await slurm.ListJobsAsync(cancellationToken));
        var outcomes = new Dictionary<string, StartOutcome>();
        var partitions = await slurm.ListPartitionsAsync(cancellationToken);
        var admission = new AdmissionPolicy(queue, partitions, _environment);
        foreach (var assignment in assignments)
            if (queue.Find(assignment.Attempt) is not null) outcomes[assignment.Attempt] = StartOutcome.Started;
            else if (admission.Refuse(assignment) is { } refusal) outcomes[assignment.Attempt] = refusal;
        List<Assignment> wanted = [.. assignments.Where(assignment => !outcomes.ContainsKey(assignment.Attempt))];
        foreach (var attempt in await WriteAsync(wanted, cancellationToken)) outcomes[attempt] = StartOutcome.Started;
        wanted.RemoveAll(assignment => outcomes.ContainsKey(assignment.Attempt));
        if (wanted.Count > 0) await SubmitAsync(wanted, partitions, outcomes, cancellationToken);
        return [.. assignments.Select(assignment => outcomes[assignment.Attempt])];
    }

    /// <inheritdoc/>
    public async Task<Outcome<string>> DescribeAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        var facts = await slurm.GetFactsAsync(cancellationToken);
        var partitions = await slurm.ListPartitionsAsync(cancellationToken);
        List<string> faults =
        [
            .. assignments.Select(assignment => AdmissionPolicy.RefuseForever(assignment, partitions, _environment)?.Reason)
                .OfType<Reason>().Select(reason => $"the runs could not be submitted: {reason}.").Distinct(),
        ];
        if (faults.Count > 0) return Refusal.BadInput(faults);
        var text = new StringBuilder();
        foreach (var group in ByFolder(assignments))
        {
            if (!FolderOf(group.First()).Succeeded(out var folder, out var refusal)) return refusal;
            var delivered = HasSharedFolder(group.First())
                ? await bundle.LaunchOfAsync(folder, cancellationToken)
                : await bundle.ReadLaunchAsync(store, cancellationToken);
            if (!delivered.Succeeded(out var launch, out refusal)) return refusal;
            foreach (var request in Planner(facts, partitions, folder).Plan([.. group], launch))
                text.Append(slurm.Describe(request)).Append('\n');
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        _observer.ObserveAsync(attempts, cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        _canceller.StopAsync(attempts, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) =>
        await _claims.ListLiveAsync(new QueueView(await slurm.ListJobsAsync(cancellationToken)), ledger, cancellationToken);

    /// <inheritdoc/>
    public Outcome<string> FolderOf(WorkSpec work) =>
        FolderOf(work.Target is { } spec ? SlurmOptions.From(TargetSettings.From(spec)) : new SlurmOptions());

    // Agents read their assignments from the store, so these are written before anything is submitted. An attempt whose assignment exists
    // was submitted before. If it has a claim too, and Slurm no longer lists its job, it has ended.
    private async Task<IReadOnlyList<string>> WriteAsync(List<Assignment> assignments, CancellationToken cancellationToken)
    {
        var ended = new List<string>();
        foreach (var chunk in assignments.Chunk(WritesAtOnce))
        {
            var hasEnded = await Task.WhenAll(chunk.Select(async assignment =>
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment);
                var key = AttemptKeys.Assignment(assignment.Attempt);
                if (await store.TryCreateAsync(key, json, cancellationToken)) return false;
                if (await store.ExistsAsync(AttemptKeys.Claim(assignment.Attempt), cancellationToken)) return true;
                // The job gets the digest of this assignment. What lies there may be another program's.
                if (await store.ReadAsync(key, cancellationToken) is not { } stored || !stored.AsSpan().SequenceEqual(json))
                    await store.WriteAsync(key, json, cancellationToken);
                return false;
            }));
            ended.AddRange(chunk.Where((_, i) => hasEnded[i]).Select(assignment => assignment.Attempt));
        }

        return ended;
    }

    private async Task SubmitAsync(
        List<Assignment> wanted, IReadOnlyList<Partition> partitions, Dictionary<string, StartOutcome> outcomes,
        CancellationToken cancellationToken)
    {
        var facts = await slurm.GetFactsAsync(cancellationToken);
        var submitter = new JobSubmitter(slurm, outcomes);
        foreach (var group in ByFolder(wanted))
        {
            // An outcome for these attempts only, not an exception: other attempts must still be submitted and observed.
            if (await SubmitAsync([.. group], facts, partitions, submitter, cancellationToken) is { } refusal)
                foreach (var assignment in group) outcomes[assignment.Attempt] = refusal;
        }
    }

    // Submits attempts that share a folder. Returns why it could not.
    private async Task<StartOutcome?> SubmitAsync(
        List<Assignment> assignments, ClusterFacts facts, IReadOnlyList<Partition> partitions, JobSubmitter submitter,
        CancellationToken cancellationToken)
    {
        if (!FolderOf(assignments[0]).Succeeded(out var folder, out var refusal)) return Postpone(SlurmFact.FolderUnknown, refusal);
        if (CreateFolder(folder) is { } fault) return fault;
        // Nodes without a shared folder download the agent from the store.
        var delivered = HasSharedFolder(assignments[0])
            ? await bundle.PutInFolderAsync(folder, cancellationToken)
            : await bundle.PutInStoreAsync(store, cancellationToken);
        if (!delivered.Succeeded(out var launch, out refusal)) return Postpone(SlurmFact.AgentNotDelivered, refusal);
        foreach (var request in Planner(facts, partitions, folder).Plan(assignments, launch))
            await submitter.SubmitAsync(request, cancellationToken);
        return null;
    }

    // Another shell, or this one after a repair, may be able to submit the attempts.
    private static StartOutcome Postpone(SlurmFact fact, Refusal refusal) =>
        new(StartKind.NoCapacity, SlurmReason.OfFact(fact, $"{refusal.Message.TrimEnd('.')}; Tenfold will retry"));

    private static StartOutcome? CreateFolder(string folder)
    {
        try
        {
            // Jobs print there, so it is closed to other users unless a group shares the folder above it.
            TeamFolder.Create(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var words = $"the folder {folder}, in which jobs start and print, can't be created ({e.Message}); Tenfold will retry. "
                + "Make the folder writable, or set the target's `folder` to another one that all nodes share";
            return new StartOutcome(
                StartKind.NoCapacity, SlurmReason.OfFact(SlurmFact.FolderNotCreated, words, e.Message, ("folder", folder)));
        }
    }

    private JobRequestPlanner Planner(ClusterFacts facts, IReadOnlyList<Partition> partitions, string folder) =>
        new(facts, partitions, _environment, store.Url, folder);

    private bool HasSharedFolder(Assignment assignment) =>
        IsStoreFolder || JobRequestPlanner.OptionsOf(assignment).Folder is not null;

    private IEnumerable<IGrouping<string, Assignment>> ByFolder(IReadOnlyList<Assignment> assignments) =>
        assignments.GroupBy(assignment => FolderOf(assignment).Match(folder => folder, _ => ""));

    private Outcome<string> FolderOf(Assignment assignment) => FolderOf(JobRequestPlanner.OptionsOf(assignment));

    private Outcome<string> FolderOf(SlurmOptions options) => OutputFolder.Find(options, store.Url, session.HomeFolder);
}
