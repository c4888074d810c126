namespace Tenfold.Core.Platform;

/// <summary>Sets the time stamps of files, which show when an entry of a cache was last used.</summary>
public static class FileTimes
{
    /// <summary>Sets all times of a path to now, if this user may.</summary>
    public static void Touch(string path) => _ = Posix.Touch(path);

    /// <summary>
    /// Sets a path's time of access to now, if this user may. Its time of change stays, because Python compares that with compiled files.
    /// </summary>
    /// <returns>False when the path does not exist.</returns>
    public static bool TouchRead(string path) => Posix.TouchRead(path) is not (Posix.Enoent or Posix.Enotdir);
}
