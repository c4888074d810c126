using System.Text;
using System.Text.Json;
using Tenfold.Aws.Batch.InJob;
using Tenfold.Aws.Batch.Observe;
using Tenfold.Aws.Batch.Submit;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Secrets;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch;

/// <summary>
/// AWS Batch in an account and region. Each job's name says which attempts it executes, so a listing alone tells what was submitted:
/// after a crash between submitting and recording, the next controller finds the jobs and submits nothing twice.
/// </summary>
internal sealed class BatchTarget : ITarget, IDescribesStart, IChecksWork, IChecksAccess, IPrices, IStoresSecrets, ILocatesJobs
{
    private readonly BatchConnection _connection;
    private readonly string _account;
    private readonly IStore _store;
    private readonly IAgentArchives _archives;
    private readonly JobIndex _index;
    private readonly CallPace _pace;
    private readonly BatchObserver _observer;
    private readonly BatchSubmitter _submitter;
    private readonly BatchCanceller _canceller;
    private readonly SecretStorage _secrets;
    private readonly BatchPrices _prices;
    private readonly BatchAccess _access;

    /// <summary>Creates the target. Its first use makes the first call.</summary>
    /// <param name="connection">AWS.</param>
    /// <param name="account">The account in which the runs were recorded.</param>
    /// <param name="store">The store in which the agents report.</param>
    /// <param name="archives">Puts the agent into the store.</param>
    /// <param name="session">The user whose jobs these are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="secrets">The secrets that this host has.</param>
    /// <param name="prices">The file of the user's own prices, which need not exist.</param>
    /// <param name="perCall">How long to wait after each call that observes; null for <see cref="CallPace"/>'s default.</param>
    public BatchTarget(
        BatchConnection connection, string account, IStore store, IAgentArchives archives, UserSession session, SecretSource secrets,
        string prices, TimeProvider time, TimeSpan? perCall = null)
    {
        (_connection, _account, _store, _archives) = (connection, account, store, archives);
        _pace = new CallPace(time, perCall);
        _index = new JobIndex(connection, store, _pace, time);
        _observer = new BatchObserver(connection, store, _index, _pace, time);
        _secrets = new SecretStorage(connection.Aws, session.User, secrets, time);
        _prices = new BatchPrices(connection, prices, time);
        _access = new BatchAccess(connection, session, time);
        _submitter = new BatchSubmitter(connection, store, archives, session, _secrets, _index, time);
        _canceller = new BatchCanceller(connection, store, _index, time);
    }

    /// <inheritdoc/>
    public TargetCapabilities Capabilities { get; } =
        new("batch", new CallsPerHundred(Start: 8, Observe: 5, Stop: 104)) { HasSpot = true, HasGpus = true };

