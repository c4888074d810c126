using System.Text;

namespace Tenfold.Aws.Double.Machines;

/// <summary>
/// Finds the processes of a machine: those with its mark in their environment or with a working folder below its own, and whatever these
/// have started.
/// </summary>
internal static class Descendants
{
    /// <summary>The variable whose value marks the processes of a machine.</summary>
    public const string Mark = "TENFOLD_DOUBLE_MACHINE";

    /// <summary>The processes of a machine that are still there; zombies are not counted.</summary>
    public static IReadOnlyList<int> Of(string mark, int first, string place)
    {
        var parents = new Dictionary<int, int>();
        var found = new HashSet<int>();
        var text = Encoding.ASCII.GetBytes($"{Mark}={mark}");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(folder.AsSpan(6), out var process) || Read($"{folder}/stat") is not { } stat) continue;
            var words = Encoding.UTF8.GetString(stat)[(Encoding.UTF8.GetString(stat).LastIndexOf(')') + 2)..].Split(' ');
            if (words[0] == "Z") continue;
            parents[process] = int.Parse(words[1]);
            if (process == first || IsBelow($"{folder}/cwd", place)
                || Read($"{folder}/environ") is { } environment && environment.AsSpan().IndexOf(text) >= 0)
                found.Add(process);
        }
        for (var grew = true; grew;)
        {
            grew = false;
            foreach (var (process, parent) in parents)
                if (found.Contains(parent) && found.Add(process)) grew = true;
        }
        return [.. found];
    }

    private static bool IsBelow(string link, string place)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName is { } at
                && (at == place || at.StartsWith(place + "/", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static byte[]? Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
