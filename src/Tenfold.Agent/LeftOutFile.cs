using System.Text.RegularExpressions;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent;

/// <summary>Finds the file that a failed command looked for, and that the project's folder has and its snapshot has not.</summary>
/// <remarks>
/// It looks at what the last lines of standard error name, whatever their language. Only a machine that has the project's folder can tell.
/// </remarks>
internal static partial class LeftOutFile
{
    // A longer text is no path.
    private const int MaxPath = 4096;

    /// <summary>The warning; null when no such file is named.</summary>
    /// <param name="reason">Why the run failed.</param>
    /// <param name="spec">The run's specification.</param>
    /// <param name="workspace">Its folders, as the command left them.</param>
    public static Warning.FileLeftOut? Find(Reason? reason, WorkSpec spec, Workspace workspace)
    {
        if (reason is not Reason.Exited { LastLines: { } lines } || spec.ProjectFolders?.FirstOrDefault(Directory.Exists) is not { } folder)
            return null;
        foreach (var line in lines.Split('\n'))
        {
            var tellsOfFile = NotFound().IsMatch(line);
            foreach (Match match in Token().Matches(line))
            {
                var path = match.Groups.Values.Skip(1).First(group => group.Success).Value;
                var isPlain = !path.Contains('/', StringComparison.Ordinal) && !path.Contains('.', StringComparison.Ordinal);
                // A word may be anything, unless the line is about a file or a module.
                if (isPlain && !tellsOfFile) continue;
                if (Missing(path, folder, workspace.Code) is { } missing) return new Warning.FileLeftOut(missing);
                var module = path.Replace('.', '/');
                if (tellsOfFile && !path.Contains('/', StringComparison.Ordinal)
                    && (Missing(module + ".py", folder, workspace.Code) ?? Missing(module, folder, workspace.Code)) is { } code)
                    return new Warning.FileLeftOut(code);
            }
        }

        return null;
    }

    // The part of the path that the project has and the copy has not, relative to the project.
    private static string? Missing(string written, string folder, string copy)
    {
        if (written.Length > MaxPath || written.Contains('\0', StringComparison.Ordinal)) return null;
        var full = Path.GetFullPath(written, copy);
        var relative = Path.GetRelativePath(copy, full);
        if (relative is "." or ".." || relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative)) return null;
        for (var part = relative; part.Length > 0; part = Path.GetDirectoryName(part) ?? "")
        {
            if (Path.Exists(Path.Combine(copy, part))) return null;
            if (Path.Exists(Path.Combine(folder, part))) return part;
        }

        return null;
    }

    [GeneratedRegex(
        "(?i)no such file|not found|enoent|no module named|cannot (find|open)|can't (find|open)|does not exist",
        RegexOptions.CultureInvariant)]
    private static partial Regex NotFound();

    [GeneratedRegex("""'([^'\n]+)'|"([^"\n]+)"|`([^`\n]+)`|([^\s'"`,;:()\[\]{}<>]*[^\s'"`,;:()\[\]{}<>.])""")]
    private static partial Regex Token();
}
