using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Builds the environments that <c>requirements.txt</c> and <c>environment.yml</c> describe, and keeps them on this machine. An environment
/// is built once for all that it depends on, and again when a run has changed it.
/// </summary>
/// <param name="cache">Where the environments are kept.</param>
/// <param name="settings">What the agent works with.</param>
public sealed class EnvironmentCache(CacheFolder cache, AgentSettings settings)
{
    private readonly EnvironmentShare? _share = EnvironmentShare.For(settings);
    private readonly EnvironmentUses _uses = new(settings.Time);

    /// <summary>Builds the environment unless it exists.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="tools">Runs the installers.</param>
    /// <param name="leases">Receives what has to stay until the attempt has ended.</param>
    /// <returns>The environment; or why it can't be built.</returns>
    public async Task<PreparationResult<PreparedEnvironment>> PrepareAsync(EnvironmentRequest request, ToolRunner tools, CacheLeases leases)
    {
        var (spec, code) = (request.Spec, request.Workspace.Code);
        // A container image is an environment that the agent already runs in.
        if (spec.Kind == "system" || spec.Image is not null) return PreparedEnvironment.OfSystem;
        if (Missing(spec, tools.SearchPath) is { } missing) return Refused(missing);
        var maker = EnvironmentMaker.For(spec, tools);
        var reading = await ReadAsync(request, tools);
        if (reading.Fault is not null) return Refused(reading.Fault);
        // A path may lead to another interpreter tomorrow (a version manager's shim), so the interpreter's own answer is part of the key.
        string[] ask = spec.Kind == "conda" ? ["--version"] : ["-c", "import sys; print(sys.executable, sys.version)"];
        var version = await tools.CaptureAsync(code, maker.Program, ask);
        var installers = InstallerSettings.Describe(spec.Kind == "conda", tools.Environment, reading.Folder, code);
        // What else such an environment depends on is unknown. The runs of one group share it, and no later run gets it.
        var owner = reading.NotUnderstood is null ? "" : request.Group;
        var key = Hash($"3\n{spec.Kind}\n{reading.Content}\n{maker.Program}\n{version}\n{installers}\n{owner}")[..24];
        List<Warning> warnings = reading.NotUnderstood is { } line ? [new Warning.EnvironmentNotReused(spec.File!, line)] : [];
        // An environment contains its own path, so it is built where it stays.
        var built = await cache.AcquireAsync(key, $"the environment of {spec.File}", IsWholeAsync, MakeAsync, tools.Note, tools.Stop);
        if (!built.IsReady) return Refused(built.Refusal);
        leases.Add(built.Value);
        var use = _uses.Begin(built.Value.Folder, request.Run);
        leases.Add(use);
        return new PreparedEnvironment(spec.File, built.Value.Folder, spec.Kind == "conda" ? "CONDA_PREFIX" : "VIRTUAL_ENV")
        {
            Use = use,
            SearchPath = tools.SearchPath,
            Warnings = warnings,
        };

        Task<bool> IsWholeAsync(string folder)
        {
            if (!CacheFiles.IsReady(folder)) return Task.FromResult(false);
            // At each take: the run before may have changed it a moment ago.
            if (EnvironmentContents.FindChange(folder, removesCompiled: true) is { } change)
            {
                tools.Note($"the environment of {spec.File} was changed after it was made ({change.What}), so it is made again");
                return Task.FromResult(false);
            }

            if (!CacheFiles.IsWhole(folder, settings.Time, out var isTouched)) return Task.FromResult(false);
            if (isTouched) EnvironmentContents.Record(folder);
            return Task.FromResult(true);
        }

        async Task<string?> MakeAsync(string folder)
        {
            var failure = _share is null ? await BuildAsync() : await _share.MakeAsync(await WantAsync(folder), BuildAsync, warnings.Add);
            if (failure is not null) return $"the environment of {spec.File} could not be made:\n{failure}";
            EnvironmentContents.Record(folder, protects: spec.Kind != "conda");
            CacheFiles.Record(folder);
            return null;

            Task<string?> BuildAsync() => maker.MakeAsync(folder, request.Workspace, reading);
        }

        async Task<WantedEnvironment> WantAsync(string folder) => new(
            spec.File!, folder, $"1\n{key}", spec.Kind == "conda" ? [] : await InterpretersAsync(tools, code, maker.Program),
            request.Ledger, request.Attempt, tools.Note, tools.Stop);
    }

