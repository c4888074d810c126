using Tenfold.Core.Attempts;
using Tenfold.Core.Environments;
using Tenfold.Core.Platform;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>
/// Chooses the environment variables of a job. Slurm stores them until the job ends, so the rest of a shell's environment is left out.
/// </summary>
/// <param name="environment">The variables of the user who submits.</param>
/// <param name="secrets">The secrets that this host has.</param>
/// <param name="environmentKey">The key of stored environments, because nodes have local disks; null for none.</param>
internal sealed class JobEnvironment(
    IReadOnlyDictionary<string, string> environment, SecretSource secrets, Lazy<string?>? environmentKey = null)
{
    private static readonly string[] Passed =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ",
        "SLURM_CONF", "SBATCH_ACCOUNT", "SBATCH_PARTITION", "SBATCH_QOS", "SBATCH_RESERVATION",
    ];
    private static readonly string[] PassedPrefixes = ["AWS_", "TENFOLD_"];

    // The home of the submitting machine isn't the node's.
    private const string Home = "TENFOLD_HOME";

    // The settings of pip, uv and conda (an index, its certificate) may contain a password. Like a proxy's, they are passed on, and no
    // record keeps them.
    private static readonly string[] InstallerPrefixes = ["PIP_", "UV_", "CONDA_"], InstallerFiles = ["CONDARC", "MAMBARC"];

    // conda sets these in the shell in which it is active. The run's record keeps those that the run needs.
    private static readonly string[] CondaShell =
        ["CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_SHLVL", "CONDA_EXE", "CONDA_PYTHON_EXE", "CONDA_PROMPT_MODIFIER"];

    /// <summary>The environment of a job: variables of the user, and secrets of this host.</summary>
    /// <param name="secretNames">The names of the runs' secrets.</param>
    public IReadOnlyDictionary<string, string> For(IReadOnlyList<string> secretNames)
    {
        var variables = new Dictionary<string, string>(ShellVariables.ToPassOn(new Dictionary<string, string>(environment)));
        foreach (var (name, value) in environment)
            if (IsPassed(name)) variables[name] = value;
        foreach (var name in secretNames)
            if (secrets(name) is { } value) variables[name] = value;
        if (environmentKey?.Value is { } key) variables[EnvironmentKey.Variable] = key;
        return variables;
    }

    /// <summary>True when the user has set a variable that jobs get.</summary>
    public bool Passes(string name) => IsPassed(name) && environment.ContainsKey(name);

    /// <summary>The secrets that this host does not have.</summary>
    public IReadOnlyList<string> Missing(IReadOnlyList<string> secretNames) => [.. secretNames.Where(name => secrets(name) is null)];

    private static bool IsPassed(string name) =>
        Passed.Contains(name) || IsInstallerSetting(name)
        || (HasPrefix(PassedPrefixes, name) && name != Home && !PrivateVariables.Contains(name));

    private static bool IsInstallerSetting(string name) =>
        InstallerFiles.Contains(name)
        || (HasPrefix(InstallerPrefixes, name) && !CondaShell.Contains(name)
            && !name.StartsWith("CONDA_PREFIX_", StringComparison.Ordinal));

    private static bool HasPrefix(string[] prefixes, string name) =>
        prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
