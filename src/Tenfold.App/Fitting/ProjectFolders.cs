using Tenfold.Agent.Preparation;
using Tenfold.Core.Commands;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>The paths by which a project's folder is known.</summary>
internal static class ProjectFolders
{
    /// <summary>The paths of a project's folder: as it was found, as the shell knows it, and without links.</summary>
    /// <param name="folder">The folder as it was found.</param>
    /// <param name="shell">The shell's working folder, whose path may go through links; null when it is not known.</param>
    public static IReadOnlyList<string> Of(string folder, string? shell)
    {
        var physical = PhysicalPath.Of(folder);
        List<string> folders = [folder];
        if (shell is ['/', ..] && PhysicalPath.Below(physical, PhysicalPath.Of(shell)) is { } below
            && (below.Length == 0 ? shell : PhysicalPath.Below("/", shell) is { } rest && rest.EndsWith(below, StringComparison.Ordinal)
                ? shell[..^below.Length] : null) is { } logical)
            folders.Add(Path.TrimEndingDirectorySeparator(logical));
        return [.. folders.Append(physical).Distinct()];
    }

    /// <summary>
    /// The paths of a project's folder when one of its groups is repeated: the recorded paths, and those of the user's current project. The
    /// shell's variables may name either.
    /// </summary>
    /// <param name="original">The group.</param>
    /// <param name="current">The folder in which the user works; null when there is none.</param>
    /// <param name="shell">The path by which the shell knows that folder; null when it is not known.</param>
    public static IReadOnlyList<string> OfRerun(GroupRecord original, string? current, string? shell)
    {
        var recorded = original.Spec.ProjectFolders ?? Of(original.Root, shell);
        var here = current is not null && ProjectFinder.Find(current) is { } file ? Of(Path.GetDirectoryName(file)!, shell) : [];
        return [.. recorded.Concat(here).Distinct()];
    }

    /// <summary>What a user should know about paths into the project's folder that runs get.</summary>
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
        if (spec.Variables is { } own) paths.Rewrite(own, own.Keys);
        return [.. paths.Notes, .. paths.Warnings.Select(warning => $"{warning}")];
    }
}
