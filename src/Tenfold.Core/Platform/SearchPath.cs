namespace Tenfold.Core.Platform;

/// <summary>Finds programs in the folders of a <c>PATH</c>. The host gives it, because a process has only its own.</summary>
public static class SearchPath
{
    private const string Usual = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>Finds a program as a shell does.</summary>
    /// <param name="name">The program's name.</param>
    /// <param name="path">The folders, with colons between; null for the system's usual ones.</param>
    /// <returns>Its full path; null when it is in none of them.</returns>
    public static string? Find(string name, string? path) => (path ?? Usual)
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(file => File.Exists(file) && IsExecutable(file));

    private static bool IsExecutable(string file) =>
        (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
