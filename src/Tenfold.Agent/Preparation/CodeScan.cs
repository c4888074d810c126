using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Core.Reasons;

namespace Tenfold.Agent.Preparation;

/// <summary>Finds the place in a snapshot's code that names the project's folder by its full path. Each snapshot is read once.</summary>
internal sealed class CodeScan
{
    private const int MaxBytes = 1 << 20, MaxFiles = 5_000;

    private static readonly string[] Extensions =
        [".py", ".ipynb", ".sh", ".bash", ".r", ".R", ".jl", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".json"];

    private readonly ConcurrentDictionary<string, Warning.LivePathInCode?> _known = new();

    /// <summary>Finds the first such place; null when there is none.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="code">A copy of its files.</param>
    /// <param name="folders">The paths of the project's folder.</param>
    /// <param name="home">The user's home, which code may write as <c>~</c>; null when that is not known.</param>
    public Warning.LivePathInCode? Find(string snapshot, string code, IReadOnlyList<string> folders, string? home)
    {
        string[] sought =
        [
            .. folders,
            .. folders.Where(folder => home is { Length: > 1 } && folder.StartsWith($"{home}/", StringComparison.Ordinal))
                .Select(folder => $"~{folder[home!.Length..]}"),
        ];
        return _known.GetOrAdd($"{snapshot}\n{string.Join('\n', sought)}", _ => Find(code, sought));
    }

    private static Warning.LivePathInCode? Find(string code, IReadOnlyList<string> sought)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden,
        };
        var files = new DirectoryInfo(code).EnumerateFiles("*", options)
            .Where(file => Extensions.Contains(file.Extension) && file.Length <= MaxBytes && file.Name != "tenfold.yaml")
            .Take(MaxFiles).OrderBy(file => file.FullName, StringComparer.Ordinal);
        var bytes = sought.Select(Encoding.UTF8.GetBytes).ToList();
        foreach (var file in files)
        {
            var content = File.ReadAllBytes(file.FullName);
            if (!bytes.Any(path => content.AsSpan().IndexOf(path) >= 0)) continue;
            var name = Path.GetRelativePath(code, file.FullName);
            if (FindIn(TextOf(file.Extension, content), name, sought) is { } found) return found;
        }

        return null;
    }

    private static Warning.LivePathInCode? FindIn(string text, string name, IReadOnlyList<string> sought)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            foreach (var path in sought)
            {
                var at = lines[i].IndexOf(path, StringComparison.Ordinal);
                if (at < 0 || lines[i].AsSpan(0, at).Contains('#') || (at > 0 && IsOfName(lines[i][at - 1]))) continue;
                if (at + path.Length < lines[i].Length && IsOfName(lines[i][at + path.Length])) continue;
                return new Warning.LivePathInCode(name, i + 1, path);
            }
        }

        return null;
    }

    // Outputs of a notebook name the folder in which it was last executed.
    private static string TextOf(string extension, byte[] content)
    {
        if (extension != ".ipynb") return Encoding.UTF8.GetString(content);
        try
        {
            var cells = JsonNode.Parse(content)?["cells"]?.AsArray() ?? [];
            return string.Join('\n', cells.Where(cell => (string?)cell?["cell_type"] == "code").Select(cell =>
                cell!["source"] is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)cell["source"]));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or '-';
}
