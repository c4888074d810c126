using System.Buffers;
using System.Text.Json;
using Tenfold.Core.Commands;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Makes absolute paths into the project's folder point to the attempt's own copy of the project: the paths in its command, its
/// parameters and its variables. That folder may have changed since the run was pinned.
/// </summary>
public sealed class PinnedPaths
{
    // A longer text is no path.
    private const int MaxPath = 4096;

    // Variables that name folders of the user or the machine. No code is read through them.
    private static readonly string[] Untouched = ["HOME", "TMPDIR", "SHELL", "PWD", "OLDPWD", "VIRTUAL_ENV", "CONDA_PREFIX"];
    private static readonly string[] OfCode = ["PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "R_LIBS_USER", "JULIA_DEPOT_PATH"];
    private readonly ProjectPaths _paths;
    private readonly Func<string, bool> _isPinned;
    private readonly string _copy;
    private readonly string _folder;
    private readonly List<Warning> _warnings = [];
    private readonly SortedSet<(string Path, string Where)> _rewritten = [];

    /// <summary>Points at a copy.</summary>
    /// <param name="folders">The paths of the project's folder: at least one.</param>
    /// <param name="copy">The path of the copy.</param>
    /// <param name="isPinned">True for a path, relative to the project, that the copy has. The empty path is the project itself.</param>
    /// <param name="agentHome">Tenfold's own folder, which may lie in the project.</param>
    /// <param name="userHome">The <c>HOME</c> of the command; null when that is not known.</param>
    public PinnedPaths(IReadOnlyList<string> folders, string copy, Func<string, bool> isPinned, string agentHome, string? userHome)
    {
        (_copy, _folder, _isPinned) = (copy, folders[0], isPinned);
        _paths = new ProjectPaths(folders, userHome, isPinned, agentHome);
    }

    /// <summary>Paths into the project's folder.</summary>
    public ProjectPaths Paths => _paths;

    /// <summary>Paths that lead to the project's folder as it is now.</summary>
    public IReadOnlyList<Warning> Warnings => _warnings;

    /// <summary>The paths that were replaced, a line each.</summary>
    public IEnumerable<string> Notes =>
        _rewritten.Select(use => $"{use.Where} names {use.Path} in the project's folder: a run uses its own copy");

    /// <summary>For an attempt whose copy of the project exists; null for an attempt of an earlier version, which does not name its
    /// project's folder.</summary>
    /// <param name="spec">The attempt's specification.</param>
    /// <param name="workspace">Its folders.</param>
    /// <param name="agentHome">The agent's own folder, which may lie in the project.</param>
    /// <param name="userHome">The <c>HOME</c> of its command.</param>
    public static PinnedPaths? For(WorkSpec spec, Workspace workspace, string agentHome, string? userHome) =>
        spec.ProjectFolders is { Count: > 0 } folders
            ? new PinnedPaths(
                folders, workspace.Code, path => path.Length == 0 || Path.Exists(Path.Combine(workspace.Code, path)), agentHome, userHome)
            : null;

    /// <summary>True when the copy has what a path relative to the project names.</summary>
    public bool IsPinned(string relative) => _isPinned(relative);

    /// <summary>The command and the parameters with paths into the copy.</summary>
    /// <returns>The specification; or why it can't be changed and what to do.</returns>
    public PreparationResult<WorkSpec> Rewrite(WorkSpec spec)
    {
        if (spec.Command is { } command)
        {
            var rewritten = Rewrite(command, "the command", isCode: true);
            // The copy's path is inserted into the command without quotes.
            if (rewritten != command && _copy.Any(c => !(char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+')))
            {
                return PreparationResult<WorkSpec>.Refused(
                    $"the command names the project's folder by its full path ({_folder}), and the path of the run's copy ({_copy}) has "
                    + "characters that mean something to a shell: write the path relative to tenfold.yaml, or set "
                    + "TENFOLD_HOME to a plain path");
            }

            spec = spec with { Command = rewritten };
        }

        return spec with { Parameters = RewriteParameters(spec.Parameters) };
    }

    /// <summary>The variables with paths into the copy.</summary>
    /// <param name="variables">The variables.</param>
    /// <param name="own">The names of those that the project sets itself.</param>
    public Dictionary<string, string> Rewrite(IReadOnlyDictionary<string, string> variables, IEnumerable<string> own)
    {
        var ofCode = OfCode.Concat(own).ToHashSet();
        return variables.ToDictionary(
            variable => variable.Key,
            variable => Untouched.Contains(variable.Key) || variable.Key.StartsWith("XDG_", StringComparison.Ordinal)
                ? variable.Value : Rewrite(variable.Value, variable.Key, ofCode.Contains(variable.Key)));
    }

    /// <summary>Warns of a path that leads to the project's folder as it is now.</summary>
    /// <param name="where">What names the path.</param>
    /// <param name="path">The path.</param>
    public void Warn(string where, string path)
    {
        var warning = new Warning.LivePath(where, path);
        if (!_warnings.Contains(warning)) _warnings.Add(warning);
    }

    /// <summary>Adds a line to <see cref="Notes"/>.</summary>
    public void Note(string where, string path) => _rewritten.Add((path, where));

    private string Rewrite(string text, string where, bool isCode)
    {
        if (text.Length > MaxPath && !isCode) return text;
        var rewriting = _paths.Rewrite(text, _copy);
        foreach (var use in rewriting.Uses)
        {
            if (use.IsPinned) Note(where, use.Written);
            else if (isCode && IsUnpinnedContent(use.Relative)) Warn(where, use.Written);
        }

        return rewriting.Text;
    }

    // A virtual environment or installed packages are no part of the project, wherever they lie.
    private bool IsUnpinnedContent(string relative)
    {
        var path = Path.Combine(_folder, relative);
        if (!Path.Exists(path) || relative.Split('/').Contains("node_modules")) return false;
        for (var folder = path; folder is not null && folder.Length > _folder.Length; folder = Path.GetDirectoryName(folder))
            if (IsEnvironment(folder)) return false;
        return true;
    }

    /// <summary>True for the folder of a virtual environment or a conda environment.</summary>
    public static bool IsEnvironment(string folder) =>
        File.Exists(Path.Combine(folder, "pyvenv.cfg")) || Directory.Exists(Path.Combine(folder, "conda-meta"));

    private JsonElement RewriteParameters(JsonElement parameters)
    {
        var content = new ArrayBufferWriter<byte>();
        var isRewritten = false;
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            foreach (var parameter in parameters.EnumerateObject())
            {
                json.WritePropertyName(parameter.Name);
                isRewritten |= RewriteValue(parameter.Value, json, $"parameter {parameter.Name}");
            }

            json.WriteEndObject();
        }

        // Untouched parameters keep their exact text.
        return isRewritten ? JsonDocument.Parse(content.WrittenMemory).RootElement : parameters;
    }

    // Returns true when a path in the value was replaced.
    private bool RewriteValue(JsonElement value, Utf8JsonWriter json, string where)
    {
        var isRewritten = false;
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                var text = value.GetString()!;
                var rewritten = Rewrite(text, where, isCode: text.Length <= MaxPath);
                json.WriteStringValue(rewritten);
                isRewritten = rewritten != text;
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) isRewritten |= RewriteValue(item, json, where);
                json.WriteEndArray();
                break;
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    json.WritePropertyName(member.Name);
                    isRewritten |= RewriteValue(member.Value, json, where);
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteRawValue(value.GetRawText());
                break;
        }

        return isRewritten;
    }
}
