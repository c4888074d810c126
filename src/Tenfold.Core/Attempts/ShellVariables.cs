namespace Tenfold.Core.Attempts;

/// <summary>Which variables of a shell a run sees.</summary>
/// <remarks>
/// A short list rather than everything: what a run sees is recorded, and a shell's environment holds passwords. What else a script needs is a
/// parameter, or named under <c>secrets</c>.
/// </remarks>
public static class ShellVariables
{
    private static readonly string[] Recorded =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV",
        "MAMBA_ROOT_PREFIX", "PYTHONPATH", "PYTHONHOME", "PYENV_ROOT", "PYENV_VERSION", "LD_LIBRARY_PATH", "LIBRARY_PATH", "CPATH", "CUDA_HOME", "CUDA_PATH",
        "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "JAVA_HOME", "DOTNET_ROOT", "R_LIBS_USER", "JULIA_DEPOT_PATH",
        "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    ];

    // These may hold a password (a proxy's, say): passed on from the agent's own environment, and recorded nowhere.
    private static readonly string[] Unrecorded =
    [
        "http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    ];

    private static readonly string[] Software =
    [
        "PATH", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYENV_ROOT", "PYENV_VERSION", "MAMBA_ROOT_PREFIX", "LD_LIBRARY_PATH", "LIBRARY_PATH", "CPATH", "CUDA_HOME",
        "CUDA_PATH", "LANG", "LANGUAGE", "TZ", "JAVA_HOME", "DOTNET_ROOT", "R_LIBS_USER", "JULIA_DEPOT_PATH",
    ];

    private static readonly string[] SoftwarePrefixes = ["CONDA_", "LC_", "OMP_", "MKL_", "OPENBLAS_"];

    /// <summary>Set in a backend's job whose environment has been set up for the run, so that it goes before the recorded shell's.</summary>
    public const string IsSetUp = "TENFOLD_IS_SET_UP";

    /// <summary>Those of a recorded shell that name software: what makes sense on another machine, too.</summary>
    public static IEnumerable<KeyValuePair<string, string>> NamingSoftware(IReadOnlyDictionary<string, string> shell) =>
        shell.Where(variable => Software.Contains(variable.Key) || SoftwarePrefixes.Any(prefix => variable.Key.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>The variables of this process that a run's record keeps.</summary>
    public static IReadOnlyDictionary<string, string> ToRecord() => Read(Recorded);

    /// <summary>The variables of this process that a run gets and that no record keeps.</summary>
    public static IReadOnlyDictionary<string, string> ToPassOn() => Read(Unrecorded);

    private static Dictionary<string, string> Read(string[] names)
    {
        var variables = new Dictionary<string, string>();
        foreach (var name in names)
            if (Environment.GetEnvironmentVariable(name) is { } value) variables[name] = value;
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
            if (names == Recorded && entry.Key is string name && name.StartsWith("LC_", StringComparison.Ordinal)) variables[name] = (string)entry.Value!;
        return variables;
    }
}
