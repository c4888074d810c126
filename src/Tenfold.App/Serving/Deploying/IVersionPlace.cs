using Tenfold.Core.Store;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Deploying;

/// <summary>Where versions run when gateways don't start their processes themselves.</summary>
public interface IVersionPlace
{
    /// <summary>Starts a version, and waits until it is healthy.</summary>
    /// <param name="version">A version with a run, which has passed its checks and is not recorded yet.</param>
    /// <param name="request">What the user asked for.</param>
    /// <param name="source">The store that has the run's files.</param>
    /// <param name="cancellationToken">Stops it; nothing is left then.</param>
    /// <returns>The version as it is to be recorded; or a refusal, with nothing left.</returns>
    Task<Outcome<ModelVersion>> StartAsync(
        ModelVersion version, DeployRequest request, IStore source, CancellationToken cancellationToken);

    /// <summary>Removes a version that was started and could not be recorded.</summary>
    Task RemoveAsync(ModelVersion version);
}
