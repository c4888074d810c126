namespace Tenfold.Agent.Preparation;

/// <summary>A folder of things that attempts have in common: each is made once, and is in use for as long as an attempt that took it lives.</summary>
/// <param name="folder">Where they are kept; other processes may use it too.</param>
/// <param name="gate">Lets one at a time make each.</param>
/// <remarks>
/// Beside each thing lies <c>NAME.use</c>: who uses the thing shares its lock, and its time says when it was last used. Whoever would remove the thing
/// has to have that lock alone. What is damaged while others use it is made once more under another name.
/// </remarks>
public sealed class CacheFolder(string folder, CacheGate gate)
{
    private const int MaxNames = 9;

    /// <summary>Where a thing is, unless what is there is damaged and in use.</summary>
    public string PlaceOf(string key) => Path.Combine(folder, key);

    /// <summary>Takes a thing, made before if need be.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="what">What it is, for people.</param>
    /// <param name="isWhole">Says whether all of what lies at a path is there.</param>
    /// <param name="make">Makes it at a path where nothing is; returns what went wrong and what to do, null when it is made.</param>
    /// <param name="say">Told when another process is making it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="goesOn">Whether <c>make</c> goes on with what it finds; else it finds nothing.</param>
    /// <returns>It, to be given back; or what went wrong.</returns>
    /// <exception cref="IOException">The disk is full, or the like.</exception>
    public async Task<Prepared<CacheEntry>> TakeAsync(
        string key, string what, Func<string, Task<bool>> isWhole, Func<string, Task<string?>> make, Action<string> say, CancellationToken cancellationToken, bool goesOn = false)
    {
        for (var number = 1; ; number++)
        {
            var place = Path.Combine(folder, number == 1 ? key : $"{key}-{number}");
            var turn = await gate.EnterAsync(place, what, say, cancellationToken);
            if (!turn.IsReady) return Prepared<CacheEntry>.Refused(turn.Refusal);
            using var held = turn.Value;
            if (Directory.Exists(place))
            {
                if (await isWhole(place)) return CacheEntry.Take(place);
                if (!(goesOn ? CacheEntry.IsUnused(place) : CacheEntry.TryRemove(place)))
                {
                    if (number < MaxNames) continue;
                    return Prepared<CacheEntry>.Refused($"{what} ({place}) is damaged, and so are {MaxNames - 1} others made in its place, all in use: what removes files from {folder}? Set 'scratch' to a folder that nothing cleans");
                }
            }

            return await make(place) is { } fault ? Prepared<CacheEntry>.Refused(fault) : CacheEntry.Take(place);
        }
    }
}
