using Tenfold.Core.Platform;

namespace Tenfold.App.Serving.Replicas;

/// <summary>
/// This process as the owner of replicas. It holds a lock while it lives, so that others can tell what a killed owner left behind. Dispose
/// of it after its replicas.
/// </summary>
/// <remarks>
/// A <see cref="ReplicaGuard"/> ends the replicas of an owner that is killed. What escapes it (a process that left its group, a guard that
/// was killed too) has the owner's marker in its environment, and the next owner finds and kills it.
/// </remarks>
public sealed class ReplicaOwner : IAsyncDisposable
{
    /// <summary>The variable that names the owner in the environment of every process of a replica.</summary>
    public const string OwnerMarker = "TENFOLD_SERVING";

    /// <summary>The variable that names the replica in the environment of each of its processes.</summary>
    public const string ReplicaMarker = "TENFOLD_REPLICA";

    private readonly FileLock _lock;

    private ReplicaOwner(string id, string folder, FileLock held, ReplicaGuard guard, TimeProvider time) =>
        (Id, Folder, _lock, Guard, Time) = (id, folder, held, guard, time);

    /// <summary>The owner's id.</summary>
    public string Id { get; }

    /// <summary>A folder for what the replicas need while they run; removed with the owner.</summary>
    public string Folder { get; }

    internal ReplicaGuard Guard { get; }

    internal OwnedContainers Containers => new(Folder, Time);

    internal TimeProvider Time { get; }

    /// <summary>Cleans up after owners that were killed, and registers this process.</summary>
    /// <param name="home">The folder of serving, for example <c>$TENFOLD_HOME/serving</c>.</param>
    /// <param name="searchPath">The folders in which programs are found; null for the system's.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public static async Task<ReplicaOwner> OpenAsync(string home, string? searchPath, TimeProvider time)
    {
        var owners = Path.Combine(home, "owners");
        CreateFolder(owners);
        await CleanAsync(owners, time);
        while (true)
        {
            var id = $"{Guid.NewGuid():N}";
            // Another owner's search may hold the new lock for a moment.
            if (FileLock.TryAcquire(LockOf(owners, id)) is not { } held) continue;
            var folder = Path.Combine(owners, id);
            CreateFolder(folder);
            return new ReplicaOwner(id, folder, held, ReplicaGuard.Start(searchPath, time), time);
        }
    }

    /// <summary>Kills the processes of owners that were killed, and removes their folders.</summary>
    /// <param name="owners">The folder of all owners.</param>
    /// <param name="time">The clock.</param>
    private static async Task CleanAsync(string owners, TimeProvider time)
    {
        foreach (var file in Directory.GetFiles(owners, "*.lock"))
        {
            using var held = FileLock.TryAcquire(file);
            if (held is null) continue;
            var id = Path.GetFileNameWithoutExtension(file);
            await ProcessTable.KillMarkedAsync(OwnerMarker, id, time);
            var folder = Path.Combine(owners, id);
            await new OwnedContainers(folder, time).RemoveAllAsync();
            FolderRemoval.Delete(folder);
            held.Remove();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Guard.Dispose();
        await ProcessTable.KillMarkedAsync(OwnerMarker, Id, Time);
        FolderRemoval.Delete(Folder);
        _lock.Remove();
    }

    private static void CreateFolder(string path) =>
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static string LockOf(string owners, string id) => Path.Combine(owners, $"{id}.lock");
}
