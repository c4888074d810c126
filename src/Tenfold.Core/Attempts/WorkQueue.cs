using System.Text.Json;
using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>
/// The local target's queue: a folder. An assignment is a file in <c>waiting/</c>, which the one agent of this machine renames into
/// <c>running/</c> when it takes it up and deletes when it has reported the end. So after any crash the folder tells what is left to do.
/// </summary>
/// <param name="folder">The queue's folder; made when missing.</param>
public sealed class WorkQueue(string folder)
{
    private readonly string _waiting = Path.Combine(folder, "waiting");
    private readonly string _running = Path.Combine(folder, "running");
    private readonly string _lock = Path.Combine(folder, "agent.lock");

    /// <summary>The folder.</summary>
    public string Folder => folder;

    /// <summary>The address at which the agent takes secrets: a Unix domain socket.</summary>
    public string SocketPath => Path.Combine(folder, "agent.sock");

    /// <summary>A socket's address may be this long.</summary>
    public const int MaxSocketPath = 100;

    /// <summary>Where the agent writes what it has to say of itself.</summary>
    public string AgentLog => Path.Combine(folder, "agent.log");

    /// <summary>Adds assignments at the end. One that waits or runs already stays as it is.</summary>
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
            // The name sorts by age, then by repeat: the queue is served in that order. It follows from the attempt alone, so that two who
            // add the same attempt at the same time write the same file.
            var name = $"{assignment.CreatedAt.ToUnixTimeMilliseconds():D15}.{assignment.Repeat:D6}.{assignment.Attempt}.json";
            var temporary = Path.Combine(folder, $".{name}.{Guid.NewGuid():N}");
            try
            {
                File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment));
                File.Move(temporary, Path.Combine(_waiting, name), overwrite: true);
            }
            catch (IOException)
            {
                File.Delete(temporary); // what a full disk left of it
                throw;
            }
        }
    }

    /// <summary>What waits, in the order in which it is served.</summary>
    public IReadOnlyList<QueueEntry> Waiting() => Entries(_waiting);

    /// <summary>What the agent has taken up; without a living agent, what it left behind.</summary>
    public IReadOnlyList<QueueEntry> Running() => Entries(_running);

    /// <summary>A stamp that changes whenever something is added to or taken from what waits.</summary>
    public DateTime WaitingStamp() => Directory.GetLastWriteTimeUtc(_waiting);

    /// <summary>Reads an entry; null when it is gone, or was taken by another.</summary>
    public static Assignment? Read(QueueEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(entry.Path), AttemptJson.Default.Assignment);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Takes a waiting entry up; null when somebody withdrew it first.</summary>
    public QueueEntry? TryTake(QueueEntry entry)
    {
        var path = Path.Combine(_running, Path.GetFileName(entry.Path));
        return TryMove(entry.Path, path) ? entry with { Path = path } : null;
    }

    /// <summary>Takes an entry out of what waits, before the agent does.</summary>
    /// <returns>True when it will never start; false when the agent has it, or nobody.</returns>
    public bool TryWithdraw(string attempt)
    {
        var entry = Entries(_waiting).FirstOrDefault(entry => entry.Attempt == attempt);
        if (entry is null) return false;
        var path = Path.Combine(folder, $".withdrawn.{attempt}");
        if (!TryMove(entry.Path, path)) return false;
        File.Delete(path);
        return true;
    }

    /// <summary>Removes an entry whose end has been reported, or that cannot be read.</summary>
    public static void Remove(QueueEntry entry) => File.Delete(entry.Path);

    /// <summary>Becomes the one who serves this queue.</summary>
    /// <returns>The lock, which ends with its process however that ends; null when another has it.</returns>
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
            // Opening to read takes a shared lock for an instant, so that two who ask do not disturb each other.
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

    private static List<QueueEntry> Entries(string of)
    {
        if (!Directory.Exists(of)) return [];
        var entries = new List<QueueEntry>();
        foreach (var path in Directory.EnumerateFiles(of, "*.json"))
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
public sealed record QueueEntry(string Path, string Attempt);
