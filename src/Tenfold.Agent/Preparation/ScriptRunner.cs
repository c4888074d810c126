using Tenfold.Core.Attempts;
using Tenfold.Core.Commands;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>Finds the program that runs a <c>script:</c>, by the script's kind: Python, a notebook, or a C# file.</summary>
/// <param name="cache">Where built C# scripts are kept, one program for each snapshot.</param>
/// <param name="time">The clock.</param>
public sealed class ScriptRunner(CacheFolder cache, TimeProvider time)
{
    /// <summary>Prepares the command line that runs the script.</summary>
    /// <param name="assignment">The attempt; its spec names a script.</param>
    /// <param name="workspace">Its folders, with the snapshot's files in place.</param>
    /// <param name="tools">Runs what has to be run before.</param>
    /// <param name="searchPath">The prepared environment's <c>PATH</c>.</param>
    /// <param name="leases">Takes what has to stay until the attempt has ended.</param>
    /// <param name="warn">Takes what a user should know.</param>
    /// <returns>The command line; or what is missing and what to do.</returns>
    public async Task<PreparationResult<CommandLine>> PrepareAsync(
        Assignment assignment, Workspace workspace, ToolRunner tools, string? searchPath, CacheLeases leases, Action<Warning> warn)
    {
        var script = assignment.Spec.Script!;
        if (!File.Exists(Path.Combine(workspace.Code, script)))
            return PreparationResult<CommandLine>.Refused($"{script} is not in the snapshot; is it ignored by .gitignore or excluded?");
        if (Missing(script, searchPath) is { } missing) return PreparationResult<CommandLine>.Refused(missing);
        return Path.GetExtension(script) switch
        {
            ".py" => new CommandLine(Python(searchPath)!, [script, .. Arguments(assignment.Spec)]),
            ".ipynb" => await new NotebookRunner(assignment, workspace, tools, searchPath, warn).PrepareAsync(),
            _ => await BuildAsync(assignment, workspace, tools, searchPath, leases),
        };
    }

    /// <summary>Names a missing program that the script needs, with the command that installs it; null when nothing is missing.</summary>
    public static string? Missing(string script, string? searchPath) => Path.GetExtension(script) switch
    {
        ".cs" when CommandLine.Find("dotnet", searchPath) is null =>
            $"{script} needs the .NET 10 SDK, and no dotnet is on PATH. Install it: https://dot.net/download",
        not ".cs" when Python(searchPath) is null =>
            $"{script} needs Python 3, and no python3 is on PATH. "
                + "Install it: apt-get install python3 (Debian, Ubuntu), or dnf install python3 (Fedora, RHEL).",
        _ => null,
    };

    /// <summary>The arguments with which a script gets its parameters.</summary>
    public static IReadOnlyList<string> Arguments(WorkSpec spec) =>
        ScriptArguments.Of(spec.Parameters, spec.Arguments ?? ArgumentStyle.Separate);

    private static string? Python(string? searchPath) => CommandLine.Find("python3", searchPath) ?? CommandLine.Find("python", searchPath);

    // The script is built once for a snapshot, because `dotnet run` would compile it again in each attempt's folder.
    private async Task<PreparationResult<CommandLine>> BuildAsync(
        Assignment assignment, Workspace workspace, ToolRunner tools, string? searchPath, CacheLeases leases)
    {
        var script = assignment.Spec.Script!;
        var dotnet = CommandLine.Find("dotnet", searchPath)!;
        var name = Path.GetFileNameWithoutExtension(script) + ".dll";
        var key = $"{assignment.Spec.Snapshot[..24]}-{script.Replace('/', '_')}";
        var built = await cache.AcquireAsync(
            key, $"the program of {script}", folder => Task.FromResult(CacheFiles.IsWhole(folder, time)), MakeAsync,
            tools.Note, tools.Stop);
        if (!built.IsReady) return PreparationResult<CommandLine>.Refused(built.Refusal);
        leases.Add(built.Value);
        var program = Path.Combine(built.Value.Folder, name);
        return new CommandLine(dotnet, [program, .. Arguments(assignment.Spec)]);

        async Task<string?> MakeAsync(string folder)
        {
            // A C# file asks for ahead-of-time compilation by default, which a build does not use and which needs packages of its own.
            var objects = folder + ".obj";
            string[] arguments =
            [
                "build", script, "-c", "Release", "-o", folder, "--artifacts-path", objects, "-p:PublishAot=false", "--nologo", "-v",
                "quiet",
            ];
            if (await tools.RunAsync(workspace.Code, dotnet, arguments) is { } failure) return $"{script} does not compile:\n{failure}";
            if (!File.Exists(Path.Combine(folder, name)))
                return $"{script} was built, and {name} is not there; leave AssemblyName out of it";
            Directory.Delete(objects, recursive: true);
            CacheFiles.Record(folder);
            return null;
        }
    }
}
