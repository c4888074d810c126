using Tenfold.Core.Artifacts;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.OnAws;

/// <summary>
/// A version's own files in the bucket: a copy of its snapshot and its model. Garbage collection of runs leaves them alone, and tasks need
/// to read nothing else.
/// </summary>
/// <param name="place">The stack of serving.</param>
/// <param name="name">The version's service.</param>
internal sealed class VersionFiles(ServingPlace place, string name)
{
    private const string Parent = "serving/files/";
    private readonly string _folder = $"{Parent}{name}/";

    /// <summary>The URL of the store that has the files under the keys of every store.</summary>
    public string Store => $"{place.Outputs.Store}/serving/files/{name}";

    /// <summary>The key of the version's record, which a task serves.</summary>
    public string RecordKey => $"{_folder}version.json";

    /// <summary>Lists the services that have files, each with the time of its newest file.</summary>
    /// <exception cref="StoreException">The store can't be used.</exception>
    public static async Task<IReadOnlyDictionary<string, DateTimeOffset>> ListAsync(
        ServingPlace place, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, DateTimeOffset>();
        await foreach (var entry in place.Store.ListAsync(Parent, cancellationToken))
        {
            var service = entry.Key[Parent.Length..].Split('/')[0];
            if (!found.TryGetValue(service, out var newest) || newest < entry.ModifiedAt) found[service] = entry.ModifiedAt;
        }

        return found;
    }

    /// <summary>Copies the files.</summary>
    /// <param name="run">The run.</param>
    /// <param name="source">The store that has them.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null; or NotFound when a file is missing.</returns>
    /// <exception cref="StoreException">A store can't be used.</exception>
    public async Task<Refusal?> CopyAsync(ServedRun run, IStore source, CancellationToken cancellationToken)
    {
        var keys = new List<string>
        {
            Snapshot.ArchiveKey(run.Spec.Snapshot), Snapshot.ManifestKey(run.Spec.Snapshot), ArtifactManifest.ManifestKey(run.Attempt),
        };
        await foreach (var entry in source.ListAsync($"{ArtifactManifest.FilesKey(run.Attempt)}model/", cancellationToken))
            keys.Add(entry.Key);
        foreach (var key in keys)
        {
            if (!await TryCopyAsync(key, source, cancellationToken))
                return Refusal.NotFound($"{source.Url} has no {key} any more, so {run.Run} can't be deployed: run it again");
        }

        return null;
    }

    /// <summary>Deletes the files, the record included.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken) => place.Store.DeleteAsync(_folder.TrimEnd('/'), cancellationToken);

    private async Task<bool> TryCopyAsync(string key, IStore source, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"tenfold-copy-{Guid.NewGuid():N}");
        try
        {
            await using var content = await source.OpenReadAsync(key, cancellationToken);
            if (content is null) return false;
            await using (var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
                await content.CopyToAsync(file, cancellationToken);
            await place.Store.PutFileAsync($"{_folder}{key}", path, move: true, cancellationToken);
            return true;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
