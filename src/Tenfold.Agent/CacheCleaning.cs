using Tenfold.Agent.Preparation;
using Tenfold.Core.Platform;

namespace Tenfold.Agent;

/// <summary>Removes from a machine what no attempt has used for long: copies of snapshots and data, environments, builds, agents, and what could not be kept.</summary>
/// <param name="home">The agents' own folder on this machine; other processes may use it too.</param>
/// <param name="time">The clock.</param>
/// <remarks>What is in use or being made is never touched: each thing is removed under its own locks.</remarks>
public sealed class CacheCleaning(string home, TimeProvider time)
{
    private static readonly string[] Folders = ["snapshots", "environments", "data", "builds", "agents"];
    private static readonly TimeSpan Every = TimeSpan.FromHours(1), AtMost = TimeSpan.FromSeconds(30);

    /// <summary>What was not used for so long goes; default 14 days.</summary>
    public TimeSpan Unused { get; init; } = TimeSpan.FromDays(14);

    /// <summary>What could not be brought into the store goes after so long; default 30 days.</summary>
    public TimeSpan Left { get; init; } = TimeSpan.FromDays(30);

    /// <summary>When the disk is nearly full, what was not used for so long goes too, the oldest first; default 1 day.</summary>
    public TimeSpan UnusedWhenFull { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The part of the disk that is free. Below 5 % it is nearly full, and room is made until 10 % are free.</summary>
    public Func<double> FreePart { get; init; } = () => new DriveInfo(home) is { TotalSize: > 0 } disk ? (double)disk.AvailableFreeSpace / disk.TotalSize : 1;

    /// <summary>Cleans up, unless that was done within the last hour or another process does it. It stops after half a minute: a run waits for it.</summary>
    /// <returns>How many things went.</returns>
    public int Run()
    {
        try
        {
            if (!Directory.Exists(home)) return 0;
            using var turn = FileLock.TryTake(Path.Combine(home, "cleaning.lock"));
            var mark = Path.Combine(home, "cleaned");
            if (turn is null || (File.Exists(mark) && (time.GetUtcNow() - new DateTimeOffset(File.GetLastWriteTimeUtc(mark))).Duration() < Every)) return 0;
            File.WriteAllText(mark, "");
            return Clean();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // another time
        }
    }

    /// <summary>What was not used since, the oldest first.</summary>
    public IEnumerable<string> UnusedSince(DateTimeOffset since) => Places().Select(place => (Place: place, Used: CacheEntry.LastUse(place)))
        .Where(entry => entry.Used < since).OrderBy(entry => entry.Used).Select(entry => entry.Place);

    private int Clean()
    {
        var began = time.GetTimestamp();
        var now = time.GetUtcNow();
        var removed = 0;
        foreach (var doomed in Below(Folders).Where(CacheEntry.IsDoomed)) Try(() => Directory.Delete(doomed, recursive: true));
        RemoveAll(now - Unused, () => true);
        if (FreePart() < 0.05) RemoveAll(now - UnusedWhenFull, () => FreePart() < 0.1);
        foreach (var file in Folders.SelectMany(folder => Files(folder, "*.lock")))
            if (new DateTimeOffset(File.GetLastWriteTimeUtc(file)) < now - Unused && file[..^".lock".Length] is var place && !Directory.Exists(place)) Try(() => RemoveLocks(place));
        // Of a bootstrap that was killed.
        foreach (var archive in Files("agents", "*.tar.gz"))
            if (new DateTimeOffset(File.GetLastWriteTimeUtc(archive)) < now - Unused) Try(() => File.Delete(archive));
        CleanWork(now);
        return removed;

        void RemoveAll(DateTimeOffset since, Func<bool> goesOn)
        {
            foreach (var place in UnusedSince(since).ToList())
            {
                if (time.GetElapsedTime(began) > AtMost || !goesOn()) return;
                Try(() => removed += CacheEntry.TryRemove(place, since) ? 1 : 0);
            }
        }
    }

    private IEnumerable<string> Places() => Below(Folders).Where(place => !CacheEntry.IsDoomed(place));

    private List<string> Below(params IReadOnlyList<string> folders) =>
        [.. folders.Select(folder => Path.Combine(home, folder)).Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories)];

    private string[] Files(string folder, string pattern) =>
        Directory.Exists(Path.Combine(home, folder)) ? Directory.GetFiles(Path.Combine(home, folder), pattern) : [];

    // Of what is gone; whoever waits for one sees that it was removed.
    private static void RemoveLocks(string place)
    {
        using var turn = FileLock.TryTake(CacheEntry.LockOf(place));
        if (turn is null || Directory.Exists(place)) return;
        using var use = FileLock.TryTake(CacheEntry.UseOf(place));
        use?.Remove();
        if (use is not null) turn.Remove();
    }

    // Attempts' own folders, of each machine that has this home: those that could not be kept, and the locks of those that are gone.
    private void CleanWork(DateTimeOffset now)
    {
        foreach (var machine in Below("work"))
        {
            foreach (var file in Directory.GetFiles(machine, "*.lock").Concat(Directory.GetFiles(machine, "*.left")))
            {
                var root = file[..^".lock".Length];
                var isLeft = Workspace.IsLeft(root);
                var age = now - new DateTimeOffset(File.GetLastWriteTimeUtc(isLeft ? $"{root}.left" : file));
                if (isLeft ? age < Left : age < Unused || Directory.Exists(root)) continue;
                Try(() =>
                {
                    using var held = FileLock.TryTake($"{root}.lock");
                    if (held is null || (!isLeft && Directory.Exists(root))) return;
                    new Workspace(new DirectoryInfo(root)).Delete();
                    File.Delete($"{root}.left");
                    held.Remove();
                });
            }
        }
    }

    // What can't be removed now is looked at again.
    private static void Try(Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
