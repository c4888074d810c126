using System.Text.Json;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Preparation;

/// <summary>Finds what runs a <c>script:</c>, by the script's kind: Python, a notebook, or a C# file.</summary>
/// <param name="cache">Where built C# scripts are kept, one for each snapshot.</param>
/// <param name="time">The clock.</param>
public sealed class ScriptRunner(CacheFolder cache, TimeProvider time)
{
    /// <summary>The command line that runs the script.</summary>
    /// <param name="assignment">The attempt; its spec names a script.</param>
    /// <param name="workspace">Its folders, with the snapshot's files in place.</param>
    /// <param name="tool">Runs what has to be run before.</param>
    /// <param name="searchPath">The prepared environment's <c>PATH</c>.</param>
    /// <param name="uses">Takes what has to stay until the attempt has ended.</param>
    public async Task<Prepared<CommandLine>> PrepareAsync(Assignment assignment, Workspace workspace, Tool tool, string? searchPath, CacheUses uses)
    {
        var script = assignment.Spec.Script!;
        if (!File.Exists(Path.Combine(workspace.Code, script)))
            return Prepared<CommandLine>.Refused($"{script} is not in the snapshot; is it ignored by .gitignore or excluded?");
        if (Missing(script, searchPath) is { } missing) return Prepared<CommandLine>.Refused(missing);
        return Path.GetExtension(script) switch
        {
            ".py" => new CommandLine(Python(searchPath)!, [script, .. CommandLine.ScriptArguments(assignment.Spec.Parameters)]),
            ".ipynb" => await NotebookAsync(assignment, workspace, tool, searchPath),
            _ => await BuildAsync(assignment, workspace, tool, searchPath, uses),
        };
    }

    /// <summary>What the script needs and is not there, with the command that installs it; null when nothing is missing.</summary>
    public static string? Missing(string script, string? searchPath) => Path.GetExtension(script) switch
    {
        ".cs" => CommandLine.Find("dotnet", searchPath) is null ? $"{script} needs the .NET 10 SDK, and no dotnet is on PATH. Install it: https://dot.net/download" : null,
        _ => Python(searchPath) is null ? $"{script} needs Python 3, and no python3 is on PATH. Install it: apt-get install python3 (Debian, Ubuntu) or brew install python (macOS)." : null,
    };

    private static string? Python(string? searchPath) => CommandLine.Find("python3", searchPath) ?? CommandLine.Find("python", searchPath);

    private static async Task<Prepared<CommandLine>> NotebookAsync(Assignment assignment, Workspace workspace, Tool tool, string? searchPath)
    {
        var script = assignment.Spec.Script!;
        var original = Path.Combine(workspace.Code, script);
        var injected = Path.Combine(workspace.Root, "notebook.ipynb");
        try
        {
            var notebook = NotebookParameters.Inject(await File.ReadAllBytesAsync(original), assignment.Spec.Parameters, assignment.Seed);
            await File.WriteAllBytesAsync(injected, notebook);
        }
        catch (JsonException e)
        {
            return Prepared<CommandLine>.Refused($"{script} is not a notebook: {e.Message}");
        }

        if (await NotebookPythonAsync(tool, workspace, searchPath) is not { } python)
            return Prepared<CommandLine>.Refused(
                $"{script} needs nbconvert and ipykernel, and no Python on PATH has them. Install them: pip install nbconvert ipykernel, or apt-get install jupyter-nbconvert python3-ipykernel (Debian, Ubuntu).");
        string[] arguments = ["-c", NotebookParameters.Driver, injected, Path.Combine(workspace.Output, Path.GetFileName(script)), Path.GetDirectoryName(original)!];
        return new CommandLine(python, arguments);
    }

    // Python itself may have nbconvert; else the Python that a jupyter-nbconvert on PATH starts with.
    private static async Task<string?> NotebookPythonAsync(Tool tool, Workspace workspace, string? searchPath)
    {
        List<string?> candidates = [Python(searchPath)];
        if (CommandLine.Find("jupyter-nbconvert", searchPath) is { } jupyter && File.ReadLines(jupyter).FirstOrDefault() is { } first && first.StartsWith("#!", StringComparison.Ordinal))
            candidates.Add(first[2..].Trim().Split(' ')[0]);
        foreach (var python in candidates)
            if (python is not null && await tool.RunAsync(workspace.Code, python, ["-c", "import nbconvert, nbclient, ipykernel"]) is null) return python;
        return null;
    }

    // Built once for a snapshot, since `dotnet run` would compile anew in each attempt's folder.
    private async Task<Prepared<CommandLine>> BuildAsync(Assignment assignment, Workspace workspace, Tool tool, string? searchPath, CacheUses uses)
    {
        var script = assignment.Spec.Script!;
        var dotnet = CommandLine.Find("dotnet", searchPath)!;
        var name = Path.GetFileNameWithoutExtension(script) + ".dll";
        var key = $"{assignment.Spec.Snapshot[..24]}-{script.Replace('/', '_')}";
        var taken = await cache.TakeAsync(key, $"the program of {script}", place => Task.FromResult(CacheFiles.IsWhole(place, time)), MakeAsync, tool.Say, tool.Stop);
        if (!taken.IsReady) return Prepared<CommandLine>.Refused(taken.Refusal);
        uses.Add(taken.Value);
        var program = Path.Combine(taken.Value.Place, name);
        return new CommandLine(dotnet, [program, .. CommandLine.ScriptArguments(assignment.Spec.Parameters)]);

        async Task<string?> MakeAsync(string place)
        {
            // Ahead-of-time compilation, the default of a C# file, is of no use to a build and wants packages of its own.
            string[] arguments = ["build", script, "-c", "Release", "-o", place, "--artifacts-path", place + ".obj", "-p:PublishAot=false", "--nologo", "-v", "quiet"];
            if (await tool.RunAsync(workspace.Code, dotnet, arguments) is { } failure) return $"{script} does not compile:\n{failure}";
            if (!File.Exists(Path.Combine(place, name))) return $"{script} was built, and {name} is not there; leave AssemblyName out of it";
            Directory.Delete(place + ".obj", recursive: true);
            CacheFiles.Record(place);
            return null;
        }
    }
}
