using System.Security.Cryptography;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Fetches the models that this machine serves, each once, and checks every file against its SHA-256.</summary>
/// <param name="cache">Where models are kept.</param>
/// <param name="store">Where they come from.</param>
/// <param name="time">The clock.</param>
public sealed class ServedModels(CacheFolder cache, IStore store, TimeProvider time)
{
    /// <summary>Fetches a model unless it is there.</summary>
    /// <param name="attempt">The attempt that made it.</param>
    /// <param name="manifest">The SHA-256 of the manifest of the attempt's artifacts.</param>
    /// <param name="notify">Takes what the user should know.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The folder with the content of the attempt's <c>model/</c>; or what is wrong.</returns>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    public Task<PreparationResult<CacheEntry>> FetchAsync(
        string attempt, string manifest, Action<string> notify, CancellationToken cancellationToken)
    {
        return cache.AcquireAsync(
            manifest, $"the model of {attempt}", IsWholeAsync, MakeAsync, notify, cancellationToken, resumes: true);

        // A service could have written to the model's folder, so every file is compared with its SHA-256.
        async Task<bool> IsWholeAsync(string folder) =>
            CacheFiles.IsWhole(folder, time) && (await FetchFilesAsync(folder, overwrite: false)).Succeeded;

        Task<FetchOutcome> FetchFilesAsync(string folder, bool overwrite) => new ArtifactFetcher(store).FetchAsync(
            new FetchRequest { AttemptId = attempt, Destination = folder, Path = "model", Overwrite = overwrite }, progress: null,
            cancellationToken);

        async Task<string?> MakeAsync(string folder)
        {
            var key = ArtifactManifest.ManifestKey(attempt);
            if (await store.ReadAsync(key, cancellationToken) is not { } stored)
                return $"the artifacts of {attempt} are not in {store.Url}: they were removed";
            if (Convert.ToHexStringLower(SHA256.HashData(stored)) != manifest)
                return $"{key} in {store.Url} is not the manifest that was deployed: it was changed since";
            if ((await FetchFilesAsync(folder, overwrite: true)).Fault is { } fault) return fault;
            CacheFiles.Record(folder);
            return null;
        }
    }
}
