using System.Globalization;
using System.Text;
using System.Text.Json;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Prices;
using Tenfold.Aws.SageMaker.InJob;
using Tenfold.Aws.SageMaker.Observe;
using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Aws.Secrets;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker;

/// <summary>
/// Training jobs of SageMaker in an account and region, one for each attempt. A job's name says which attempt it executes, and SageMaker
/// never allows a name twice: so a crash between submitting and recording neither loses nor repeats an attempt.
/// </summary>
internal sealed class SageMakerTarget : ITarget, IDescribesStart, IChecksWork, IChecksAccess, IPrices, IStoresSecrets, ILocatesJobs
{
    /// <summary>Longer than any training job: it may run for 28 days, and waits included 30.</summary>
    internal static readonly TimeSpan LongestJob = TimeSpan.FromDays(31);

    private readonly SageMakerConnection _connection;
    private readonly IStore _store;
    private readonly IAgentArchives _archives;
    private readonly TimeProvider _time;
    private readonly CallPace _pace;
    private readonly TrainingIndex _index;
    private readonly TrainingObserver _observer;
    private readonly TrainingSubmitter _submitter;
    private readonly TrainingCanceller _canceller;
    private readonly TrainingPrices _prices;
    private readonly SecretStorage _secrets;
    private readonly SageMakerAccess _access;

