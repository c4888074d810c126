using System.Text.Json;
using Tenfold.Core.Queueing;
using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>
/// The local target's queue: a folder. An assignment is a file in <c>waiting/</c>. The one agent of this machine renames it into
/// <c>running/</c> when it starts the attempt, and deletes it after it has reported the end. So after any crash, the folder shows what
/// remains to be done.
/// </summary>
/// <param name="folder">The queue's folder; created when missing.</param>
public sealed class WorkQueue(string folder)
{
    private readonly string _waiting = Path.Combine(folder, "waiting");
    private readonly string _running = Path.Combine(folder, "running");
    private readonly string _lock = Path.Combine(folder, "agent.lock");

    /// <summary>The folder.</summary>
    public string Folder => folder;

    /// <summary>The agent's folder on this machine, in which the queue lies.</summary>
    public string Home => Path.GetDirectoryName(Path.GetFullPath(folder))!;

    /// <summary>The address at which the agent receives secrets: a Unix domain socket.</summary>
    public string SocketPath => Path.Combine(folder, "agent.sock");

    /// <summary>The most characters that a socket's address may have.</summary>
    public const int MaxSocketPath = 100;

    /// <summary>The agent's own log file.</summary>
    public string AgentLog => Path.Combine(folder, "agent.log");

    /// <summary>Adds assignments. An attempt that waits or runs already is not added again.</summary>
    /// <exception cref="StoreException">The disk is full or read-only.</exception>
    public void Add(IReadOnlyCollection<Assignment> assignments)
    {
        try
        {
            Directory.CreateDirectory(_waiting);
            Directory.CreateDirectory(_running);
            AddNew(assignments);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, folder, folder, writing: true);
        }
    }

    private void AddNew(IReadOnlyCollection<Assignment> assignments)
    {
        var present = Entries(_waiting).Concat(Entries(_running)).Select(entry => entry.Attempt).ToHashSet();
        foreach (var assignment in assignments)
        {
            if (present.Contains(assignment.Attempt)) continue;
            // The name sorts by age, then by repeat: the queue is served in that order. The attempt alone determines the name, so two
            // processes that add an attempt at the same time write one file.
            var order = $"{assignment.CreatedAt.ToUnixTimeMilliseconds():D15}.{assignment.Repeat:D6}{assignment.Priority?.Suffix()}";
            var name = $"{order}.{assignment.Attempt}.json";
            var temporary = Path.Combine(folder, $".{name}.{Guid.NewGuid():N}");
            try
            {
                File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment));
                File.Move(temporary, Path.Combine(_waiting, name), overwrite: true);
            }
            catch (IOException)
            {
                File.Delete(temporary); // A full disk leaves part of the file.
                throw;
            }
        }
    }

    /// <summary>The waiting entries, in the order in which they are served.</summary>
    public IReadOnlyList<QueueEntry> Waiting() => Entries(_waiting);

    /// <summary>The entries that the agent has started. Without a live agent, these are the ones that a killed agent left.</summary>
    public IReadOnlyList<QueueEntry> Running() => Entries(_running);

    /// <summary>A time stamp that changes whenever a waiting entry is added or removed.</summary>
    public DateTime WaitingStamp() => Directory.GetLastWriteTimeUtc(_waiting);

    /// <summary>A time stamp that changes whenever an attempt starts, or its end has been reported.</summary>
    public DateTime RunningStamp() => Directory.GetLastWriteTimeUtc(_running);

    /// <summary>Reads an entry; null when it no longer exists, or another process has moved it, or it is damaged.</summary>
    public static Assignment? Read(QueueEntry entry)
    {
        try
        {
            var assignment = JsonSerializer.Deserialize(File.ReadAllBytes(entry.Path), AttemptJson.Default.Assignment);
            // The name says the priority, which may have changed since the file was written.
            return assignment is null ? null : assignment with { Priority = entry.Priority };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Moves a waiting entry to the running ones; null when it was withdrawn first.</summary>
    public QueueEntry? TryTake(QueueEntry entry)
    {
        var path = Path.Combine(_running, Path.GetFileName(entry.Path));
        return TryMove(entry.Path, path) ? entry with { Path = path } : null;
    }

    /// <summary>Withdraws a waiting entry, so that it never starts.</summary>
    /// <returns>True when it was withdrawn; false when the agent has started it, or there is no such entry.</returns>
    public bool TryWithdraw(string attempt)
    {
        var entry = Entries(_waiting).FirstOrDefault(entry => entry.Attempt == attempt);
        if (entry is null) return false;
        var path = Path.Combine(folder, $".withdrawn.{attempt}");
        if (!TryMove(entry.Path, path)) return false;
        File.Delete(path);
        return true;
    }

    /// <summary>Changes the priority of a waiting entry. Nothing happens when the attempt no longer waits.</summary>
    public void Reorder(string attempt, RunPriority priority)
    {
        if (Entries(_waiting).FirstOrDefault(entry => entry.Attempt == attempt) is not { } entry) return;
        var parts = Path.GetFileName(entry.Path).Split('.');
        parts[1] = RunPriorities.WithSuffix(parts[1], priority);
        var path = Path.Combine(_waiting, string.Join('.', parts));
        if (path != entry.Path) TryMove(entry.Path, path);
    }

    /// <summary>Removes an entry whose end has been reported, or that cannot be read.</summary>
    public static void Remove(QueueEntry entry) => File.Delete(entry.Path);

    /// <summary>Acquires the lock of the one agent that serves this queue.</summary>
    /// <returns>The lock, which the system releases when the process ends; null when another process holds it.</returns>
    public FileStream? TryLock()
    {
        Directory.CreateDirectory(_waiting);
        Directory.CreateDirectory(_running);
        try
        {
            return new FileStream(_lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(_lock))
        {
            return null;
        }
    }

    /// <summary>True while an agent serves this queue.</summary>
    public bool HasAgent()
    {
        if (!File.Exists(_lock)) return false;
        try
        {
            // Opening for reading takes a shared lock for an instant, so that two processes that check at once don't block each other.
            using var file = new FileStream(_lock, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException) when (File.Exists(_lock))
        {
            return true;
        }
    }

    private static bool TryMove(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: true);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private static List<QueueEntry> Entries(string state)
    {
        if (!Directory.Exists(state)) return [];
        var entries = new List<QueueEntry>();
        foreach (var path in Directory.EnumerateFiles(state, "*.json"))
        {
            var parts = Path.GetFileName(path).Split('.');
            if (parts.Length == 4) entries.Add(new QueueEntry(path, parts[2]));
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return entries;
    }
}

/// <summary>An assignment in the queue.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record QueueEntry(string Path, string Attempt)
{
    /// <summary>The priority of its group; null for a normal one.</summary>
    public RunPriority? Priority =>
        System.IO.Path.GetFileName(Path).Split('.') is [_, var repeat, ..] ? RunPriorities.OfSuffixed(repeat) : null;
}
