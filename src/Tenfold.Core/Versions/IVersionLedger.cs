using Tenfold.Core.Reasons;

namespace Tenfold.Core.Versions;

/// <summary>
/// The part of the ledger that records deployed versions, routes and experiments. Each call is one transaction, and each change increases
/// <see cref="ReadServingRevisionAsync"/>.
/// </summary>
public interface IVersionLedger
{
    /// <summary>A number that every change of versions, routes and experiments increases. It costs one small query.</summary>
    Task<long> ReadServingRevisionAsync(CancellationToken cancellationToken);

    /// <summary>Records a version. A model's first version gets all traffic, so its route is recorded with it.</summary>
    /// <param name="version">The version.</param>
    /// <param name="salt">The salt of the model's routes; used only for its first version.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False, with nothing recorded, when the model has a version of this name already.</returns>
    Task<bool> AddVersionAsync(ModelVersion version, string salt, CancellationToken cancellationToken);

    /// <summary>The versions of a model, or of all models for null, in the order in which they were deployed.</summary>
    Task<IReadOnlyList<ModelVersion>> ListVersionsAsync(string? model, CancellationToken cancellationToken);

    /// <summary>Changes a version's state.</summary>
    /// <param name="model">The model.</param>
    /// <param name="version">The version.</param>
    /// <param name="state">The new state.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>
    /// False, with nothing changed, when there is no such version, when it has traffic or is the shadow in the route in force and the new
    /// state is not <see cref="VersionState.Active"/>, or when it is purged.
    /// </returns>
    Task<bool> ChangeVersionAsync(
        string model, string version, VersionState state, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Records a route, which is in force from then on.</summary>
    /// <returns>
    /// False, with nothing recorded, when its revision is not one more than that of the route in force (another process changed it; read it
    /// again), or when one of its versions does not exist or is not active.
    /// </returns>
    Task<bool> AddRouteAsync(Route route, CancellationToken cancellationToken);

    /// <summary>The route in force of each model.</summary>
    Task<IReadOnlyList<Route>> ListRoutesAsync(CancellationToken cancellationToken);

    /// <summary>All routes of a model, oldest first.</summary>
    Task<IReadOnlyList<Route>> ListRouteHistoryAsync(string model, CancellationToken cancellationToken);

    /// <summary>Records an experiment. The ledger gives it its number.</summary>
    /// <returns>The experiment's number; null, with nothing recorded, when one of the model's experiments is still running.</returns>
    Task<int?> AddExperimentAsync(Experiment experiment, CancellationToken cancellationToken);

    /// <summary>Ends a running experiment.</summary>
    /// <returns>False, with nothing changed, when it has ended already.</returns>
    Task<bool> EndExperimentAsync(
        string model, int number, DateTimeOffset at, Reason reason, CancellationToken cancellationToken);

    /// <summary>The experiments of a model, oldest first.</summary>
    Task<IReadOnlyList<Experiment>> ListExperimentsAsync(string model, CancellationToken cancellationToken);
}
