using System.Text;
using System.Text.RegularExpressions;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Describes the settings that decide what pip, uv and conda install beside the file of an environment: variables and configuration files,
/// such as those that name an index.
/// </summary>
/// <remarks>
/// Sources: pip, "Configuration"; uv, "Configuration files"; conda, "Using the .condarc conda configuration file". Credentials in URLs are
/// left out, since a new token does not change what is installed.
/// </remarks>
internal sealed partial class InstallerSettings
{
    // They change how an installer runs, and not what it installs.
    private static readonly string[] Irrelevant =
    [
        "PIP_CACHE_DIR", "PIP_NO_CACHE_DIR", "PIP_PROGRESS_BAR", "PIP_QUIET", "PIP_VERBOSE", "PIP_NO_COLOR", "PIP_NO_INPUT", "PIP_LOG",
        "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY",
        "PIP_TRUSTED_HOST", "PIP_ROOT_USER_ACTION", "PIP_EXISTS_ACTION", "PIP_KEYRING_PROVIDER", "PIP_CONFIG_FILE",
        "PIP_REQUIRE_VIRTUALENV", "PIP_USE_FEATURE", "PIP_NO_WARN_SCRIPT_LOCATION",
        "UV_CACHE_DIR", "UV_NO_CACHE", "UV_NO_PROGRESS", "UV_HTTP_TIMEOUT", "UV_LINK_MODE", "UV_NATIVE_TLS", "UV_OFFLINE",
        "UV_CONCURRENT_DOWNLOADS", "UV_CONCURRENT_BUILDS", "UV_CONCURRENT_INSTALLS", "UV_KEYRING_PROVIDER", "UV_CONFIG_FILE",
        "UV_TOOL_DIR", "UV_TOOL_BIN_DIR", "UV_PYTHON_INSTALL_DIR", "UV_PROJECT_ENVIRONMENT", "UV_COMPILE_BYTECODE", "UV_INSTALL_DIR",
        "CONDA_PREFIX", "CONDA_SHLVL", "CONDA_DEFAULT_ENV", "CONDA_EXE", "CONDA_PYTHON_EXE", "CONDA_PROMPT_MODIFIER", "CONDA_ROOT",
        "CONDA_ALWAYS_COPY", "CONDA_PKGS_DIRS", "CONDA_ENVS_PATH", "CONDA_ENVS_DIRS", "CONDA_CHANGEPS1", "CONDA_BACKUP_PATH",
        "MAMBA_ALWAYS_COPY", "MAMBA_EXE", "MAMBA_ROOT_PREFIX",
    ];

    // Settings whose local files decide what is installed. Pip's files have dashes where its variables have underscores.
    private static readonly string[] NamingFiles =
        [
        "find-links", "constraint", "requirement", "index-url", "extra-index-url", "index", "default-index", "override", "build-constraint",
    ];

    private readonly IReadOnlyDictionary<string, string> _variables;
    private readonly string _folder;
    private readonly string _code;
    private readonly StringBuilder _text = new();

    private InstallerSettings(IReadOnlyDictionary<string, string> variables, string folder, string code) =>
        (_variables, _folder, _code) = (variables, folder, code);

    /// <summary>Describes the settings. Environments that are made by equal settings contain the same.</summary>
    /// <param name="isConda">True when conda makes the environment, which may run pip.</param>
    /// <param name="variables">The installers' variables.</param>
    /// <param name="folder">The folder in which they run.</param>
    /// <param name="code">The run's copy of the project.</param>
    /// <returns>A text without credentials; empty when nothing is set.</returns>
    public static string Describe(bool isConda, IReadOnlyDictionary<string, string> variables, string folder, string code)
    {
        var settings = new InstallerSettings(variables, folder, code);
        settings.AddVariables(isConda ? ["PIP_", "UV_", "CONDA_", "MAMBA_"] : ["PIP_", "UV_"]);
        foreach (var file in settings.Files(isConda).Distinct().Where(PlainFile.Is)) settings.AddFile(file);
        return $"{settings._text}";
    }

