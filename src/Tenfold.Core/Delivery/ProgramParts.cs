using System.Text.Json;

namespace Tenfold.Core.Delivery;

/// <summary>
/// Which files of a folder belong to one published program, where several programs share the folder and its runtime. The gateway's web
/// server lies beside <c>tenfold</c>, and no agent needs it.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="program">The program's name.</param>
/// <remarks>
/// .NET lists a program's libraries in <c>PROGRAM.deps.json</c>. Without this file, every file of the folder belongs to the program.
/// </remarks>
internal sealed class ProgramParts(string folder, string program)
{
    private readonly Lazy<HashSet<string>?> _listed = new(() => Read(Path.Combine(folder, $"{program}.deps.json")));

    /// <summary>True for a file of the program.</summary>
    /// <param name="relative">The file's path in the folder.</param>
    public bool Contains(string relative) =>
        _listed.Value is not { } listed || listed.Contains(relative) || relative == program
        || relative.StartsWith($"{program}.", StringComparison.Ordinal);

    private static HashSet<string>? Read(string path)
    {
        if (!File.Exists(path)) return null;
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var libraries = document.RootElement.GetProperty("targets").EnumerateObject().SelectMany(target => target.Value.EnumerateObject());
        return [.. libraries.SelectMany(library => FilesOf(library.Value))];
    }

    // A library's path in its package is published by its file name, and a translation in a folder named after its language.
    private static IEnumerable<string> FilesOf(JsonElement library)
    {
        foreach (var kind in new[] { "runtime", "native" })
            if (library.TryGetProperty(kind, out var files))
                foreach (var file in files.EnumerateObject()) yield return Path.GetFileName(file.Name);
        if (!library.TryGetProperty("resources", out var resources)) yield break;
        foreach (var file in resources.EnumerateObject())
            yield return $"{Path.GetFileName(Path.GetDirectoryName(file.Name))}/{Path.GetFileName(file.Name)}";
    }
}
