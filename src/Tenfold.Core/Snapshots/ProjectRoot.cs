using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>Checks which folder is about to be a project.</summary>
public static class ProjectRoot
{
    /// <summary>Why a folder must not be a project; null when it may.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="home">The user's home folder; empty for none.</param>
    /// <remarks>
    /// A snapshot of a home folder, or of a folder above it, would store whatever else its user has: keys, mail, other projects.
    /// </remarks>
    public static string? Fault(string folder, string home)
    {
        var root = RealPath(folder);
        if (root == "/") return Refuse(folder, "the root of the file system");
        if (home.Length == 0 || RealPath(home) is not { } real) return null;
        if (root == real) return Refuse(folder, "your home folder");
        return real.StartsWith(root + "/", StringComparison.Ordinal) ? Refuse(folder, "a folder above your home folder") : null;
    }

    private static string RealPath(string folder) => Posix.RealPath(folder) ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    private static string Refuse(string folder, string what) =>
        $"{folder} is {what}, and a snapshot would store all that lies in it: put the project into a folder of its own, for instance with "
        + "`tenfold init my-project`";
}