    /// <summary>Why the environment can't be built on this machine, with the command that helps; null when it can.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="searchPath">The folders that are searched for programs.</param>
    public static string? Missing(EnvironmentSpec spec, string? searchPath) => spec.Kind switch
    {
        "conda" when EnvironmentMaker.Conda(searchPath) is null =>
            $"{spec.File} needs micromamba, mamba or conda, and none is on PATH. "
                + "Install micromamba (https://mamba.readthedocs.io), or list the packages in a requirements.txt.",
        "requirements" when EnvironmentMaker.Python(searchPath) is null =>
            $"{spec.File} needs Python 3, and no python3 is on PATH. "
                + "Install it, for example with apt-get install python3 python3-venv.",
        _ => null,
    };

    // The paths to which the links of a virtual environment may lead: pip's and uv's venv choose different ones.
    private static async Task<IReadOnlyCollection<string>> InterpretersAsync(ToolRunner tools, string code, string program)
    {
        const string paths = "import os, sys; own = [sys.executable, getattr(sys, '_base_executable', '')]; "
            + "print('\\n'.join(own + [os.path.realpath(path) for path in own]))";
        var answer = await tools.CaptureAsync(code, program, ["-c", paths]);
        return answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Append(program).ToHashSet();
    }

    private static async Task<RequirementsReading> ReadAsync(EnvironmentRequest request, ToolRunner tools)
    {
        var (file, code) = (request.Spec.File!, request.Workspace.Code);
        var context = new RequirementsContext(tools.Environment, request.Paths);
        if (request.Spec.Kind != "conda") return Requirements.Read(code, file, context);
        var text = PlainFile.ReadText(Path.Combine(code, file));
        var (lines, odd) = CondaFile.Read(text);
        var reading = Requirements.ReadLines(code, file, lines, context);
        if (reading.Plain is not null && request.Paths is not null)
            reading = reading with { Fault = reading.Fault ?? NotRelative(file, lines, request.Paths) };
        return reading with
        {
            Content = $"{text}\n{reading.Content}",
            NotUnderstood = odd is null ? reading.NotUnderstood : $"{file}: {odd}",
        };
    }

    // conda reads its file itself, so its paths can't be replaced.
    private static string? NotRelative(string file, IEnumerable<string> lines, Core.Commands.ProjectPaths paths) =>
        lines.SelectMany(line => paths.Rewrite(line, "/").Uses).FirstOrDefault(use => use.IsPinned) is { } use
            ? $"{file} names {use.Written} in the project's folder, which may have changed since the run was made: "
                + "write the path relative to the file"
            : null;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static PreparationResult<PreparedEnvironment> Refused(string reason) => PreparationResult<PreparedEnvironment>.Refused(reason);
}

/// <summary>An environment that an attempt asks for.</summary>
/// <param name="Spec">What it is.</param>
/// <param name="Workspace">The attempt's folders, with the snapshot's files in place.</param>
/// <param name="Group">The attempt's group.</param>
/// <param name="Run">The attempt's run.</param>
/// <param name="Paths">Finds paths into the project's folder; null when that is not known.</param>
public sealed record EnvironmentRequest(
    EnvironmentSpec Spec, Workspace Workspace, string Group, string Run, Core.Commands.ProjectPaths? Paths)
{
    /// <summary>The attempt.</summary>
    public string Attempt { get; init; } = "";

    /// <summary>The id of the attempt's ledger.</summary>
    public string Ledger { get; init; } = "";
}

/// <summary>An environment in which an attempt runs.</summary>
/// <param name="File">The file that describes it; null for what the machine has.</param>
/// <param name="Folder">Its folder; null for what the machine has.</param>
/// <param name="FolderVariable">The variable that names the folder.</param>
public sealed record PreparedEnvironment(string? File, string? Folder, string? FolderVariable)
{
    /// <summary>What the machine has.</summary>
    public static PreparedEnvironment OfSystem { get; } = new(null, null, null);

    /// <summary>The folders that are searched for programs after its own.</summary>
    public string? SearchPath { get; init; }

    /// <summary>The attempt's use of it; null for what the machine has.</summary>
    internal EnvironmentUses.Use? Use { get; init; }

    /// <summary>Warnings about it.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    /// <summary>The variables that it adds, such as <c>PATH</c>.</summary>
    public IReadOnlyDictionary<string, string> Variables => Folder is null
        ? new Dictionary<string, string>()
        : new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.Combine(Folder, "bin")}:{SearchPath}",
            [FolderVariable!] = Folder,
        };

    /// <summary>Warns when the environment was changed since it was made; null when it was not.</summary>
    public Warning? Change()
    {
        if (Use is null || !Directory.Exists(Folder) || Use.FindChange() is not { } change) return null;
        var others = Use.OthersAt(change.At);
        return new Warning.EnvironmentChanged(File!, change.What) { Others = others.Count > 0 ? others : null };
    }
}
