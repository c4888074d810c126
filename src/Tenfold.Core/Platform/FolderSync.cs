namespace Tenfold.Core.Platform;

/// <summary>Forces the entries of a folder to the disk: a new file survives a power failure only after that.</summary>
public static class FolderSync
{
    /// <summary>Forces the entries to the disk.</summary>
    /// <exception cref="IOException">The folder can't be opened, or the disk failed.</exception>
    public static void Flush(string folder)
    {
        var descriptor = Posix.OpenFolder(Posix.Terminated(folder), follow: true, out var error);
        if (descriptor < 0) throw new IOException($"{folder}: {Posix.Describe(error)}");
        error = Posix.Flush(descriptor);
        Posix.Close(descriptor);
        // Some file systems have no such call for folders, and need none.
        if (error is not (0 or Posix.Einval)) throw new IOException($"{folder}: {Posix.Describe(error)}");
    }
}
