using Tenfold.Agent.Preparation;
using Tenfold.Core.Platform;

namespace Tenfold.Agent;

/// <summary>
/// Removes unused entries from a machine: copies of snapshots, data and served models, environments, builds, agents, and results that
/// could not be uploaded.
/// </summary>
/// <param name="home">The agents' own folder on this machine; other processes may use it too.</param>
/// <param name="time">The clock.</param>
/// <remarks>The cleaner removes each entry under that entry's own locks, so it never touches what is in use or being made.</remarks>
public sealed class CacheCleaner(string home, TimeProvider time)
{
    private static readonly string[] Folders = ["snapshots", "environments", "data", "models", "builds", "agents"];
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1), MaxDuration = TimeSpan.FromSeconds(30);

    /// <summary>How long an entry stays unused before it is removed; default 14 days.</summary>
    public TimeSpan Unused { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long results stay that could not be uploaded; default 30 days.</summary>
    public TimeSpan Unsaved { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long an entry stays unused when the disk is nearly full, the oldest being removed first; default 1 day.</summary>
    public TimeSpan UnusedWhenFull { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Returns the free part of the disk, from 0 to 1. Below 5 % the disk is nearly full, and the cleaner continues until 10 % are free.
    /// </summary>
    public Func<double> FreePart { get; init; } = () =>
        new DriveInfo(home) is { TotalSize: > 0 } disk ? (double)disk.AvailableFreeSpace / disk.TotalSize : 1;

    /// <summary>
    /// Cleans up, unless that was done within the last hour or another process is doing it. It stops after half a minute, because a run
    /// waits for it.
    /// </summary>
    /// <returns>How many entries were removed.</returns>
    public int Run()
    {
        try
        {
            if (!Directory.Exists(home)) return 0;
            using var turn = FileLock.TryAcquire(Path.Combine(home, "cleaning.lock"));
            var mark = Path.Combine(home, "cleaned");
            if (turn is null || (File.Exists(mark) && (time.GetUtcNow() - Written(mark)).Duration() < Interval)) return 0;
            File.WriteAllText(mark, "");
            return Clean();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // The next run tries again.
        }
    }

    /// <summary>Lists the entries that were not used since a time, the oldest first.</summary>
    public IEnumerable<string> UnusedSince(DateTimeOffset since) => Entries().Select(path => (Path: path, Used: CacheEntry.LastUse(path)))
        .Where(entry => entry.Used < since).OrderBy(entry => entry.Used).Select(entry => entry.Path);

    private int Clean()
    {
        var began = time.GetTimestamp();
        var now = time.GetUtcNow();
        var removed = 0;
        foreach (var trash in Below(Folders).Where(CacheEntry.IsTrash)) Try(() => Directory.Delete(trash, recursive: true));
        RemoveAll(now - Unused, () => true);
        if (FreePart() < 0.05) RemoveAll(now - UnusedWhenFull, () => FreePart() < 0.1);
        foreach (var file in Folders.SelectMany(folder => Files(folder, "*.lock")).Where(file => Written(file) < now - Unused))
            if (file[..^".lock".Length] is var path && !Directory.Exists(path)) Try(() => RemoveLocks(path));
        // A bootstrap or an agent that was killed leaves its archive.
        var archives = Files("agents", "*.tar.gz").Concat(Files("environments", "*.tar.gz"));
        foreach (var archive in archives.Where(archive => Written(archive) < now - Unused).ToList())
            Try(() => File.Delete(archive));
        CleanWork(now);
        return removed;

        void RemoveAll(DateTimeOffset since, Func<bool> goesOn)
        {
            foreach (var path in UnusedSince(since).ToList())
            {
                if (time.GetElapsedTime(began) > MaxDuration || !goesOn()) return;
                Try(() => removed += CacheEntry.TryRemove(path, since) ? 1 : 0);
            }
        }
    }

    private IEnumerable<string> Entries() => Below(Folders).Where(path => !CacheEntry.IsTrash(path));

    private List<string> Below(params IReadOnlyList<string> folders) =>
        [.. folders.Select(folder => Path.Combine(home, folder)).Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories)];

    private string[] Files(string folder, string pattern) =>
        Directory.Exists(Path.Combine(home, folder)) ? Directory.GetFiles(Path.Combine(home, folder), pattern) : [];

    private static DateTimeOffset Written(string file) => new(File.GetLastWriteTimeUtc(file));

    // Removes the locks of an entry that is gone. A process that waits for one of them notices.
    private static void RemoveLocks(string path)
    {
        using var build = FileLock.TryAcquire(CacheEntry.LockOf(path));
        if (build is null || Directory.Exists(path)) return;
        using var use = FileLock.TryAcquire(CacheEntry.UseOf(path));
        use?.Remove();
        if (use is not null) build.Remove();
    }

    // The attempts' own folders, of each machine that has this home: results that could not be uploaded, and locks whose folders are gone.
    private void CleanWork(DateTimeOffset now)
    {
        foreach (var machine in Below("work"))
        {
            foreach (var file in Directory.GetFiles(machine, "*.lock").Concat(Directory.GetFiles(machine, "*.left")))
            {
                var root = file[..^".lock".Length];
                var isUnsaved = Workspace.IsUnsaved(root);
                var age = now - Written(isUnsaved ? $"{root}.left" : file);
                if (isUnsaved ? age < Unsaved : age < Unused || Directory.Exists(root)) continue;
                Try(() =>
                {
                    using var held = FileLock.TryAcquire($"{root}.lock");
                    if (held is null || (!isUnsaved && Directory.Exists(root))) return;
                    new Workspace(new DirectoryInfo(root)).Delete();
                    File.Delete($"{root}.left");
                    held.Remove();
                });
            }
        }
    }

    // What can't be removed now is tried again the next time.
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
