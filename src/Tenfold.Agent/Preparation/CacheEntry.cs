using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>A thing of a <see cref="CacheFolder"/> that is in use, until disposed of or the process ends.</summary>
public sealed class CacheEntry : IDisposable
{
    private const string Doomed = ".gone";
    private readonly FileLock _use;

    private CacheEntry(string place, FileLock use) => (Place, _use) = (place, use);

    /// <summary>Where it is.</summary>
    public string Place { get; }

    /// <summary>Notes that what lies at a path is in use.</summary>
    /// <exception cref="IOException">It is being removed.</exception>
    public static CacheEntry Take(string place)
    {
        var use = FileLock.TryShare(UseOf(place)) ?? throw new IOException($"{place} is being removed by another process");
        FileTimes.Touch(UseOf(place));
        return new CacheEntry(place, use);
    }

    /// <summary>When what lies at a path was last used, as far as is noted; else when it was made.</summary>
    public static DateTimeOffset LastUse(string place) => new(File.Exists(UseOf(place)) ? File.GetLastWriteTimeUtc(UseOf(place)) : Directory.GetLastWriteTimeUtc(place));

    /// <summary>True when nobody uses what lies at a path. For who has the turn to make it.</summary>
    public static bool IsUnused(string place)
    {
        using var alone = FileLock.TryTake(UseOf(place));
        return alone is not null;
    }

    /// <summary>Removes what lies at a path unless it is in use. For who has the turn to make it.</summary>
    /// <returns>False when it is in use.</returns>
    public static bool TryRemove(string place)
    {
        using var alone = FileLock.TryTake(UseOf(place));
        if (alone is null) return false;
        Remove(place);
        alone.Remove();
        return true;
    }

    /// <summary>The same for who comes to clean up: with all that lies beside it.</summary>
    /// <param name="place">The path.</param>
    /// <param name="unusedSince">It stays when it was used after that.</param>
    /// <returns>False when it is in use, being made, or was used since.</returns>
    public static bool TryRemove(string place, DateTimeOffset unusedSince)
    {
        using var turn = FileLock.TryTake(LockOf(place));
        if (turn is null || (Directory.Exists(place) && (LastUse(place) >= unusedSince || !TryRemove(place)))) return false;
        turn.Remove();
        return true;
    }

    /// <summary>The file whose lock is the turn to make what lies at a path.</summary>
    public static string LockOf(string place) => $"{place}.lock";

    /// <summary>The file whose lock those share who use what lies at a path.</summary>
    public static string UseOf(string place) => $"{place}.use";

    /// <summary>True for what was to be removed when its remover was killed.</summary>
    public static bool IsDoomed(string place) => place.EndsWith(Doomed, StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        // It may have been in use for long.
        FileTimes.Touch(UseOf(Place));
        _use.Dispose();
    }

    // First out of sight in one step: half removed, it could pass for whole.
    private static void Remove(string place)
    {
        var doomed = $"{place}.{Guid.NewGuid():N}{Doomed}";
        Directory.Move(place, doomed);
        Directory.Delete(doomed, recursive: true);
    }
}

/// <summary>What an attempt uses of caches, until it has ended. Safe for one thread.</summary>
public sealed class CacheUses : IDisposable
{
    private readonly List<CacheEntry> _entries = [];

    /// <summary>Adds a thing.</summary>
    public void Add(CacheEntry entry) => _entries.Add(entry);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var entry in _entries) entry.Dispose();
        _entries.Clear();
    }
}
