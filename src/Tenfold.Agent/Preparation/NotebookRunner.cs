using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;

namespace Tenfold.Agent.Preparation;

/// <summary>Prepares to execute a notebook: nbconvert drives it, and its cells run in the attempt's own interpreter.</summary>
/// <param name="assignment">The attempt; its spec names a notebook.</param>
/// <param name="workspace">The attempt's folders.</param>
/// <param name="tools">Starts interpreters.</param>
/// <param name="searchPath">The <c>PATH</c> of the command.</param>
/// <param name="warn">Receives notes for the user.</param>
/// <remarks>
/// The driver may be another interpreter than the one that runs the cells, so an environment needs ipykernel, and not nbconvert. A kernel
/// spec of the attempt's own names the interpreter of the cells. Source: jupyter_client, "Making kernels for Jupyter".
/// </remarks>
internal sealed class NotebookRunner(
    Assignment assignment, Workspace workspace, ToolRunner tools, string? searchPath, Action<Warning> warn)
{
    private const string Kernel = "tenfold", DefaultKernel = "python3";

    private const string ProbeScript =
        """
        import importlib.util, json, sys
        def has(*names):
            return all(importlib.util.find_spec(name) is not None for name in names)
        facts = {"drives": has("nbconvert", "nbclient", "nbformat"), "runs": has("ipykernel"), "kernels": {}}
        if facts["drives"]:
            from jupyter_client.kernelspec import KernelSpecManager
            manager = KernelSpecManager()
            for name in sorted(manager.find_kernel_specs()):
                try:
                    facts["kernels"][name] = manager.get_kernel_spec(name).argv[0]
                except Exception:
                    pass
        with open(sys.argv[1], "w") as answer:
            json.dump(facts, answer)
        """;

    private string Script => assignment.Spec.Script!;

    private string? EnvironmentFile => assignment.Spec.Environment.File;

    /// <summary>Prepares the command line.</summary>
    /// <returns>The command line; or what is missing and what to do.</returns>
    public async Task<PreparationResult<CommandLine>> PrepareAsync()
    {
        NotebookFile notebook;
        var original = Path.Combine(workspace.Code, Script);
        var injected = Path.Combine(workspace.Root, "notebook.ipynb");
        try
        {
            var content = await File.ReadAllBytesAsync(original);
            notebook = NotebookFile.Parse(content);
            var names = assignment.Spec.Parameters.EnumerateObject().Select(parameter => parameter.Name).ToList();
            if (NotebookChecks.Faults(Script, notebook, names) is { Count: > 0 } faults) return Refused(string.Join('\n', faults));
            foreach (var warning in NotebookChecks.Warnings(Script, notebook, names)) warn(warning);
            await File.WriteAllBytesAsync(injected, NotebookParameters.Inject(content, assignment.Spec.Parameters, assignment.Seed));
        }
        catch (JsonException e)
        {
            return Refused($"{Script} is not a notebook: {e.Message}");
        }

        var found = await FindAsync();
        if (found.Driver is null) return Refused(WithoutDriver);
        var (kernel, interpreter, refusal) = ChooseKernel(notebook, found.Driver, found.First);
        if (refusal is not null) return Refused(refusal);
        var executed = Path.Combine(workspace.Output, Path.GetFileName(Script));
        return new CommandLine(
            found.Driver.Path,
            ["-c", NotebookParameters.Driver, injected, executed, Path.GetDirectoryName(original)!, kernel ?? "", Specs])
        {
            Interpreter = interpreter,
        };
    }

    private string Specs => Path.Combine(workspace.Root, "jupyter");

    private string WithoutDriver => EnvironmentFile is { } file
        ? $"{Script} needs nbconvert, and no Python on this machine has it: add the lines `nbconvert` and `ipykernel` to {file}"
        : $"{Script} needs nbconvert and ipykernel, and no Python on PATH has them. "
            + "Install them: pip install nbconvert ipykernel, or apt-get install jupyter-nbconvert python3-ipykernel (Debian, Ubuntu).";

    /// <summary>The kernel that runs the cells: one of the machine's, by its name, or the attempt's own.</summary>
    private Choice ChooseKernel(NotebookFile notebook, Interpreter driver, Interpreter? first)
    {
        var named = notebook.Kernel;
        var program = named is { Length: > 0 } ? driver.Facts.Kernels.GetValueOrDefault(named) : null;
        var known = new Choice(named, program is ['/', ..] ? program : null, null);
        var kernels = driver.Facts.Kernels.Keys.ToList();
        if (notebook.OtherLanguage is { } language)
        {
            return program is not null ? known
                : Refuse($"{Script} is written in {language} and needs the kernel '{named}', which this machine does not have. "
                    + $"Install it; kernels here: {(kernels.Count == 0 ? "none" : string.Join(", ", kernels))}");
        }

        if (EnvironmentFile is { } file)
        {
            if (first is not { Facts.Runs: true })
                return Refuse($"{Script} needs ipykernel in its environment: add a line `ipykernel` to {file}");
            return WriteSpec(first.Path);
        }

        if (program is not null && named != DefaultKernel) return known;
        var python = first is { Facts.Runs: true } ? first : driver.Facts.Runs ? driver : null;
        if (python is null) return program is not null ? known : Refuse(WithoutDriver);
        if (named is { Length: > 0 } and not (DefaultKernel or "python"))
            warn(new Warning.KernelReplaced(Script, named, python.Path, kernels));
        if (first is not null && python != first) warn(new Warning.NotebookElsewhere(Script, first.Path, python.Path));
        return WriteSpec(python.Path);
    }

    private static Choice Refuse(string reason) => new(null, null, reason);

    private Choice WriteSpec(string python)
    {
        var folder = Path.Combine(Specs, "kernels", Kernel);
        Directory.CreateDirectory(folder);
        var spec = new KernelSpec([python, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "Python", "python");
        File.WriteAllText(Path.Combine(folder, "kernel.json"), JsonSerializer.Serialize(spec, NotebookJson.Default.KernelSpec));
        tools.Note($"the notebook's cells run with {python}");
        return new Choice(Kernel, python, null);
    }

    /// <summary>Asks the first interpreter on PATH and, while none can drive a notebook, the others.</summary>
    private async Task<Interpreters> FindAsync()
    {
        Interpreter? first = null;
        foreach (var (path, isFirst) in Candidates())
        {
            if (await AskAsync(path) is not { } facts) continue;
            var interpreter = new Interpreter(path, facts);
            if (isFirst) first = interpreter;
            if (facts.Drives) return new Interpreters(first, interpreter);
        }

        return new Interpreters(first, null);
    }

    // The interpreters on PATH, then the one that the first line of jupyter-nbconvert names.
    private IEnumerable<(string Path, bool IsFirst)> Candidates()
    {
        var first = EnvironmentMaker.Python(searchPath);
        var folders = (searchPath ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var others = folders.SelectMany(folder => new[] { "python3", "python" }.Select(name => CommandLine.Find(name, folder))).ToList();
        foreach (var program in new[] { "jupyter-nbconvert", "jupyter" })
        {
            if (CommandLine.Find(program, searchPath) is { } jupyter
                && File.ReadLines(jupyter).FirstOrDefault() is { } line && line.StartsWith("#!/", StringComparison.Ordinal))
                others.Add(line[2..].Trim().Split(' ')[0]);
        }

        return new[] { first }.Concat(others).OfType<string>().Distinct().Select(path => (path, path == first));
    }

    private async Task<NotebookFacts?> AskAsync(string python)
    {
        var file = Path.Combine(workspace.Root, ".notebook.json");
        await tools.CaptureAsync(workspace.Root, python, "-c", ProbeScript, file);
        try
        {
            if (!File.Exists(file)) return null;
            return JsonSerializer.Deserialize(await File.ReadAllTextAsync(file), NotebookJson.Default.NotebookFacts);
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static PreparationResult<CommandLine> Refused(string reason) => PreparationResult<CommandLine>.Refused(reason);

    private sealed record Interpreters(Interpreter? First, Interpreter? Driver);

    /// <summary>The kernel, the interpreter that it starts, or why there is none.</summary>
    private sealed record Choice(string? Kernel, string? Interpreter, string? Refusal);

    private sealed record Interpreter(string Path, NotebookFacts Facts);
}

/// <summary>What an interpreter can do for a notebook.</summary>
/// <param name="Drives">It has nbconvert.</param>
/// <param name="Runs">It has ipykernel.</param>
/// <param name="Kernels">The kernels that it knows, each with the program that it starts.</param>
internal sealed record NotebookFacts(bool Drives, bool Runs, IReadOnlyDictionary<string, string> Kernels);

/// <summary>A kernel spec of Jupyter.</summary>
internal sealed record KernelSpec(
    IReadOnlyList<string> Argv, [property: JsonPropertyName("display_name")] string DisplayName, string Language);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NotebookFacts))]
[JsonSerializable(typeof(KernelSpec))]
internal sealed partial class NotebookJson : JsonSerializerContext;
