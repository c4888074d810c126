using Tenfold.Core.Versions;

namespace Tenfold.Gateway.Routing;

/// <summary>Starts what answers the requests of a version.</summary>
public interface IReplicaHost
{
    /// <summary>Starts a version's replicas, and does not wait until they are ready.</summary>
    /// <returns>The replicas; or why they can't be started, for instance because the artifacts can't be read.</returns>
    Task<Outcome<IReplicaSet>> StartAsync(ModelVersion version, CancellationToken cancellationToken);
}

/// <summary>The replicas of one version. Disposing of it drains and ends them.</summary>
public interface IReplicaSet : IAsyncDisposable
{
    /// <summary>The addresses of the replicas that are ready. Each change replaces the list.</summary>
    IReadOnlyList<Uri> Ready { get; }

    /// <summary>Why a replica is not ready; null when none has failed.</summary>
    string? Fault { get; }

    /// <summary>True when a replica fails again and again.</summary>
    bool IsCrashLooping { get; }

    /// <summary>Keeps replicas that answer long requests from being ended, for some minutes, where something else ends replicas.</summary>
    /// <param name="addresses">The addresses of the replicas.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task ProtectAsync(IReadOnlyList<Uri> addresses, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A service that runs already: its one address is always used, and nothing is started or ended.</summary>
/// <param name="address">Where the service answers.</param>
public sealed class ExternalService(Uri address) : IReplicaSet
{
    /// <inheritdoc/>
    public IReadOnlyList<Uri> Ready { get; } = [address];

    /// <inheritdoc/>
    public string? Fault => null;

    /// <inheritdoc/>
    public bool IsCrashLooping => false;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
