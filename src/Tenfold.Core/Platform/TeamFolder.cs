namespace Tenfold.Core.Platform;

/// <summary>
/// What users of a group make in a folder that they share: one with the group's write bit and the setgid bit, by which all below it is the
/// group's.
/// </summary>
/// <remarks>
/// The umask of most users (022) takes the group's write bit from the folders that they make, which would keep the others out of them:
/// there it is given back. In any other folder the umask stands: its group may be one that everybody is in.
/// </remarks>
public static class TeamFolder
{
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode Signs = UnixFileMode.GroupWrite | UnixFileMode.SetGroup;

    /// <summary>True for an existing folder that belongs to a group.</summary>
    public static bool Is(string folder) => Directory.Exists(folder) && (File.GetUnixFileMode(folder) & Signs) == Signs;

    /// <summary>Makes a folder, and those above it; open to the group where the folder above is.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void Create(string folder)
    {
        if (Directory.Exists(folder)) return;
        var above = Path.GetDirectoryName(folder);
        if (above is { Length: > 0 }) Create(above);
        if (above is null || !Is(above))
        {
            Directory.CreateDirectory(folder);
            return;
        }

        // Opened to the group before it gets its name: a process that is killed in between must not leave a folder that excludes the
        // others.
        var made = $"{folder}.{Guid.NewGuid():N}";
        try
        {
            File.SetUnixFileMode(made, Directory.CreateDirectory(made).UnixFileMode | Group);
            var error = Posix.Rename(made, folder);
            if (error is not (0 or Posix.Enotempty or Posix.Eexist)) throw new IOException($"{folder}: {Posix.Describe(error)}", error);
        }
        finally
        {
            if (Directory.Exists(made)) Directory.Delete(made);
        }
    }

    /// <summary>
    /// Lets the group read a file of ours that a group's folder gets, whatever the umask or its maker said, and start it where we may.
    /// </summary>
    public static void LetRead(string file)
    {
        var mode = File.GetUnixFileMode(file);
        var wanted = mode | UnixFileMode.GroupRead | (mode.HasFlag(UnixFileMode.UserExecute) ? UnixFileMode.GroupExecute : 0);
        if (wanted != mode) File.SetUnixFileMode(file, wanted);
    }
}
