using System.Collections;
using Tenfold.Core.Attempts;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Chooses the variables that a job gets. A shell's environment contains more than a cluster should store.</summary>
internal static class JobEnvironment
{
    private static readonly string[] Passed =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ",
        "SLURM_CONF", "SBATCH_ACCOUNT", "SBATCH_PARTITION", "SBATCH_QOS", "SBATCH_RESERVATION",
    ];
    private static readonly string[] Families = ["AWS_", "TENFOLD_"];

    // How pip, uv and conda are set up (an index, its certificate) may hold a password: passed on as a proxy is, and recorded nowhere.
    private static readonly string[] Installers = ["PIP_", "UV_", "CONDA_"], InstallersFiles = ["CONDARC", "MAMBARC"];

    // What conda notes of the shell that it is active in. What the run needs of that is recorded.
    private static readonly string[] OfShell =
        ["CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_SHLVL", "CONDA_EXE", "CONDA_PYTHON_EXE", "CONDA_PROMPT_MODIFIER"];

    // The agent knows the store, never the ledger, whose address may hold a password; the submitting machine's home is not the node's.
    private static readonly string[] Kept = ["TENFOLD_LEDGER", "TENFOLD_HOME"];

    /// <summary>The variables of this process that the attempts' jobs get.</summary>
    /// <param name="secrets">Names of the runs' secrets.</param>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyList<string> secrets) =>
        Of(secrets, Environment.GetEnvironmentVariables());

    internal static IReadOnlyDictionary<string, string> Of(IReadOnlyList<string> secrets, IDictionary all)
    {
        var variables = new Dictionary<string, string>(ShellVariables.ToPassOn(all));
        foreach (DictionaryEntry entry in all)
        {
            var name = (string)entry.Key;
            if (secrets.Contains(name) || Passed.Contains(name) || (IsOf(Families, name) && !Kept.Contains(name)) || SetsUpInstaller(name))
                variables[name] = (string)entry.Value!;
        }

        return variables;
    }

    private static bool SetsUpInstaller(string name) =>
        InstallersFiles.Contains(name)
        || (IsOf(Installers, name) && !OfShell.Contains(name) && !name.StartsWith("CONDA_PREFIX_", StringComparison.Ordinal));

    private static bool IsOf(string[] families, string name) => families.Any(family => name.StartsWith(family, StringComparison.Ordinal));

    /// <summary>The secrets that this process does not have.</summary>
    public static IReadOnlyList<string> Missing(IReadOnlyList<string> secrets) =>
        [.. secrets.Where(name => Environment.GetEnvironmentVariable(name) is null)];
}
