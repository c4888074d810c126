using System.Collections.Concurrent;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch;

/// <summary>The kind <c>batch</c>: AWS Batch, with the queues of Tenfold's stack or with the user's own queue.</summary>
/// <param name="archives">Puts the agent into the store.</param>
/// <param name="session">The user whose jobs these are.</param>
/// <param name="secrets">The secrets that this host has.</param>
/// <param name="prices">The file of the user's own prices, which need not exist.</param>
/// <param name="time">The clock.</param>
/// <param name="aws">How to connect to AWS; null for the defaults.</param>
public sealed class BatchKind(
    IAgentArchives archives, UserSession session, SecretSource secrets, string prices, TimeProvider time, AwsOptions? aws = null)
    : ITargetKind, IProvidesStore
{
    private readonly ConcurrentDictionary<(string? Region, string? Stack, string? Queue), BatchConnection> _connections = [];
    private readonly ConcurrentDictionary<(BatchConnection Connection, string Store, string Account), BatchTarget> _targets = [];

    /// <summary>The kind <c>batch</c>, and its options.</summary>
    public static TargetKindDeclaration Declaration => BatchOptions.Declaration;

    /// <inheritdoc/>
    TargetKindDeclaration ITargetKind.Declaration => Declaration;

    /// <inheritdoc/>
    public Task<Outcome<string>> FindStoreAsync(TargetSettings settings, CancellationToken cancellationToken) =>
        BatchFaults.TranslateAsync<Outcome<string>>(async () =>
        {
            var options = BatchOptions.From(settings);
            var faults = FaultsOf(options);
            if (options.Stack is null)
                faults.Add(
                    "The target names a `queue` and no `stack`, so there is no bucket: set `store` in tenfold.yaml to s3://BUCKET/PREFIX.");
            if (faults.Count > 0) return Refusal.BadInput(faults);
            var found = await Connect(options).FindPlaceAsync(cancellationToken);
            return found.Match<Outcome<string>>(place => place.StoreUrl!, refusal => refusal);
        });

    /// <inheritdoc/>
    public Task<Outcome<TargetSpec>> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken) =>
        BatchFaults.TranslateAsync<Outcome<TargetSpec>>(async () =>
        {
            var options = BatchOptions.From(settings);
            var faults = FaultsOf(options);
            if (!store.Url.StartsWith("s3://", StringComparison.Ordinal))
            {
                faults.Add(
                    $"The machines of AWS Batch can't read the store {store.Url}: set `store` in tenfold.yaml to s3://BUCKET/PREFIX, " +
                    "or leave it out to use the stack's bucket.");
            }

            if (faults.Count > 0) return Refusal.BadInput(faults);
            var connection = Connect(options);
            if (!(await connection.FindPlaceAsync(cancellationToken)).Succeeded(out var place, out var refusal)) return refusal;
            if (!(await connection.FindQueuesAsync(place.Queues, cancellationToken)).Succeeded(out var queues, out refusal)) return refusal;
            return queues.All(queue => queue.Trouble is not null)
                ? Refusal.Unavailable($"No job could start: {string.Join("; ", queues.Select(queue => queue.Trouble?.Words).Distinct())}.")
                : new TargetSpec(Declaration.Kind, place.Name, settings.ToJson());
        });

    private static List<string> FaultsOf(BatchOptions options)
    {
        var faults = new List<string>();
        if (StartVariables.RefuseSetup(options.Setup) is { } fault) faults.Add(fault);
        if (options is { Stack: null, JobRole: null })
            faults.Add("Jobs need a role that may read and write the store: set the target's `job_role`, because it names no `stack`.");
        return faults;
    }

    /// <inheritdoc/>
    public Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken) =>
        BatchFaults.TranslateAsync<ITarget?>(async () =>
        {
            var options = BatchOptions.From(TargetSettings.From(spec));
            // The region of the session may be another one today.
            if (options.Region is null && spec.Place.Split('/') is [_, var region, ..]) options = options with { Region = region };
            var connection = Connect(options);
            var (account, place) = await connection.LocateAsync(cancellationToken);
            // The queues of another account say nothing about these runs: if they are empty, the runs must not count as ended. After the
            // stack was deleted, only the account can be compared; in another account, the stack may exist.
            if (place is not null ? place.Name != spec.Place : account != spec.Place.Split('/')[0]) return null;
            return _targets.GetOrAdd(
                (connection, store.Url, account),
                _ => new BatchTarget(connection, account, store, archives, session, secrets, prices, time));
        });

    // A record names the region, also where the settings don't: both share one connection and its answers.
    private BatchConnection Connect(BatchOptions options)
    {
        var basis = aws ?? new AwsOptions();
        var region = options.Region ?? basis.Region ?? SessionRegion.Find(session);
        return _connections.GetOrAdd(
            (region, options.Stack, options.Queue), _ => new BatchConnection(options, basis with { Region = region }, time));
    }
}
