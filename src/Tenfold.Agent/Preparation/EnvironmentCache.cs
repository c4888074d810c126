using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Builds the environments that <c>requirements.txt</c> and <c>environment.yml</c> describe, and keeps them on this machine. Each content
/// of the file is built once.
/// </summary>
/// <param name="cache">Where the environments are kept.</param>
/// <param name="time">The clock.</param>
public sealed class EnvironmentCache(CacheFolder cache, TimeProvider time)
{
    /// <summary>Builds the environment unless it exists.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="code">The snapshot's files, where the describing file lies.</param>
    /// <param name="tools">Runs the installers.</param>
    /// <param name="leases">Takes what has to stay until the attempt has ended.</param>
    /// <returns>The variables that it adds, such as <c>PATH</c>; or why it can't be built.</returns>
    public async Task<PreparationResult<Dictionary<string, string>>> PrepareAsync(
        EnvironmentSpec spec, string code, ToolRunner tools, CacheLeases leases)
    {
        if (spec.Kind == "system") return new Dictionary<string, string>();
        if (Missing(spec, tools.SearchPath) is { } missing) return PreparationResult<Dictionary<string, string>>.Refused(missing);
        var maker = Maker(spec, tools);
        var file = Path.Combine(code, spec.File!);
        var (content, fault) = spec.Kind == "conda" ? (await File.ReadAllTextAsync(file), null) : Requirements.Read(code, spec.File!);
        if (fault is not null) return PreparationResult<Dictionary<string, string>>.Refused(fault);
        // A path may lead to another interpreter tomorrow (a version manager's shim), so the interpreter's own answer is part of the key.
        string[] ask = spec.Kind == "conda" ? ["--version"] : ["-c", "import sys; print(sys.executable, sys.version)"];
        var version = await tools.CaptureAsync(code, maker.Program, ask);
        var key = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{spec.Kind}\n{content}\n{maker.Program}\n{version}")))[..24];
        // An environment contains its own path, so it is built where it stays.
        var built = await cache.AcquireAsync(
            key, $"the environment of {spec.File}", folder => Task.FromResult(CacheFiles.IsWhole(folder, time)), MakeAsync, tools.Say,
            tools.Stop);
        if (!built.IsReady) return PreparationResult<Dictionary<string, string>>.Refused(built.Refusal);
        leases.Add(built.Value);
        return new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.Combine(built.Value.Folder, "bin")}:{tools.SearchPath}",
            [spec.Kind == "conda" ? "CONDA_PREFIX" : "VIRTUAL_ENV"] = built.Value.Folder,
        };

        async Task<string?> MakeAsync(string folder)
        {
            if (await maker.Make(folder, file) is { } failure) return $"the environment of {spec.File} could not be made:\n{failure}";
            CacheFiles.Record(folder);
            return null;
        }
    }

    /// <summary>Why the environment can't be built on this machine, with the command that mends it; null when it can.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="searchPath">The folders that are searched for programs.</param>
    public static string? Missing(EnvironmentSpec spec, string? searchPath) => spec.Kind switch
    {
        "conda" when Conda(searchPath) is null =>
            $"{spec.File} needs micromamba, mamba or conda, and none is on PATH. "
                + "Install micromamba (https://mamba.readthedocs.io), or list the packages in a requirements.txt.",
        "requirements" when Python(searchPath) is null =>
            $"{spec.File} needs Python 3, and no python3 is on PATH. "
                + "Install it: apt-get install python3 python3-venv (Debian, Ubuntu) or brew install python (macOS).",
        _ => null,
    };

    private static string? Conda(string? searchPath) =>
        new[] { "micromamba", "mamba", "conda" }.Select(name => CommandLine.Find(name, searchPath))
            .FirstOrDefault(found => found is not null);

    private static string? Python(string? searchPath) => CommandLine.Find("python3", searchPath) ?? CommandLine.Find("python", searchPath);

    private static EnvironmentMaker Maker(EnvironmentSpec spec, ToolRunner tools) =>
        spec.Kind == "conda" ? CondaMaker(Conda(tools.SearchPath)!, tools) : PythonMaker(Python(tools.SearchPath)!, tools);

    private static EnvironmentMaker CondaMaker(string conda, ToolRunner tools) => new(conda, (target, file) =>
    {
        string[] arguments = Path.GetFileName(conda) == "micromamba"
            ? ["create", "-y", "-p", target, "-f", file]
            : ["env", "create", "-y", "-p", target, "-f", file];
        return tools.RunAsync(Path.GetDirectoryName(file)!, conda, arguments);
    });

    private static EnvironmentMaker PythonMaker(string python, ToolRunner tools)
    {
        if (CommandLine.Find("uv", tools.SearchPath) is { } uv)
        {
            return new EnvironmentMaker(python, async (target, file) =>
            {
                var folder = Path.GetDirectoryName(file)!;
                return await tools.RunAsync(folder, uv, ["venv", "--python", python, target])
                    ?? await tools.RunAsync(folder, uv, ["pip", "install", "--python", Path.Combine(target, "bin", "python"), "-r", file]);
            });
        }

        return new EnvironmentMaker(python, async (target, file) =>
        {
            var folder = Path.GetDirectoryName(file)!;
            if (await tools.RunAsync(folder, python, ["-m", "venv", target]) is { } failure)
                return $"{failure}\nIf the venv module is missing: apt-get install python3-venv (Debian, Ubuntu).";
            string[] install = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", file];
            return await tools.RunAsync(folder, Path.Combine(target, "bin", "python"), install);
        });
    }

    private sealed record EnvironmentMaker(string Program, Func<string, string, Task<string?>> Make);
}