    /// <inheritdoc/>
    public Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<StartOutcome>>(async place => place is null
            ? [.. assignments.Select(_ => new StartOutcome(StartKind.Invalid, DeletedStack.ReasonFor(_connection)))]
            : await _submitter.StartAsync(
                assignments, place, sought => _index.LookUpAsync(sought, cancellationToken), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<BackendState>>(async place => place is null
            ? [.. attempts.Select(_ => new BackendState(BackendKind.Gone, DeletedStack.ReasonFor(_connection), Ending.NotStarted))]
            : await _observer.ObserveAsync(attempts, place, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        CallAsync(async place =>
        {
            if (place is null) return true;
            // Until a round is due, the agent of a job that this process does not know yet finds the stop mark.
            if (_pace.IsDue) await _observer.LookUpAsync(attempts, place, cancellationToken);
            // A job that waited a moment ago may run now, and its agent is to stop it.
            await _observer.RefreshAsync(_canceller.FindWaiting(attempts), place, cancellationToken);
            await _canceller.StopAsync(attempts, cancellationToken);
            return true;
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<string>>(async place =>
        {
            if (place is null) return [];
            var found = (await _index.ListLiveAsync(place.Queues, ledger, cancellationToken)).ToDictionary(one => one.Id);
            var live = found.Values.Where(one => one.Index is null).Select(one => one.Attempt).ToList();
            // A listing shows an array as one job, of which some may have ended.
            foreach (var chunk in found.Values.Where(one => one.Index is not null).Chunk(BatchClient.MaxJobs))
            {
                var answer = await _connection.Batch.DescribeJobsAsync(new([.. chunk.Select(one => one.Id)]), cancellationToken);
                var ended = answer.Jobs.Where(job => !BatchStates.Live.Contains(job.Status)).Select(job => job.JobId).ToHashSet();
                live.AddRange(chunk.Where(one => !ended.Contains(one.Id)).Select(one => one.Attempt));
            }

            return live;
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackendJob?>> LocateAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<BackendJob?>>(async place =>
        {
            var ids = await new ClaimedJobs(_store, BatchHost.Service).FindAsync(attempts, FindAsync, cancellationToken);
            var region = place?.Region ?? _connection.Region;
            return
            [
                .. ids.Select(id => id is null || region is null ? null : new BackendJob(
                    $"Batch job {id} in {region}", $"aws batch describe-jobs --region {region} --jobs {id}")),
            ];

            async Task<IReadOnlyDictionary<string, string>> FindAsync(IReadOnlyList<string> unclaimed)
            {
                var unseen = unclaimed.Where(attempt => _index.Find(attempt) is null).ToList();
                if (place is not null && unseen.Count > 0) await _observer.LookUpAsync(unseen, place, cancellationToken);
                return unclaimed.Select(_index.Find).OfType<BatchElement>().ToDictionary(one => one.Attempt, one => one.Id);
            }
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<Refusal?> RefuseAsync(
        ResourceSpec resources, IReadOnlyList<string> secrets, TargetSpec target, CancellationToken cancellationToken) =>
        BatchFaults.TranslateAsync(async () =>
        {
            var place = await _connection.GetPlaceAsync(cancellationToken);
            var queues = await _connection.GetQueuesAsync(place.Queues, cancellationToken);
            var faults = QueueLimits.FaultsOf(resources, BatchOptions.From(TargetSettings.From(target)), place, queues)
                .Select(fault => fault.Words).Concat(_secrets.FaultsOf(secrets)).ToList();
            return faults.Count > 0 ? Refusal.BadInput(faults) : null;
        });

    /// <inheritdoc/>
    public async ValueTask<Outcome<HourlyPrice>> FindPriceAsync(
        ResourceSpec resources, TargetSpec? target, CancellationToken cancellationToken) =>
        target is null ? new HourlyPrice(null) : await BatchFaults.TranslateAsync(
            () => _prices.FindAsync(BatchOptions.From(TargetSettings.From(target)), resources, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccessCheck>> CheckAccessAsync(CancellationToken cancellationToken) =>
        BatchFaults.TranslateAsync(() => _access.CheckAsync(cancellationToken));

    /// <inheritdoc/>
    public Task RemoveSecretsAsync(string ledger, IReadOnlyList<string> groups, CancellationToken cancellationToken) =>
        CallAsync(async _ =>
        {
            await _secrets.RemoveAsync(_connection.Stack, ledger, groups, cancellationToken);
            return true;
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<Outcome<string>> DescribeAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken) =>
        BatchFaults.TranslateAsync<Outcome<string>>(async () =>
        {
            var place = await _connection.GetPlaceAsync(cancellationToken);
            var queues = await _connection.GetQueuesAsync(place.Queues, cancellationToken);
            List<string> faults =
            [
                .. assignments.SelectMany(assignment => QueueLimits.FaultsOf(assignment, place, queues))
                    .Select(fault => $"The runs could not be submitted: {fault.Words}.").Distinct(),
            ];
            if (faults.Count > 0) return Refusal.BadInput(faults);
            if (!(await _archives.ArchiveOfAsync(_store, cancellationToken)).Succeeded(out var agent, out var refusal)) return refusal;
            var text = new StringBuilder();
            foreach (var submission in JobSubmission.Plan(assignments, place, queues)) Describe(text, submission, agent);
            return text.ToString();
        });

    // Whether the stack exists is decided in each call: it may be deleted or made again while a controller runs.
    private Task<T> CallAsync<T>(Func<BatchPlace?, Task<T>> callAsync, CancellationToken cancellationToken) =>
        BatchFaults.TranslateAsync(async () =>
        {
            try
            {
                var (account, place) = await _connection.LocateAsync(cancellationToken);
                return account == _account ? await callAsync(place) : throw new TargetException(
                    $"the runs are in the AWS account {_account}, and the credentials are of the account {account}: use the credentials of "
                    + $"{_account}.");
            }
            catch (AwsException e) when (e.Fault is AwsFault.NotFound or AwsFault.Invalid)
            {
                // The queues may have been deleted with their stack, so the next call reads both again.
                _connection.Forget();
                throw;
            }
        });

    private void Describe(StringBuilder text, JobSubmission submission, AgentArchive agent)
    {
        var entries = submission.Assignments.Select(one => new AttemptList.Entry(
            one.Attempt, AttemptList.Hash(JsonSerializer.SerializeToUtf8Bytes(one, AttemptJson.Default.Assignment))));
        var definition = submission.Definition;
        var request = submission.ToRequest(definition.JobDefinitionName, new StartVariables
        {
            Store = _store.Url,
            Region = submission.Place.Region,
            Agent = agent,
            List = new AttemptList([.. entries]),
            Setup = submission.Options.Setup,
            Key = "…",
            Secrets = submission.Secrets,
            Session = new Dictionary<string, string>(),
        });
        text.Append("RegisterJobDefinition ")
            .AppendLine(JsonSerializer.Serialize(definition, BatchJson.Default.RegisterJobDefinitionRequest))
            .Append("SubmitJob ").AppendLine(JsonSerializer.Serialize(request, BatchJson.Default.SubmitJobRequest));
    }
}
