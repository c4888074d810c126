using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>An entry of a <see cref="CacheFolder"/> that is in use, until disposed of or the process ends.</summary>
public sealed class CacheEntry : IDisposable
{
    private const string TrashSuffix = ".gone";
    private readonly FileLock _use;

    private CacheEntry(string folder, FileLock use) => (Folder, _use) = (folder, use);

    /// <summary>The entry's folder.</summary>
    public string Folder { get; }

    /// <summary>Marks an entry as in use.</summary>
    /// <param name="path">The entry's folder.</param>
    /// <exception cref="IOException">Another process is removing it.</exception>
    public static CacheEntry Acquire(string path)
    {
        var use = FileLock.TryAcquireShared(UseOf(path)) ?? throw new IOException($"{path} is being removed by another process");
        FileTimes.Touch(UseOf(path));
        return new CacheEntry(path, use);
    }

    /// <summary>When the entry was last used; when it was made, if no use is recorded.</summary>
    public static DateTimeOffset LastUse(string path) =>
        new(File.Exists(UseOf(path)) ? File.GetLastWriteTimeUtc(UseOf(path)) : Directory.GetLastWriteTimeUtc(path));

    /// <summary>True when nobody uses the entry. The caller holds its build lock.</summary>
    public static bool IsUnused(string path)
    {
        using var alone = FileLock.TryAcquire(UseOf(path));
        return alone is not null;
    }

    /// <summary>Removes the entry unless it is in use. The caller holds its build lock.</summary>
    /// <returns>False when it is in use.</returns>
    public static bool TryRemove(string path)
    {
        using var alone = FileLock.TryAcquire(UseOf(path));
        if (alone is null) return false;
        Remove(path);
        alone.Remove();
        return true;
    }

    /// <summary>Removes the entry with its lock files, for a cleaner that holds no lock.</summary>
    /// <param name="path">The entry's folder.</param>
    /// <param name="unusedSince">The entry stays when it was used after this time.</param>
    /// <returns>False when it is in use, being made, or was used since.</returns>
    public static bool TryRemove(string path, DateTimeOffset unusedSince)
    {
        using var build = FileLock.TryAcquire(LockOf(path));
        if (build is null || (Directory.Exists(path) && (LastUse(path) >= unusedSince || !TryRemove(path)))) return false;
        build.Remove();
        return true;
    }

    /// <summary>The file of the entry's build lock: its holder may make or remove the entry.</summary>
    public static string LockOf(string path) => $"{path}.lock";

    /// <summary>The file whose lock all users of the entry share.</summary>
    public static string UseOf(string path) => $"{path}.use";

    /// <summary>True for a folder whose remover was killed before it was done.</summary>
    public static bool IsTrash(string path) => path.EndsWith(TrashSuffix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The use may have begun a long time ago.
        FileTimes.Touch(UseOf(Folder));
        _use.Dispose();
    }

    // The rename comes first, in one step, because a half-removed entry could pass for a whole one.
    private static void Remove(string path)
    {
        var trash = $"{path}.{Guid.NewGuid():N}{TrashSuffix}";
        Directory.Move(path, trash);
        Directory.Delete(trash, recursive: true);
    }
}

/// <summary>The cached entries that an attempt uses until it has ended. Not safe for several threads at once.</summary>
public sealed class CacheLeases : IDisposable
{
    private readonly List<IDisposable> _entries = [];

    /// <summary>Adds an entry.</summary>
    public void Add(IDisposable entry) => _entries.Add(entry);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var entry in _entries) entry.Dispose();
        _entries.Clear();
    }
}
