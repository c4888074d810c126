using System.Collections;

namespace Tenfold.Core.Attempts;

/// <summary>Which variables of a shell a run sees.</summary>
/// <remarks>
/// A short list: what a run sees is recorded, and a shell's environment holds passwords. A script that needs more takes it as a
/// parameter, or names it under <c>secrets</c>.
/// </remarks>
public static class ShellVariables
{
    private static readonly string[] Recorded =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV",
        "MAMBA_ROOT_PREFIX", "PYTHONPATH", "PYTHONHOME", "PYENV_ROOT", "PYENV_VERSION", "LD_LIBRARY_PATH", "LIBRARY_PATH", "CPATH",
        "CUDA_HOME", "CUDA_PATH", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS",
        "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "JAVA_HOME", "DOTNET_ROOT", "R_LIBS_USER", "JULIA_DEPOT_PATH",
        "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    ];

    // These may hold a password, for example a proxy's. A run gets them from its agent's environment, and no record keeps them.
    private static readonly string[] Unrecorded =
    [
        "http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE",
        "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    ];

    private static readonly string[] Software =
    [
        "PATH", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYENV_ROOT", "PYENV_VERSION", "MAMBA_ROOT_PREFIX", "LD_LIBRARY_PATH",
        "LIBRARY_PATH", "CPATH", "CUDA_HOME", "CUDA_PATH", "LANG", "LANGUAGE", "TZ", "JAVA_HOME", "DOTNET_ROOT",
        "R_LIBS_USER", "JULIA_DEPOT_PATH",
    ];

    private static readonly string[] SoftwarePrefixes = ["CONDA_", "LC_", "OMP_", "MKL_", "OPENBLAS_"];

    /// <summary>
    /// Set in a job whose environment the target's <c>setup</c> has prepared: then the job's variables override the recorded shell's.
    /// </summary>
    public const string IsSetUp = "TENFOLD_IS_SET_UP";

    /// <summary>The variables of a recorded shell that name software, and so make sense on another machine.</summary>
    public static IEnumerable<KeyValuePair<string, string>> NamingSoftware(IReadOnlyDictionary<string, string> shell) =>
        shell.Where(variable => NamesSoftware(variable.Key));

    private static bool NamesSoftware(string name) =>
        Software.Contains(name) || SoftwarePrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The variables that a run's record keeps.</summary>
    /// <param name="environment">The environment of the shell that plans the run.</param>
    public static IReadOnlyDictionary<string, string> ToRecord(IDictionary environment)
    {
        var locale = environment.Keys.Cast<string>().Where(name => name.StartsWith("LC_", StringComparison.Ordinal));
        return Read(environment, [.. Recorded, .. locale.Order(StringComparer.Ordinal)]);
    }

    /// <summary>The variables that a run gets and that no record keeps.</summary>
    /// <param name="environment">The environment of the process that starts the run.</param>
    public static IReadOnlyDictionary<string, string> ToPassOn(IDictionary environment) => Read(environment, Unrecorded);

    private static Dictionary<string, string> Read(IDictionary environment, IReadOnlyList<string> names)
    {
        var variables = new Dictionary<string, string>();
        foreach (var name in names)
            if (environment[name] is string value) variables[name] = value;
        return variables;
    }
}
