namespace Tenfold.Agent.Preparation;

/// <summary>
/// A folder of entries that attempts share. Each entry is made once, and is in use while an attempt that acquired it lives.
/// </summary>
/// <param name="folder">The folder; other processes may use it too.</param>
/// <param name="locks">Lets one process at a time make each entry.</param>
/// <remarks>
/// Beside each entry lies <c>NAME.use</c>. Users of the entry share that file's lock, and its time stamp says when the entry was last used.
/// A process that removes the entry must hold that lock alone. An entry that is damaged while others use it is made again under another
/// name.
/// </remarks>
public sealed class CacheFolder(string folder, BuildLocks locks)
{
    private const int MaxNames = 9;

    /// <summary>The path of an entry, unless the one there is damaged and in use.</summary>
    public string PathOf(string key) => Path.Combine(folder, key);

    /// <summary>Acquires an entry, and makes it first when necessary.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="what">What it is, for people.</param>
    /// <param name="isWhole">Checks whether the whole entry is at a path.</param>
    /// <param name="make">Makes it at a path where nothing is. Returns what went wrong and what to do; null when it is made.</param>
    /// <param name="notify">Called when another process is making it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="resumes">True when <paramref name="make"/> can resume from a partial result at the path; otherwise the partial
    /// result is removed first.</param>
    /// <returns>The entry, to be disposed of; or what went wrong.</returns>
    /// <exception cref="IOException">The disk is full, for example.</exception>
    public async Task<PreparationResult<CacheEntry>> AcquireAsync(
        string key, string what, Func<string, Task<bool>> isWhole, Func<string, Task<string?>> make, Action<string> notify,
        CancellationToken cancellationToken, bool resumes = false)
    {
        for (var number = 1; ; number++)
        {
            var path = Path.Combine(folder, number == 1 ? key : $"{key}-{number}");
            var build = await locks.AcquireAsync(path, what, notify, cancellationToken);
            if (!build.IsReady) return PreparationResult<CacheEntry>.Refused(build.Refusal);
            using var held = build.Value;
            if (Directory.Exists(path))
            {
                if (await isWhole(path)) return CacheEntry.Acquire(path);
                if (!(resumes ? CacheEntry.IsUnused(path) : CacheEntry.TryRemove(path)))
                {
                    if (number < MaxNames) continue;
                    return PreparationResult<CacheEntry>.Refused(
                        $"{what} ({path}) and its {MaxNames - 1} replacements are damaged and in use, " +
                        $"so something removes files from {folder}: set 'scratch' to a folder that no cleaner touches");
                }
            }

            return await make(path) is { } fault ? PreparationResult<CacheEntry>.Refused(fault) : CacheEntry.Acquire(path);
        }
    }
}
