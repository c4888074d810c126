using System.Collections.Concurrent;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Wire;
using Tenfold.Core.Hosts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch;

/// <summary>The kind <c>batch</c>: AWS Batch, with the queues of Tenfold's stack or with the user's own queue.</summary>
/// <param name="archives">Puts the agent into the store.</param>
/// <param name="session">The user whose jobs these are.</param>
/// <param name="time">The clock.</param>
/// <param name="aws">How to connect to AWS; null for the defaults.</param>
public sealed class BatchKind(IAgentArchives archives, UserSession session, TimeProvider time, AwsOptions? aws = null)
    : ITargetKind, IProvidesStore
{
    private readonly ConcurrentDictionary<(string? Region, string? Stack, string? Queue), BatchConnection> _connections = [];
    private readonly ConcurrentDictionary<(BatchConnection Connection, string Store), BatchTarget> _targets = [];

    /// <summary>The kind <c>batch</c>, and its options.</summary>
    public static TargetKindDeclaration Declaration => BatchOptions.Declaration;

    /// <inheritdoc/>
    TargetKindDeclaration ITargetKind.Declaration => Declaration;

    /// <inheritdoc/>
    public Task<string> FindStoreAsync(TargetSettings settings, CancellationToken cancellationToken) =>
        BatchFaults.TranslateAsync(async () =>
        {
            var options = BatchOptions.From(settings);
            return (options.Stack is null ? null : (await Connect(options).GetPlaceAsync(cancellationToken)).StoreUrl)
                ?? throw new TargetException(
                    "The target names a `queue` and no `stack`, so there is no bucket: set `store` in tenfold.yaml to s3://BUCKET/PREFIX.");
        });

    /// <inheritdoc/>
    public Task<TargetSpec> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken) =>
        BatchFaults.TranslateAsync(async () =>
        {
            if (!store.Url.StartsWith("s3://", StringComparison.Ordinal))
            {
                throw new TargetException(
                    $"The machines of AWS Batch can't read the store {store.Url}: set `store` in tenfold.yaml to s3://BUCKET/PREFIX, " +
                    "or leave it out to use the stack's bucket.");
            }

            var options = BatchOptions.From(settings);
            if (StartVariables.RefuseSetup(options.Setup) is { } refusal) throw new TargetException(refusal);
            var connection = Connect(options);
            var place = await connection.GetPlaceAsync(cancellationToken);
            var queues = await connection.GetQueuesAsync(place.Queues, cancellationToken);
            return queues.All(queue => queue.Trouble is not null)
                ? throw new TargetException($"No job could start: {queues[0].Trouble}.")
                : new TargetSpec(Declaration.Kind, place.Name, settings.ToJson());
        });

    /// <inheritdoc/>
    public Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken) =>
        BatchFaults.TranslateAsync<ITarget?>(async () =>
        {
            var options = BatchOptions.From(TargetSettings.From(spec));
            // The region of the session may be another one today.
            if (options.Region is null && spec.Place.Split('/') is [_, var region, ..]) options = options with { Region = region };
            var connection = Connect(options);
            // The queues of another account say nothing about these runs: if they are empty, the runs must not count as ended.
            return (await connection.GetPlaceAsync(cancellationToken)).Name != spec.Place ? null
                : _targets.GetOrAdd((connection, store.Url), _ => new BatchTarget(connection, store, archives, session, time));
        });

    private BatchConnection Connect(BatchOptions options) => _connections.GetOrAdd(
        (options.Region, options.Stack, options.Queue),
        _ => new BatchConnection(options, (aws ?? new AwsOptions()) is var basis && options.Region is { } region
            ? basis with { Region = region } : basis, time));
}
