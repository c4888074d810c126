using Tenfold.App.Serving.Preparing;
using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Versions;

namespace Tenfold.Gateway.Routing;

/// <summary>Starts the replicas of versions on this machine. A version that is a service elsewhere is only pointed to.</summary>
/// <param name="preparer">Prepares versions.</param>
/// <param name="owner">This process.</param>
public sealed class LocalReplicas(VersionPreparer preparer, ReplicaOwner owner) : IReplicaHost
{
    /// <inheritdoc/>
    public async Task<Outcome<IReplicaSet>> StartAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        if (version.Address is { } address) return Outcome.Of<IReplicaSet>(new ExternalService(address));
        if (!(await preparer.PrepareAsync(version, owner, cancellationToken)).Succeeded(out var served, out var refusal)) return refusal;
        var options = new ReplicaOptions { StartTimeout = version.Run!.StartTimeout };
        return Outcome.Of<IReplicaSet>(new Running(VersionReplicas.Start(served, owner, options)));
    }

    private sealed class Running(VersionReplicas replicas) : IReplicaSet
    {
        public IReadOnlyList<Uri> Ready => replicas.Status.Ready;

        public string? Fault => replicas.Status.Fault?.ToString();

        public bool IsCrashLooping => replicas.Status.IsCrashLooping;

        public ValueTask DisposeAsync() => replicas.DisposeAsync();
    }
}
