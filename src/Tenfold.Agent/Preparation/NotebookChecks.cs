using System.Text.Json;
using Tenfold.Core.Reasons;

namespace Tenfold.Agent.Preparation;

/// <summary>Checks whether a notebook can be given its parameters.</summary>
public static class NotebookChecks
{
    // Source: Python, keyword.kwlist. Soft keywords such as match are names too.
    private static readonly string[] Keywords =
    [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
        "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
        "return", "try", "while", "with", "yield", "__debug__",
    ];

    // Source: Python, "Built-in Functions", with the names that IPython adds.
    private static readonly string[] Builtins =
    [
        "abs", "aiter", "all", "anext", "any", "ascii", "bin", "bool", "breakpoint", "bytearray", "bytes", "callable", "chr", "classmethod",
        "compile", "complex", "delattr", "dict", "dir", "divmod", "enumerate", "eval", "exec", "filter", "float", "format", "frozenset",
        "getattr", "globals", "hasattr", "hash", "help", "hex", "id", "input", "int", "isinstance", "issubclass", "iter", "len", "list",
        "locals", "map", "max", "memoryview", "min", "next", "object", "oct", "open", "ord", "pow", "print", "property", "range", "repr",
        "reversed", "round", "set", "setattr", "slice", "sorted", "staticmethod", "str", "sum", "super", "tuple", "type", "vars", "zip",
        "__import__", "display", "get_ipython",
    ];

    /// <summary>Why a notebook can't be given parameters, and what to do; empty when it can.</summary>
    /// <param name="script">The notebook's path, for people.</param>
    /// <param name="notebook">The notebook.</param>
    /// <param name="names">The names of the parameters.</param>
    public static IReadOnlyList<string> Faults(string script, NotebookFile notebook, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0) return [];
        if (notebook.OtherLanguage is { } language)
        {
            return
            [
                $"{script} is written in {language}, and parameters are set in Python notebooks only: leave out train.params, or run it "
                + "with train.command and let it read the JSON file that $TENFOLD_PARAMS names",
            ];
        }

        return [.. names.Select(name => Fault(script, notebook, name)).OfType<string>()];
    }

    /// <summary>What a user should know of a notebook that is given parameters.</summary>
    public static IReadOnlyList<Warning> Warnings(string script, NotebookFile notebook, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0 || notebook.OtherLanguage is not null) return [];
        if (!notebook.HasParameters) return [new Warning.ParametersUntagged(script, [.. names.Where(notebook.Overwrites)])];
        return names.Where(name => !notebook.Declares(name)).ToList() is { Count: > 0 } missing
            ? [new Warning.ParametersUndeclared(script, missing)] : [];
    }

    /// <summary>Checks the notebook of a project before anything runs.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="script">The script, relative to it.</param>
    /// <param name="names">The names of the parameters.</param>
    /// <returns>The faults and the warnings; neither for another script, or for one that is missing or damaged.</returns>
    public static (IReadOnlyList<string> Faults, IReadOnlyList<Warning> Warnings) OfProject(
        string folder, string? script, IReadOnlyCollection<string> names)
    {
        var path = Path.Combine(folder, script ?? "");
        if (script is null || !script.EndsWith(".ipynb", StringComparison.Ordinal) || !File.Exists(path)) return ([], []);
        try
        {
            var notebook = NotebookFile.Parse(File.ReadAllBytes(path));
            return (Faults(script, notebook, names), Warnings(script, notebook, names));
        }
        catch (JsonException)
        {
            return ([], []);
        }
    }

    private static string? Fault(string script, NotebookFile notebook, string name)
    {
        if (Keywords.Contains(name))
            return $"parameter {name} is a word of Python, so {script} can't have a variable of that name: rename it";
        if (!name.All(c => char.IsLetterOrDigit(c) || c == '_') || char.IsDigit(name[0]))
        {
            var suggestion = string.Concat(name.Select(c => char.IsLetterOrDigit(c) ? c : '_'));
            return $"parameter {name} is no name in Python, so {script} can't have a variable of that name: rename it, "
                + $"to {suggestion} for example";
        }

        // A notebook that sets such a name itself is written for it.
        return Builtins.Contains(name) && !notebook.Declares(name)
            ? $"parameter {name} would replace Python's own {name} in {script}: rename it, or set it in the cell tagged `parameters`"
            : null;
    }
}
