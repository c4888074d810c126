namespace Tenfold.Core.Targets;

/// <summary>A target that stores the secrets of runs at its backend, where their jobs read them.</summary>
public interface IStoresSecrets
{
    /// <summary>Removes the secrets of groups whose runs have all ended. Idempotent. <c>tenfold gc</c> removes what this leaves.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="groups">The ids of the groups.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="TargetException">The backend does not answer.</exception>
    Task RemoveSecretsAsync(string ledger, IReadOnlyList<string> groups, CancellationToken cancellationToken);
}
