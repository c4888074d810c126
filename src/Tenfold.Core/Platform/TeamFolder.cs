namespace Tenfold.Core.Platform;

/// <summary>
/// Creates files and folders in a folder that the users of a group share. Such a folder has the group's write bit and the setgid bit, which
/// gives the group to everything below it.
/// </summary>
/// <remarks>
/// The umask of most users (022) removes the group's write bit from folders that they create, which would keep the other users out. In a
/// shared folder, the bit is restored. In any other folder the umask holds, because its group may include everybody.
/// </remarks>
public static class TeamFolder
{
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode Marks = UnixFileMode.GroupWrite | UnixFileMode.SetGroup;

    /// <summary>True for an existing folder that a group shares.</summary>
    public static bool Is(string folder) => Directory.Exists(folder) && (File.GetUnixFileMode(folder) & Marks) == Marks;

    /// <summary>Creates a folder, and those above it. It is open to the group if the folder above is shared.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="otherwise">The mode of new folders where the folder above isn't shared; default: what the umask leaves.</param>
    /// <exception cref="IOException">The folder can't be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not create the folder.</exception>
    public static void Create(string folder, UnixFileMode? otherwise = null)
    {
        if (Directory.Exists(folder)) return;
        var above = Path.GetDirectoryName(folder);
        if (above is { Length: > 0 }) Create(above, otherwise);
        if (above is null || !Is(above))
        {
            if (otherwise is { } mode) Directory.CreateDirectory(folder, mode);
            else Directory.CreateDirectory(folder);
            return;
        }

        // The folder is opened to the group before it gets its name, because a process that is killed in between must not leave a folder
        // that excludes the others.
        var temporary = $"{folder}.{Guid.NewGuid():N}";
        try
        {
            File.SetUnixFileMode(temporary, Directory.CreateDirectory(temporary).UnixFileMode | Group);
            var error = Posix.Rename(temporary, folder);
            if (error is not (0 or Posix.Enotempty or Posix.Eexist)) throw new IOException($"{folder}: {Posix.Describe(error)}", error);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary);
        }
    }

    /// <summary>
    /// Lets the group read a file in a shared folder, whatever the umask or the file's origin, and execute it if the owner may.
    /// </summary>
    public static void LetRead(string file)
    {
        var mode = File.GetUnixFileMode(file);
        var wanted = mode | UnixFileMode.GroupRead | (mode.HasFlag(UnixFileMode.UserExecute) ? UnixFileMode.GroupExecute : 0);
        if (wanted != mode) File.SetUnixFileMode(file, wanted);
    }
}
