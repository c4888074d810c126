using System.Text;
using Tenfold.Core.Snapshots;
using Tenfold.Projects;

namespace Tenfold.App.Pushes.Planning;

/// <summary>Decides whether a change concerns a project.</summary>
internal static class TriggerMatch
{
    /// <summary>True when a branch matches one of a trigger's patterns.</summary>
    public static bool IsForBranch(PushTrigger trigger, string branch) => trigger.Branches.Any(pattern => IsMatch(pattern, branch));

    /// <summary>True when one of the changed files matches one of a trigger's patterns.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <param name="folder">The project's folder in the repository; empty for its root.</param>
    /// <param name="changed">The paths of the changed files in the repository.</param>
    public static bool IsForFiles(PushTrigger trigger, string folder, IReadOnlyList<string> changed)
    {
        var patterns = trigger.Paths.Select(pattern => Absolute(pattern, folder)).ToList();
        return changed.Any(path => patterns.Exists(pattern => IsMatch(pattern, path)));
    }

    private static string Absolute(string pattern, string folder) =>
        pattern.StartsWith('/') ? pattern[1..] : folder.Length == 0 ? pattern : $"{folder}/{pattern}";

    private static bool IsMatch(string pattern, string text) =>
        WildMatch.IsMatch(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(text), path: true);
}
