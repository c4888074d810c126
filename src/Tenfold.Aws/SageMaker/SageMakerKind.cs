using System.Collections.Concurrent;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker;

/// <summary>
/// The kind <c>sagemaker</c>: training jobs of Amazon SageMaker, with the role of Tenfold's stack or with the user's own.
/// </summary>
/// <param name="archives">Puts the agent into the store.</param>
/// <param name="session">The user whose jobs these are.</param>
/// <param name="secrets">The secrets that this host has.</param>
/// <param name="prices">The file of the user's own prices, which need not exist.</param>
/// <param name="time">The clock.</param>
/// <param name="aws">How to connect to AWS; null for the defaults.</param>
public sealed class SageMakerKind(
    IAgentArchives archives, UserSession session, SecretSource secrets, string prices, TimeProvider time, AwsOptions? aws = null)
    : ITargetKind, IProvidesStore
{
    private readonly ConcurrentDictionary<(string? Region, string? Stack, string? Role), SageMakerConnection> _connections = [];
    private readonly ConcurrentDictionary<(SageMakerConnection Connection, string Store), SageMakerTarget> _targets = [];

    /// <summary>The kind <c>sagemaker</c>, and its options.</summary>
    public static TargetKindDeclaration Declaration => SageMakerOptions.Declaration;

    /// <inheritdoc/>
    TargetKindDeclaration ITargetKind.Declaration => Declaration;

    /// <inheritdoc/>
    public Task<Outcome<string>> FindStoreAsync(TargetSettings settings, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync<Outcome<string>>(async () =>
        {
            var options = SageMakerOptions.From(settings);
            List<string> faults = [.. SageMakerOptions.FaultsOf(settings)];
            if (options.Stack is null)
                faults.Add(
                    "The target names a `role` and no `stack`, so there is no bucket: set `store` in tenfold.yaml to s3://BUCKET/PREFIX.");
            if (faults.Count > 0) return Refusal.BadInput(faults);
            var found = await Connect(options).FindPlaceAsync(cancellationToken);
            return found.Match<Outcome<string>>(place => place.StoreUrl!, refusal => refusal);
        });

    /// <inheritdoc/>
    public Task<Outcome<TargetSpec>> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync<Outcome<TargetSpec>>(async () =>
        {
            List<string> faults = [.. SageMakerOptions.FaultsOf(settings)];
            if (!store.Url.StartsWith("s3://", StringComparison.Ordinal))
            {
                faults.Add(
                    $"SageMaker can't read the store {store.Url}: set `store` in tenfold.yaml to s3://BUCKET/PREFIX, " +
                    "or leave it out to use the stack's bucket.");
            }

            if (faults.Count > 0) return Refusal.BadInput(faults);
            var found = await Connect(SageMakerOptions.From(settings)).FindPlaceAsync(cancellationToken);
            return found.Match<Outcome<TargetSpec>>(
                place => new TargetSpec(Declaration.Kind, place.Name, settings.ToJson()), refusal => refusal);
        });

    /// <inheritdoc/>
    public Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken) =>
        SageMakerFaults.TranslateAsync<ITarget?>(async () =>
        {
            var options = SageMakerOptions.From(TargetSettings.From(spec));
            // The region of the session may be another one today.
            if (options.Region is null && spec.Place.Split('/') is [_, var region, ..]) options = options with { Region = region };
            var connection = Connect(options);
            // The jobs of another account are invisible here: they must not count as ended. Jobs outlive their stack, so it is not read.
            return !await connection.IsAtAsync(spec.Place, cancellationToken) ? null
                : _targets.GetOrAdd(
                    (connection, store.Url), _ => new SageMakerTarget(connection, store, archives, session, secrets, prices, time));
        });

    // A record names the region, also where the settings don't: both share one connection and its answers.
    private SageMakerConnection Connect(SageMakerOptions options)
    {
        var basis = aws ?? new AwsOptions();
        var region = options.Region ?? basis.Region ?? SessionRegion.Find(session);
        return _connections.GetOrAdd(
            (region, options.Stack, options.Role), _ => new SageMakerConnection(options, basis with { Region = region }, time));
    }
}