    /// <summary>Makes no call yet.</summary>
    /// <param name="connection">AWS.</param>
    /// <param name="store">The store in which the agents report.</param>
    /// <param name="archives">Puts the agent into the store.</param>
    /// <param name="session">The user whose jobs these are.</param>
    /// <param name="secrets">The secrets that this host has.</param>
    /// <param name="prices">The file of the user's own prices, which need not exist.</param>
    /// <param name="time">The clock.</param>
    /// <param name="perCall">How long to wait after each call that observes; null for <see cref="CallPace"/>'s default.</param>
    public SageMakerTarget(
        SageMakerConnection connection, IStore store, IAgentArchives archives, UserSession session, SecretSource secrets, string prices,
        TimeProvider time, TimeSpan? perCall = null)
    {
        (_connection, _store, _archives, _time) = (connection, store, archives, time);
        _pace = new CallPace(time, perCall);
        _index = new TrainingIndex(connection, _pace, time);
        _observer = new TrainingObserver(connection, store, _index, _pace, time);
        _secrets = new SecretStorage(connection.Aws, session.User, secrets, time);
        _submitter = new TrainingSubmitter(connection, store, archives, session, _secrets, _index, time);
        _canceller = new TrainingCanceller(connection, store, _index, _observer, time);
        _prices = new TrainingPrices(new UserPrices(prices));
        _access = new SageMakerAccess(connection, session, time);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Start: a call for each attempt, and the stack and two listings. Observe: two listings, the stack, and what
    /// <see cref="TrainingObserver.MaxDescriptions"/> allows. Stop: a call for each attempt that waits, and the listings.
    /// </remarks>
    public TargetCapabilities Capabilities { get; } = new(
        "sagemaker",
        new CallsPerHundred(
            Start: 104, Observe: 4 + TrainingObserver.MaxDescriptions, Stop: 104 + TrainingObserver.MaxDescriptions))
    {
        HasSpot = true,
        HasGpus = true,
    };

    /// <inheritdoc/>
    public Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync(async () =>
        {
            var place = await _connection.GetPlaceAsync(cancellationToken);
            return await _submitter.StartAsync(
                assignments, place, attempts => _observer.ListAsync(attempts, cancellationToken), cancellationToken);
        });

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync(() => _observer.ObserveAsync(attempts, cancellationToken));

    /// <inheritdoc/>
    public Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync(async () =>
        {
            // Until a round is due, the agent of a job that this process does not know yet finds the stop mark.
            if (_pace.IsDue && attempts.Count > 0) await _observer.LookUpAsync(attempts, cancellationToken);
            await _canceller.StopAsync(attempts, cancellationToken);
            return true;
        });

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync<IReadOnlyList<string>>(async () =>
        {
            var found = await _index.ListAsync(TrainingName.StartOf(ledger), _time.GetUtcNow() - LongestJob, cancellationToken);
            var (live, claims) = (new List<string>(), new TrainingClaimReader(_store));
            foreach (var job in found.Where(job => !job.HasEnded))
                live.Add(await claims.FindExecutedAsync(job.Attempt, cancellationToken));
            return live;
        });

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackendJob?>> LocateAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync<IReadOnlyList<BackendJob?>>(async () =>
        {
            var names = await new ClaimedJobs(_store, SageMakerHost.Service).FindAsync(attempts, FindAsync, cancellationToken);
            var region = (await _connection.GetPlaceAsync(cancellationToken)).Region;
            return
            [
                .. names.Select(name => name is null ? null : new BackendJob(
                    $"training job {name} in {region}",
                    $"aws sagemaker describe-training-job --region {region} --training-job-name {name}")),
            ];

            async Task<IReadOnlyDictionary<string, string>> FindAsync(IReadOnlyList<string> unclaimed)
            {
                var unseen = unclaimed.Where(attempt => _index.Find(attempt) is null).ToList();
                if (unseen.Count > 0) await _observer.LookUpAsync(unseen, cancellationToken);
                return unclaimed.Select(_index.Find).OfType<TrainingElement>()
                    .ToDictionary(one => one.Attempt, one => one.Name.ToString());
            }
        });

    /// <inheritdoc/>
    public Task<Refusal?> RefuseAsync(
        ResourceSpec resources, IReadOnlyList<string> secrets, TargetSpec target, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync(async () =>
        {
            var place = await _connection.GetPlaceAsync(cancellationToken);
            List<string> faults = [.. TrainingLimits.FaultsOf(resources, OptionsOf(target), place), .. _secrets.FaultsOf(secrets)];
            return faults.Count > 0 ? Refusal.BadInput(faults) : null;
        });

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccessCheck>> CheckAccessAsync(CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync(() => _access.CheckAsync(cancellationToken));

    /// <inheritdoc/>
    public Task RemoveSecretsAsync(string ledger, IReadOnlyList<string> groups, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync(async () =>
        {
            await _secrets.RemoveAsync(_connection.Stack, ledger, groups, cancellationToken);
            return true;
        });

    /// <inheritdoc/>
    public async ValueTask<Outcome<HourlyPrice>> FindPriceAsync(
        ResourceSpec resources, TargetSpec? target, CancellationToken cancellationToken) =>
        await SageMakerFaults.TranslateAsync(async () =>
            _prices.Find(resources, OptionsOf(target), await _connection.GetPlaceAsync(cancellationToken)));

    /// <inheritdoc/>
    public Task<Outcome<string>> DescribeAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync<Outcome<string>>(async () =>
        {
            var place = await _connection.GetPlaceAsync(cancellationToken);
            List<string> faults =
            [
                .. assignments.SelectMany(assignment => TrainingLimits.FaultsOf(assignment, place))
                    .Select(fault => $"The runs could not be submitted: {fault}.").Distinct(),
            ];
            if (faults.Count > 0) return Refusal.BadInput(faults);
            if (!(await _archives.ArchiveOfAsync(_store, cancellationToken)).Succeeded(out var agent, out var refusal)) return refusal;
            var text = new StringBuilder();
            foreach (var group in assignments.GroupBy(assignment => assignment.Group))
            {
                var first = group.First();
                var plan = TrainingPlan.For(first.Spec.Resources, SageMakerOptions.Of(first), place, out _)!;
                if (!_prices.Find(first.Spec.Resources, SageMakerOptions.Of(first), place).Succeeded(out var hourly, out refusal))
                    return refusal;
                var price = hourly.Usd is { } known
                    ? $"{Money.Format(known)} USD an hour each" : "price unknown";
                var sha256 = AttemptList.Hash(TrainingSubmitter.ToJson(first));
                var start = TrainingSubmitter.StartOf(first, plan, place, _store.Url, agent, sha256, Nobody);
                var request = TrainingRequest.Of(first, plan, place, _store.Url, agent, start);
                text.Append(CultureInfo.InvariantCulture, $"# {group.Count()} × {plan.InstanceType}{(plan.IsSpot ? " (spot)" : "")} in ")
                    .Append(CultureInfo.InvariantCulture, $"{place.Region}; {price}\n# the first of them:\nCreateTrainingJob ")
                    .AppendLine(JsonSerializer.Serialize(request, SageMakerJson.Default.CreateTrainingJobRequest))
                    .Append(CultureInfo.InvariantCulture, $"# {start.Key}:\n").AppendLine(start.Script);
            }

            return text.ToString();
        });

    // What a description does not show.
    private static UserSession Nobody { get; } = new() { User = "", Machine = "" };

    private static SageMakerOptions OptionsOf(TargetSpec? target) =>
        target is null ? new SageMakerOptions { Stack = SageMakerOptions.DefaultStack }
            : SageMakerOptions.From(TargetSettings.From(target));
}
