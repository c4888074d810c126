using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Makes the environments that <c>requirements.txt</c> and <c>environment.yml</c> describe, once for each content of the file, and keeps
/// them on this machine.
/// </summary>
/// <param name="cache">Where they are kept.</param>
/// <param name="time">The clock.</param>
public sealed class EnvironmentCache(CacheFolder cache, TimeProvider time)
{
    /// <summary>Makes the environment ready.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="code">The snapshot's files, where the describing file lies.</param>
    /// <param name="tool">Runs the installers.</param>
    /// <param name="uses">Takes what has to stay until the attempt has ended.</param>
    /// <returns>The variables that it adds, <c>PATH</c> first of all.</returns>
    public async Task<Prepared<Dictionary<string, string>>> PrepareAsync(EnvironmentSpec spec, string code, Tool tool, CacheUses uses)
    {
        if (spec.Kind == "system") return new Dictionary<string, string>();
        if (Missing(spec, tool.SearchPath) is { } missing) return Prepared<Dictionary<string, string>>.Refused(missing);
        var maker = Maker(spec, tool);
        var (content, fault) = spec.Kind == "conda" ? (await File.ReadAllTextAsync(Path.Combine(code, spec.File!)), null) : Requirements.Read(code, spec.File!);
        if (fault is not null) return Prepared<Dictionary<string, string>>.Refused(fault);
        // The same path may be another interpreter tomorrow (a version manager's shim): what it says of itself counts.
        var version = await tool.AskAsync(code, maker.Program, spec.Kind == "conda" ? ["--version"] : ["-c", "import sys; print(sys.executable, sys.version)"]);
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{spec.Kind}\n{content}\n{maker.Program}\n{version}")))[..24];
        // It is made in its final place, since it holds its own path.
        var taken = await cache.TakeAsync(key, $"the environment of {spec.File}", place => Task.FromResult(CacheFiles.IsWhole(place, time)), MakeAsync, tool.Say, tool.Stop);
        if (!taken.IsReady) return Prepared<Dictionary<string, string>>.Refused(taken.Refusal);
        uses.Add(taken.Value);
        var place = taken.Value.Place;
        return new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.Combine(place, "bin")}:{tool.SearchPath}",
            [spec.Kind == "conda" ? "CONDA_PREFIX" : "VIRTUAL_ENV"] = place,
        };

        async Task<string?> MakeAsync(string place)
        {
            if (await maker.Make(place, Path.Combine(code, spec.File!)) is { } failure) return $"the environment of {spec.File} could not be made:\n{failure}";
            CacheFiles.Record(place);
            return null;
        }
    }

    /// <summary>Why the environment cannot be made on this machine, with the command that mends it; null when it can.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="searchPath">The folders in which programs are looked for.</param>
    public static string? Missing(EnvironmentSpec spec, string? searchPath) => spec.Kind switch
    {
        "conda" when Conda(searchPath) is null =>
            $"{spec.File} needs micromamba, mamba or conda, and none is on PATH. Install micromamba (https://mamba.readthedocs.io), or list the packages in a requirements.txt.",
        "requirements" when Python(searchPath) is null =>
            $"{spec.File} needs Python 3, and no python3 is on PATH. Install it: apt-get install python3 python3-venv (Debian, Ubuntu) or brew install python (macOS).",
        _ => null,
    };

    private static string? Conda(string? searchPath) =>
        new[] { "micromamba", "mamba", "conda" }.Select(name => CommandLine.Find(name, searchPath)).FirstOrDefault(found => found is not null);

    private static string? Python(string? searchPath) => CommandLine.Find("python3", searchPath) ?? CommandLine.Find("python", searchPath);

    private static EnvironmentMaker Maker(EnvironmentSpec spec, Tool tool)
    {
        if (spec.Kind == "conda")
        {
            var conda = Conda(tool.SearchPath)!;
            return new EnvironmentMaker(conda, (place, file) => tool.RunAsync(
                Path.GetDirectoryName(file)!, conda, Path.GetFileName(conda) == "micromamba"
                    ? ["create", "-y", "-p", place, "-f", file]
                    : ["env", "create", "-y", "-p", place, "-f", file]));
        }

        var python = Python(tool.SearchPath)!;
        if (CommandLine.Find("uv", tool.SearchPath) is { } uv)
            return new EnvironmentMaker(python, async (place, file) =>
                await tool.RunAsync(Path.GetDirectoryName(file)!, uv, ["venv", "--python", python, place])
                ?? await tool.RunAsync(Path.GetDirectoryName(file)!, uv, ["pip", "install", "--python", Path.Combine(place, "bin", "python"), "-r", file]));
        return new EnvironmentMaker(python, async (place, file) =>
            await tool.RunAsync(Path.GetDirectoryName(file)!, python, ["-m", "venv", place]) is { } failure
                ? $"{failure}\nIf the venv module is missing: apt-get install python3-venv (Debian, Ubuntu)."
                : await tool.RunAsync(Path.GetDirectoryName(file)!, Path.Combine(place, "bin", "python"), ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", file]));
    }

    private sealed record EnvironmentMaker(string Program, Func<string, string, Task<string?>> Make);
}
