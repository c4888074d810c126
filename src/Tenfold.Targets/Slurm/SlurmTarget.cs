using System.Text;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm;

/// <summary>
/// A Slurm cluster. What is there follows from its listing alone: each job's comment says which attempts it is, so that a crash between
/// submitting and recording is found again, and nothing is submitted twice.
/// </summary>
/// <param name="slurm">The cluster, as this user sees it.</param>
/// <param name="store">The store, where the agents report.</param>
/// <param name="bundle">Brings the agent to the nodes.</param>
/// <param name="time">The clock.</param>
internal sealed class SlurmTarget(ISlurm slurm, IStore store, IAgentBundle bundle, TimeProvider time)
    : ITarget, IDescribesStart, ISharesFolder
{
    private const int AtOnce = 32;

    private readonly ClaimReader _claims = new(store);
    private readonly SlurmObserver _observing = new(slurm, store, time);
    private readonly SlurmCanceller _stopping = new(slurm, store, time);

    /// <inheritdoc/>
    public TargetCapabilities Capabilities { get; } = new(
        "slurm", new CallsPerHundred(Start: 4, Observe: 2, Stop: 4))
    { HasSpot = true, HasGpus = true };

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        // First what exists: an earlier call may have been killed before its outcome was recorded.
        var queue = new QueueView(await slurm.ListJobsAsync(cancellationToken));
        var outcomes = new Dictionary<string, StartOutcome>();
        var partitions = await slurm.ListPartitionsAsync(cancellationToken);
        var admission = new AdmissionPolicy(queue, partitions);
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
    public async Task<string> DescribeAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        var facts = await slurm.GetFactsAsync(cancellationToken);
        var partitions = await slurm.ListPartitionsAsync(cancellationToken);
        var text = new StringBuilder();
        foreach (var assignment in assignments)
            if (AdmissionPolicy.RefuseForever(assignment, partitions) is { } refusal)
                throw new TargetException($"the runs could not be submitted: {refusal.Reason}.");
        foreach (var home in Homes(assignments))
        {
            var launch = IsInFolder([.. home]) ? bundle.LaunchOf(home.Key, cancellationToken)
                : await bundle.LaunchOfAsync(store, cancellationToken);
            foreach (var request in new JobRequestPlanner(facts, partitions, store.Url, home.Key).Plan([.. home], launch))
                text.Append(slurm.Describe(request)).Append('\n');
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        _observing.ObserveAsync(attempts, cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        _stopping.StopAsync(attempts, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) =>
        await _claims.ListLiveAsync(new QueueView(await slurm.ListJobsAsync(cancellationToken)), ledger, cancellationToken);

    /// <inheritdoc/>
    public string FolderOf(WorkSpec work) =>
        HomeOf(work.Target is { } spec ? SlurmOptions.From(TargetSettings.From(spec)) : new SlurmOptions());

    // What the agents will read, before anything is submitted. An assignment that is there already was handed over before: if it was taken
    // up too, and the cluster has forgotten it since, it has ended.
    private async Task<IReadOnlyList<string>> WriteAsync(List<Assignment> assignments, CancellationToken cancellationToken)
    {
        var ended = new List<string>();
        foreach (var some in assignments.Chunk(AtOnce))
        {
            var tooLate = await Task.WhenAll(some.Select(async assignment =>
                !await store.TryCreateAsync(
                    AttemptKeys.Assignment(assignment.Attempt),
                    JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment), cancellationToken) &&
                await store.ExistsAsync(AttemptKeys.Claim(assignment.Attempt), cancellationToken)));
            ended.AddRange(some.Zip(tooLate).Where(pair => pair.Second).Select(pair => pair.First.Attempt));
        }

        return ended;
    }

    private async Task SubmitAsync(
        List<Assignment> wanted, IReadOnlyList<Partition> partitions, Dictionary<string, StartOutcome> outcomes,
        CancellationToken cancellationToken)
    {
        var facts = await slurm.GetFactsAsync(cancellationToken);
        var submitter = new JobSubmitter(slurm, outcomes);
        foreach (var home in Homes(wanted))
        {
            if (Refuse(home.Key) is { } refusal)
            {
                // Only those: what runs already is to be looked at all the same.
                foreach (var assignment in home) outcomes[assignment.Attempt] = refusal;
                continue;
            }

            var launch = await LaunchAsync(home.Key, [.. home], cancellationToken);
            foreach (var request in new JobRequestPlanner(facts, partitions, store.Url, home.Key).Plan([.. home], launch))
                await submitter.SubmitAsync(request, cancellationToken);
        }
    }

    private static StartOutcome? Refuse(string home)
    {
        try
        {
            TeamFolder.Create(home);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new StartOutcome(
                StartKind.NoCapacity,
                SlurmReason.Of(
                    $"the folder {home}, where jobs start and print, can't be made ({e.Message}); it is tried again: see " +
                    "to it, or set the target's " +
                    "`folder` to another one that all nodes share"));
        }
    }

    // The agent lies beside what the jobs print; without a folder that all nodes share, the nodes fetch it from the store.
    private Task<AgentLaunch> LaunchAsync(string home, IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken) =>
        IsInFolder(assignments) ? bundle.InFolderAsync(home, cancellationToken) : bundle.InStoreAsync(store, cancellationToken);

    private bool IsInFolder(IReadOnlyList<Assignment> assignments) =>
        IsFolder || JobRequestPlanner.OptionsOf(assignments[0]).Folder is not null;

    private IEnumerable<IGrouping<string, Assignment>> Homes(IReadOnlyList<Assignment> assignments) =>
        assignments.GroupBy(assignment => HomeOf(JobRequestPlanner.OptionsOf(assignment)));

    private string HomeOf(SlurmOptions options) => OutputFolder.Of(options, store.Url, OutputFolder.Home);

    private bool IsFolder => OutputFolder.IsFolder(store.Url);
}