    private void AddVariables(string[] prefixes)
    {
        foreach (var (name, value) in _variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (!prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) || Irrelevant.Contains(name)
                || NumberedPrefix().IsMatch(name)) continue;
            Add($"{name}={value}");
            if (NamingFiles.Contains(name[(name.IndexOf('_') + 1)..].ToLowerInvariant().Replace('_', '-'))) AddNamed(value);
        }
    }

    private IEnumerable<string> Files(bool isConda)
    {
        var home = _variables.GetValueOrDefault("HOME") ?? "/";
        var user = _variables.GetValueOrDefault("XDG_CONFIG_HOME") is { Length: > 0 } own ? own : $"{home}/.config";
        var named = _variables.GetValueOrDefault("XDG_CONFIG_DIRS") is { Length: > 0 } dirs ? dirs : "/etc/xdg";
        var system = named.Split(':').Append("/etc");
        // A null device as the file means that pip reads no file.
        if (_variables.GetValueOrDefault("PIP_CONFIG_FILE") != "/dev/null")
        {
            foreach (var file in system.Select(folder => folder == "/etc" ? "/etc/pip.conf" : $"{folder}/pip/pip.conf")) yield return file;
            yield return $"{home}/.pip/pip.conf";
            yield return $"{user}/pip/pip.conf";
            yield return $"{home}/Library/Application Support/pip/pip.conf";
            if (_variables.GetValueOrDefault("PIP_CONFIG_FILE") is { Length: > 0 } pip) yield return Path.Combine(_folder, pip);
        }

        foreach (var folder in system.Append(user)) yield return $"{folder}/uv/uv.toml";
        if (_variables.GetValueOrDefault("UV_CONFIG_FILE") is { Length: > 0 } uv) yield return Path.Combine(_folder, uv);
        for (var folder = _folder; ; folder = Path.GetDirectoryName(folder)!)
        {
            yield return $"{folder}/uv.toml";
            if (PlainFile.Is($"{folder}/pyproject.toml") && PlainFile.ReadText($"{folder}/pyproject.toml").Contains("[tool.uv"))
                yield return $"{folder}/pyproject.toml";
            if (folder.Length <= _code.Length) break;
        }

        if (!isConda) yield break;
        var root = $"{_variables.GetValueOrDefault("CONDA_ROOT")}";
        foreach (var folder in new[] { "/etc/conda", $"{user}/conda", $"{home}/.conda", home, root })
        {
            yield return $"{folder}/.condarc";
            yield return $"{folder}/.mambarc";
        }

        foreach (var name in new[] { "CONDARC", "MAMBARC" })
            if (_variables.GetValueOrDefault(name) is { Length: > 0 } file) yield return Path.Combine(_folder, file);
    }

    private void AddFile(string path)
    {
        // Each run has another copy of the project.
        Add(path.StartsWith($"{_code}/", StringComparison.Ordinal) ? path[_code.Length..] : path);
        var isOfFiles = false;
        foreach (var line in File.ReadLines(path).Select(line => line.TrimEnd()).Where(line => !IsComment(line)))
        {
            Add(line);
            // A value may go on in lines that begin with a blank.
            if (Setting().Match(line) is { Success: true } setting)
            {
                isOfFiles = NamingFiles.Contains(setting.Groups["name"].Value.ToLowerInvariant().Replace('_', '-'));
                if (isOfFiles) AddNamed(setting.Groups["value"].Value);
            }
            else if (isOfFiles && line.Length > 0 && char.IsWhiteSpace(line[0])) AddNamed(line);
        }
    }

    // A folder of packages, a list of links or requirements, or an index: its files count by their content.
    private void AddNamed(string value)
    {
        foreach (var word in value.Split([' ', '\t', ',', '"', '\'', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            var isUrl = word.StartsWith("file://", StringComparison.OrdinalIgnoreCase);
            var path = isUrl ? Uri.UnescapeDataString(word["file://".Length..]) : word;
            if (path.StartsWith("~/", StringComparison.Ordinal)) path = $"{_variables.GetValueOrDefault("HOME")}{path[1..]}";
            path = Path.GetFullPath(Path.Combine(_folder, path));
            if (!Path.Exists(path)) continue;
            // Where nobody can tell whether the files have changed, no environment is shared.
            if (RequirementsContext.Hash(path) is not { } files) Add($"{path} {Guid.NewGuid():N}");
            else foreach (var (file, hash) in files) Add($"{Path.GetRelativePath(path, file)} {hash}");
        }
    }

    private void Add(string line) => _text.Append(Credentials().Replace(line, "://")).Append('\n');

    private static bool IsComment(string line) => line.Length == 0 || line.TrimStart() is ['#' or ';', ..];

    [GeneratedRegex(@"^CONDA_PREFIX_\d+$")]
    private static partial Regex NumberedPrefix();

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z][\w-]*)\s*[=:]\s*(?<value>.*)$")]
    private static partial Regex Setting();

    [GeneratedRegex(@"://[^/\s@]+@")]
    private static partial Regex Credentials();
}
