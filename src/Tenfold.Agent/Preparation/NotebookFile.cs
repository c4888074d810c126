using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tenfold.Agent.Preparation;

/// <summary>What a notebook says about itself: its language, its kernel, and the cell that sets its parameters.</summary>
/// <remarks>Sources: nbformat 4, "Notebook metadata"; papermill, "Parameterize".</remarks>
public sealed partial class NotebookFile
{
    // Names of kernels and languages that run Python, and of those that don't, as they are found in notebooks of various services.
    private static readonly string[] OfPython = ["py", "python", "ipython", "xpython", "pyspark", "sparkmagic"];

    private static readonly string[] OfOthers =
    [
        "r", "ir", "xr", "sparkr", "julia", "scala", "spark", "almond", "bash", "sh", "zsh", "sql", "xsql", "javascript", "typescript",
        "deno", "tslab", "rust", "evcxr", "go", "gophernotes", "gonb", "c", "cpp", "c++", "xcpp", "matlab", "octave", "sas", "stata",
        "java", "ijava", "jjava", "kotlin", "ruby", "iruby", "haskell", "ihaskell", "csharp", "c#", "fsharp", "f#", ".net", "powershell",
        "perl", "lua", "sos", "scheme", "racket", "clojure", "ocaml", "fortran", "groovy", "swift", "sagemath", "maxima", "gap", "elixir",
    ];

    private readonly JsonObject _root;
    private readonly JsonArray _cells;

    private NotebookFile(JsonObject root, JsonArray cells)
    {
        (_root, _cells) = (root, cells);
        Kernel = MetadataText("kernelspec", "name");
        OtherLanguage = FindOtherLanguage();
    }

    /// <summary>The name of the kernel that it names; null when it names none.</summary>
    public string? Kernel { get; }

    /// <summary>The language that it is written in; null for Python.</summary>
    public string? OtherLanguage { get; }

    /// <summary>True when a cell is tagged <c>parameters</c>.</summary>
    public bool HasParameters => TaggedCell >= 0;

    /// <summary>The content, which may be changed.</summary>
    internal JsonObject Root => _root;

    /// <summary>The cells, which may be changed.</summary>
    internal JsonArray Cells => _cells;

    /// <summary>The index of the first cell tagged <c>parameters</c>; -1 when there is none.</summary>
    internal int TaggedCell => _cells.ToList().FindIndex(cell => IsCode(cell) && HasTag(cell, "parameters"));

    /// <summary>Reads a notebook.</summary>
    /// <exception cref="JsonException">It is not a notebook of format 4.</exception>
    public static NotebookFile Parse(byte[] notebook)
    {
        if (JsonNode.Parse(notebook) is not JsonObject root || root["cells"] is not JsonArray cells
            || cells.Any(cell => cell is not JsonObject))
            throw new JsonException("it has no list of cells (nbformat 4 is needed)");
        if (root["metadata"] is not (null or JsonObject)) throw new JsonException("its metadata is not an object");
        return new NotebookFile(root, cells);
    }

    /// <summary>True when the cell tagged <c>parameters</c> sets a name.</summary>
    public bool Declares(string name) => TaggedCell is var at and >= 0 && Assigns(SourceOf(_cells[at]), name);

    /// <summary>True when a cell sets a name to a constant: one of those that run after the parameters.</summary>
    public bool Overwrites(string name) => _cells.Skip(TaggedCell + 1).Where(IsCode).Any(cell => SourceOf(cell).Split('\n')
        .Select(line => Constant().Match(line)).Any(match => match.Success && match.Groups[1].Value == name));

    private static bool Assigns(string source, string name) => source.Split('\n').Any(line => Regex.IsMatch(
        line.Split('#')[0], $@"(?<![\w.]){Regex.Escape(name)}\s*(?::[^=\n]+)?(?:,[^=\n]*|\)\s*)?=(?!=)"));

    // Many programs write the metadata. The most reliable member comes first; an unknown name is ignored.
    private string? FindOtherLanguage()
    {
        string?[] names =
        [
            MetadataText("language_info", "name"), MetadataText("kernelspec", "language"), Kernel,
            MetadataText("kernelspec", "display_name"),
        ];
        foreach (var name in names.OfType<string>())
            if (IsPython(name) is { } isPython) return isPython ? null : name;
        var extension = MetadataText("language_info", "file_extension");
        if (extension is not null) return extension == ".py" ? null : extension;
        return names[..2].FirstOrDefault(name => !string.IsNullOrWhiteSpace(name));
    }

    // Null for an unknown name.
    private static bool? IsPython(string name)
    {
        var lower = name.ToLowerInvariant();
        var words = lower.Split([' ', '-', '_', '(', ')', '[', ']', ':', '/'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.')).Where(word => word.Length > 0).ToList();
        var isPython = lower.Contains("python", StringComparison.Ordinal) || lower.Contains("pyspark", StringComparison.Ordinal);
        if (isPython || words.Any(OfPython.Contains)) return true;
        return words.Count > 0 && OfOthers.Contains(words[0]) ? false : null;
    }

    private string? MetadataText(string part, string name)
    {
        if (_root["metadata"]?[part] is not JsonObject described || described[name] is not { } text) return null;
        return text is JsonValue value && value.TryGetValue<string>(out var found)
            ? found : throw new JsonException($"its metadata's {part}.{name} is not a text");
    }

    private static bool IsCode(JsonNode? cell) => TextOf(cell?["cell_type"]) == "code";

    private static string SourceOf(JsonNode? cell) => cell?["source"] switch
    {
        JsonArray lines => string.Concat(lines.Select(TextOf)),
        var source => TextOf(source) ?? "",
    };

    private static string? TextOf(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static bool HasTag(JsonNode? cell, string tag) =>
        cell?["metadata"] is JsonObject metadata && metadata["tags"] is JsonArray tags
        && tags.Any(one => TextOf(one) == tag);

    // name = 0.1, name: float = 1e-3, name = "text", name = [1, 2]
    [GeneratedRegex(
        @"^([A-Za-z_]\w*)\s*(?::[^=]+)?=\s*"
        + @"(?:[-+]?[0-9.][0-9_.eE+-]*|True|False|None|""[^""]*""|'[^']*'|[\[({][^A-Za-z]*[\])}])\s*(?:[;#].*)?\r?$")]
    private static partial Regex Constant();
}
