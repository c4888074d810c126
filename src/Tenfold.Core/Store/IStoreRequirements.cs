namespace Tenfold.Core.Store;

/// <summary>A store whose server may lack something that Tenfold needs.</summary>
public interface IStoreRequirements
{
    /// <summary>Checks the server before work that uses the store is recorded; may write a small object of the store's own.</summary>
    /// <exception cref="StoreException">The server lacks something, or can't be connected to. The message says what, and what to use
    /// instead.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
