namespace Tenfold.Core.Platform;

/// <summary>Reads and sets the time stamps of files.</summary>
public static class FileTimes
{
    /// <summary>Sets all times of a path to now, if this user may.</summary>
    public static void Touch(string path) => _ = Posix.Touch(path);

    /// <summary>
    /// Sets a path's time of access to now, if this user may. Its time of change stays, because Python compares that with compiled files.
    /// </summary>
    /// <returns>False when the path does not exist.</returns>
    public static bool TouchRead(string path) => Posix.TouchRead(path) is not (Posix.Enoent or Posix.Enotdir);

    /// <summary>When a file's content, name or permissions were last changed; null when there is no such file.</summary>
    public static DateTimeOffset? ChangedAt(string path) =>
        Posix.Stat(path, follow: false, out var stat) == 0 ? DateTimeOffset.UnixEpoch.AddTicks(stat.ChangedNs / 100) : null;
}
