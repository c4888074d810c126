namespace Tenfold.App.Serving.Keys;

/// <summary>Where the API keys of gateways are stored.</summary>
public interface IApiKeys
{
    /// <summary>Reads the keys.</summary>
    /// <returns>The keys; or Damaged or Unavailable.</returns>
    Task<Outcome<ApiKeySet>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Adds a key.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rate">The requests a second that it may make; null: any number.</param>
    /// <param name="burst">The requests that it may make at once after a pause; null: those of one second.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The key, which can't be shown again; or a refusal.</returns>
    Task<Outcome<string>> AddAsync(string name, double? rate, int? burst, CancellationToken cancellationToken);

    /// <summary>Removes a key.</summary>
    /// <returns>The removed key; or a refusal.</returns>
    Task<Outcome<ApiKey>> RemoveAsync(string name, CancellationToken cancellationToken);
}
