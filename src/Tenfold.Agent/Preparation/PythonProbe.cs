using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenfold.Agent.Preparation;

/// <summary>Asks a Python interpreter from where it imports modules. Remembers the answer while nothing is installed or removed.</summary>
internal sealed class PythonProbe
{
    // The variables that decide which interpreter a launcher such as pyenv's starts, and which folders that interpreter imports from.
    private static readonly string[] Deciding = ["VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_VERSION", "PYENV_ROOT", "PYTHONHOME", "HOME"];
    private static readonly string[] Installing = [".pth", ".egg-link"];

    // Finders of editable installs either have a MAPPING from names to paths, or find modules in a way of their own.
    private const string Question =
        """
        import json, os, sys
        from importlib.machinery import PathFinder
        modules, own, first = {}, {}, True
        for finder in sys.meta_path:
            if finder is PathFinder:
                first = False
            kind = finder if isinstance(finder, type) else type(finder)
            source = sys.modules.get(kind.__module__)
            mapping = getattr(source, "MAPPING", None)
            if isinstance(mapping, dict):
                modules.update((str(name), str(path)) for name, path in mapping.items())
            elif first and kind.__module__ not in ("_frozen_importlib", "_frozen_importlib_external", "importlib._bootstrap"):
                own[kind.__module__ + "." + kind.__name__] = repr(getattr(finder, "__dict__", ""))[:100000]
        standard = sorted(getattr(sys, "stdlib_module_names", [])) or sorted(sys.builtin_module_names)
        with open(sys.argv[1], "w") as answer:
            json.dump({"prefix": sys.prefix, "folders": [os.path.abspath(p) for p in sys.path if p and os.path.isdir(p)],
                       "modules": modules, "own": own, "standard": standard}, answer)
        """;

    private readonly ConcurrentDictionary<string, (string Stamp, PythonFacts Facts)> _known = new();

    /// <summary>Asks an interpreter.</summary>
    /// <param name="python">The interpreter's path.</param>
    /// <param name="tools">Starts it, with the variables of the run but for <c>PYTHONPATH</c>.</param>
    /// <param name="folder">Where to start it. The answer's file is written there for a moment.</param>
    /// <param name="variables">The variables of the run.</param>
    /// <returns>The answer; null when the program gives none.</returns>
    public async Task<PythonFacts?> AskAsync(
        string python, ToolRunner tools, string folder, IReadOnlyDictionary<string, string> variables)
    {
        var key = string.Join('\n', Deciding.Select(name => variables.GetValueOrDefault(name) ?? "").Prepend(python));
        if (_known.TryGetValue(key, out var known) && known.Stamp == Stamp(python, known.Facts)) return known.Facts;
        var file = Path.Combine(folder, ".python.json");
        await tools.CaptureAsync(folder, python, "-c", Question, file);
        if (Read(file) is not { } facts) return null;
        _known[key] = (Stamp(python, facts), facts);
        return facts;
    }

    private static PythonFacts? Read(string file)
    {
        try
        {
            if (!File.Exists(file)) return null;
            using var answer = File.OpenRead(file);
            return JsonSerializer.Deserialize(answer, PythonJson.Default.PythonFacts);
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Installing a package in editable mode adds or changes one of these files.
    private static string Stamp(string python, PythonFacts facts)
    {
        var stamp = new StringBuilder().Append(File.GetLastWriteTimeUtc(python).Ticks);
        foreach (var folder in facts.Folders.Where(PythonFacts.IsOfPackages).Where(Directory.Exists))
        {
            stamp.Append('\n').Append(folder).Append(Directory.GetLastWriteTimeUtc(folder).Ticks);
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles().Where(file => Installing.Contains(file.Extension)))
                stamp.Append('\n').Append(file.Name).Append(file.Length).Append('@').Append(file.LastWriteTimeUtc.Ticks);
        }

        return stamp.ToString();
    }
}

/// <summary>From where an interpreter imports modules.</summary>
internal sealed record PythonFacts
{
    /// <summary>The folder of the installation or the virtual environment.</summary>
    public required string Prefix { get; init; }

    /// <summary>The folders, in order: the standard library, installed packages, and what <c>.pth</c> files add.</summary>
    public required IReadOnlyList<string> Folders { get; init; }

    /// <summary>Modules that an editable install maps to files or folders.</summary>
    public required IReadOnlyDictionary<string, string> Modules { get; init; }

    /// <summary>Finders of modules that come before the folders, each with its content.</summary>
    public required IReadOnlyDictionary<string, string> Own { get; init; }

    /// <summary>The names of the modules of the standard library.</summary>
    public required IReadOnlyList<string> Standard { get; init; }

    /// <summary>True for a folder of installed packages.</summary>
    public static bool IsOfPackages(string folder) => Path.GetFileName(folder) is "site-packages" or "dist-packages";

    /// <summary>True for a folder of the standard library.</summary>
    public static bool IsOfStandard(string folder) =>
        Path.GetFileName(folder) is "lib-dynload" or ['p', 'y', 't', 'h', 'o', 'n', >= '0' and <= '9', ..];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PythonFacts))]
internal sealed partial class PythonJson : JsonSerializerContext;
