using Tenfold.Agent.Preparation;
using Tenfold.Core.Commands;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>The paths by which a project's folder is known, and what is given to runs by such a path.</summary>
internal static class ProjectFolders
{
    /// <summary>The paths of a project's folder: as it was found, as the shell knows it (<c>$PWD</c> may go through links), and without
    /// links.</summary>
    public static IReadOnlyList<string> Of(string folder)
    {
        var physical = PhysicalPath.Of(folder);
        List<string> folders = [folder];
        var shell = Environment.GetEnvironmentVariable("PWD");
        if (shell is ['/', ..] && PhysicalPath.Below(physical, PhysicalPath.Of(shell)) is { } below
            && (below.Length == 0 ? shell : PhysicalPath.Below("/", shell) is { } rest && rest.EndsWith(below, StringComparison.Ordinal)
                ? shell[..^below.Length] : null) is { } logical)
            folders.Add(Path.TrimEndingDirectorySeparator(logical));
        return [.. folders.Append(physical).Distinct()];
    }

    /// <summary>The paths of a project's folder when a group of it is done again: the recorded ones, and that of the project in which the
    /// user stands now. The shell's variables may name either.</summary>
    public static IReadOnlyList<string> OfRerun(GroupRecord original)
    {
        var recorded = original.Spec.ProjectFolders ?? Of(original.Root);
        var here = ProjectFinder.Find(Environment.CurrentDirectory) is { } file ? Of(Path.GetDirectoryName(file)!) : [];
        return [.. recorded.Concat(here).Distinct()];
    }

    /// <summary>What a user should know of the paths into the project's folder that runs are given.</summary>
    /// <param name="spec">What the runs share.</param>
    /// <param name="files">The snapshot's files, relative to the project.</param>
    /// <param name="home">Tenfold's own folder.</param>
    public static IReadOnlyList<string> Notes(WorkSpec spec, IEnumerable<string> files, string home)
    {
        var pinned = new HashSet<string>(StringComparer.Ordinal) { "" };
        foreach (var file in files)
            for (var path = file; path is { Length: > 0 } && pinned.Add(path);) path = Path.GetDirectoryName(path);
        var links = spec.Data.Values.Select(channel => channel.Link).OfType<string>().ToList();
        var paths = new PinnedPaths(
            spec.ProjectFolders!, "/copy", path => pinned.Contains(path) || links.Any(link => PhysicalPath.Below(link, path) is not null),
            home, spec.Shell.GetValueOrDefault("HOME"));
        paths.Rewrite(spec);
        paths.Rewrite(spec.Shell, []);
        return [.. paths.Notes, .. paths.Warnings.Select(warning => $"{warning}")];
    }
}
