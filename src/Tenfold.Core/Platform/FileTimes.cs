namespace Tenfold.Core.Platform;

/// <summary>The times of files, by which machines tell what is still of use.</summary>
public static class FileTimes
{
    /// <summary>Sets all times of a path to now, as far as we may.</summary>
    public static void Touch(string path) => _ = Posix.Touch(path);

    /// <summary>
    /// Sets when a path was last read to now, as far as we may, and leaves when it was written: by that Python knows its compiled files.
    /// </summary>
    /// <returns>False when nothing is there.</returns>
    public static bool TouchRead(string path) => Posix.TouchRead(path) is not (Posix.Enoent or Posix.Enotdir);
}
