using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>Makes an environment with conda, uv, or Python's own venv and pip.</summary>
internal abstract class EnvironmentMaker(string program, ToolRunner tools)
{
    /// <summary>The program that decides what the environment contains: conda, or the interpreter.</summary>
    public string Program => program;

    protected ToolRunner Tools => tools;

    /// <summary>The maker for an environment, on a machine that has what it needs.</summary>
    public static EnvironmentMaker For(EnvironmentSpec spec, ToolRunner tools) => spec.Kind == "conda"
        ? new OfConda(Conda(tools.SearchPath)!, spec.File!, tools)
        : new OfPython(Python(tools.SearchPath)!, spec.File!, tools);

    /// <summary>The path of conda or of a program that can replace it; null when there is none.</summary>
    public static string? Conda(string? searchPath) =>
        new[] { "micromamba", "mamba", "conda" }.Select(name => CommandLine.Find(name, searchPath))
            .FirstOrDefault(found => found is not null);

    /// <summary>The path of Python; null when there is none.</summary>
    public static string? Python(string? searchPath) =>
        CommandLine.Find("python3", searchPath) ?? CommandLine.Find("python", searchPath);

    /// <summary>Makes the environment.</summary>
    /// <param name="target">Its folder, which does not exist.</param>
    /// <param name="workspace">The attempt's folders.</param>
    /// <param name="reading">What it is made of.</param>
    /// <returns>The last lines of a program that failed; null when it is made.</returns>
    public abstract Task<string?> MakeAsync(string target, Workspace workspace, RequirementsReading reading);

    private sealed class OfConda(string conda, string file, ToolRunner tools) : EnvironmentMaker(conda, tools)
    {
        public override Task<string?> MakeAsync(string target, Workspace workspace, RequirementsReading reading)
        {
            var path = Path.Combine(workspace.Code, file);
            string[] arguments = Path.GetFileName(Program) == "micromamba"
                ? ["create", "-y", "-p", target, "-f", path]
                : ["env", "create", "-y", "-p", target, "-f", path];
            return Tools.RunAsync(Path.GetDirectoryName(path)!, Program, arguments);
        }
    }

    private sealed class OfPython(string python, string file, ToolRunner tools) : EnvironmentMaker(python, tools)
    {
        public override async Task<string?> MakeAsync(string target, Workspace workspace, RequirementsReading reading)
        {
            var requirements = Path.Combine(workspace.Code, file);
            if (reading.Plain is { } plain)
            {
                requirements = Path.Combine(workspace.Root, "requirements.txt");
                await File.WriteAllTextAsync(requirements, plain);
            }

            var folder = reading.Folder;
            var interpreter = Path.Combine(target, "bin", "python");
            if (CommandLine.Find("uv", Tools.SearchPath) is { } uv)
            {
                // Links into uv's cache would let a run change the cache. Compiled now, nothing is written later.
                return await Tools.RunAsync(folder, uv, ["venv", "--python", Program, target])
                    ?? await Tools.RunAsync(
                        folder, uv,
                        ["pip", "install", "--python", interpreter, "--link-mode", "copy", "--compile-bytecode", "-r", requirements]);
            }

            if (await Tools.RunAsync(folder, Program, ["-m", "venv", target]) is { } failure)
                return $"{failure}\nIf the venv module is missing: apt-get install python3-venv (Debian, Ubuntu).";
            string[] install = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", requirements];
            return await Tools.RunAsync(folder, interpreter, install);
        }
    }
}
