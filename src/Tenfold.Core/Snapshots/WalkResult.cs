using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// A file or link that a <see cref="TreeWalk"/> found. It is a class because lists of our own structs aren't compiled ahead of time.
/// </summary>
/// <param name="Path">Relative to the root.</param>
/// <param name="Stat">Its metadata.</param>
/// <param name="Target">A link's target; null for a file.</param>
/// <param name="Known">The result of <see cref="FileIndex.Find"/>.</param>
internal sealed record FoundFile(string Path, FileStat Stat, string? Target, int Known);

/// <summary>An open folder. It is closed when its last user releases it.</summary>
internal sealed class OpenFolder(int descriptor)
{
    private int _users = 1;

    public int Descriptor => descriptor;

    public OpenFolder Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0) Posix.Close(descriptor);
    }
}

/// <summary>The files that one thread has found, and its buffer.</summary>
internal sealed class WalkResult(byte[] buffer)
{
    public byte[] Entries { get; private set; } = buffer;
    public List<FoundFile> Files { get; } = [];
    public List<FileFault> Faults { get; } = [];
    public List<string> Skipped { get; } = [];
    public List<string> Credentials { get; } = [];
    public List<string> Excluded { get; } = [];

    /// <summary>Reads all the entries of a folder into the buffer.</summary>
    public int Read(int descriptor, out int error)
    {
        var length = 0;
        while (true)
        {
            var read = Posix.ReadFolder(descriptor, Entries.AsSpan(length), out error);
            if (read <= 0) return length;
            length += read;
            if (Entries.Length - length >= 4096) continue;
            var larger = new byte[Entries.Length * 2];
            Entries.AsSpan(0, length).CopyTo(larger);
            Entries = larger;
        }
    }
}
