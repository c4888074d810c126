using System.Collections.Concurrent;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>The kind <c>ec2</c>: one machine of Amazon's for each run, which ends itself.</summary>
/// <param name="archives">Brings the agent to the machines.</param>
/// <param name="session">The user whose runs these are.</param>
/// <param name="secrets">The secrets that this host has.</param>
/// <param name="prices">The file of the user's own prices, which need not exist.</param>
/// <param name="time">The clock.</param>
public sealed class Ec2Kind(IAgentArchives archives, UserSession session, SecretSource secrets, string prices, TimeProvider time)
    : ITargetKind, IProvidesStore
{
    private readonly ConcurrentDictionary<(string? Region, string Stack), Ec2Connection> _connections = [];
    private readonly ConcurrentDictionary<(string Place, string Store), Ec2Target> _targets = [];

    /// <summary>The word <c>ec2</c>, and its options.</summary>
    public static TargetKindDeclaration Declaration => Ec2Options.Declaration;

    /// <inheritdoc/>
    TargetKindDeclaration ITargetKind.Declaration => Declaration;

    /// <inheritdoc/>
    public async Task<Outcome<TargetSpec>> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken)
    {
        var faults = FaultsOf(settings);
        if (!store.Url.StartsWith("s3://", StringComparison.Ordinal))
            faults.Add(
                $"Amazon's machines can't read the store {store.Url}: set `store` in tenfold.yaml to a bucket, for example the stack's.");
        if (faults.Count > 0) return Refusal.BadInput(faults);
        var options = Ec2Options.From(settings);
        var connection = Connect(options);
        // A machine of the user's own needs no stack.
        if (options.Instances.Count == 0 && !(await connection.FindStackAsync(cancellationToken)).Succeeded(out _, out var refusal))
            return refusal;
        return new TargetSpec(Declaration.Kind, await PlaceAsync(connection, options, cancellationToken), settings.ToJson());
    }

    /// <inheritdoc/>
    public async Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken)
    {
        var options = Ec2Options.From(TargetSettings.From(spec));
        // The region of the session may be another one today.
        if (options.Region is null && spec.Place.Split('/') is [_, var region, ..]) options = options with { Region = region };
        var connection = Connect(options);
        // Machines of another account are invisible here: they must not count as ended.
        return await PlaceAsync(connection, options, cancellationToken) == spec.Place
            ? _targets.GetOrAdd((spec.Place, store.Url), _ => Ec2Target.Create(connection, store, archives, session, secrets, prices, time))
            : null;
    }

    /// <inheritdoc/>
    public async Task<Outcome<string>> FindStoreAsync(TargetSettings settings, CancellationToken cancellationToken)
    {
        if (FaultsOf(settings) is { Count: > 0 } faults) return Refusal.BadInput(faults);
        var found = await Connect(Ec2Options.From(settings)).FindStackAsync(cancellationToken);
        return found.Match<Outcome<string>>(stack => stack.StoreUrl, refusal => refusal);
    }

    private List<string> FaultsOf(TargetSettings settings)
    {
        var faults = Ec2Options.FaultsOf(settings).ToList();
        if (Ec2Connection.FaultOf(Ec2Options.From(settings), session) is { } fault) faults.Add(fault);
        return faults;
    }

    private static async Task<string> PlaceAsync(Ec2Connection connection, Ec2Options options, CancellationToken cancellationToken) =>
        $"{await connection.AccountAsync(cancellationToken)}/{connection.Region}/{options.Stack}";

    // A record names the region, also where the settings don't: both share one connection and its answers.
    private Ec2Connection Connect(Ec2Options options) => _connections.GetOrAdd(
        (options.Region ?? SessionRegion.Find(session), options.Stack), _ => Ec2Connection.Open(options, session, time));
}
