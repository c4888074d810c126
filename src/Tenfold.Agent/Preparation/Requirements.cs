using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Input;

namespace Tenfold.Agent.Preparation;

/// <summary>Reads a requirements file and everything that it includes, on which an environment built from it depends.</summary>
/// <remarks>Source: pip, "Requirements File Format".</remarks>
public static class Requirements
{
    /// <summary>Reads the text of the file and of every file that it includes with <c>-r</c> or <c>-c</c>.</summary>
    /// <param name="code">The snapshot's files.</param>
    /// <param name="file">The requirements file, relative to them.</param>
    /// <returns>The text; or what is wrong and what to do.</returns>
    public static (string Content, string? Fault) Read(string code, string file)
    {
        var content = new StringBuilder();
        var fault = Read(code, Path.Combine(code, file), content, []);
        return (content.ToString(), fault);
    }

    private static string? Read(string code, string path, StringBuilder content, HashSet<string> read)
    {
        var name = Path.GetRelativePath(code, path);
        if (!read.Add(path)) return null;
        if (!File.Exists(path))
            return $"{name} is not in the snapshot; correct the path, or take it back in with train.exclude: [ \"!{name}\" ]";
        content.Append(name).Append('\n');
        foreach (var line in File.ReadLines(path))
        {
            content.Append(line).Append('\n');
            var words = line.Split('#')[0].Split([' ', '\t', '='], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            if (words is ["-r" or "--requirement" or "-c" or "--constraint", var included, ..])
            {
                if (Read(code, Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, included)), content, read) is { } fault)
                    return fault;
            }
            else if (words[0] is "-e" or "--editable")
            {
                return $"{name}: {Excerpt.Of(line)} would point into a run's own folder, which goes with it; "
                    + "leave -e away: the folder is then installed";
            }
            else if (IsLocal(words[0], path))
                AddFiles(code, Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, words[0])), content);
        }

        return null;
    }

    private static bool IsLocal(string word, string path) =>
        (word.StartsWith('.') || word.Contains('/')) && !word.Contains("://")
            && Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, word));

    // The environment depends on the files of a package that lies in the project.
    private static void AddFiles(string code, string path, StringBuilder content)
    {
        IEnumerable<string> files = File.Exists(path) ? [path]
            : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            using var stream = File.OpenRead(file);
            content.Append(Path.GetRelativePath(code, file)).Append(' ').Append(Convert.ToHexStringLower(SHA256.HashData(stream)))
                .Append('\n');
        }
    }
}
