using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Finds out what a command runs in: the interpreter, its packages, the platform.</summary>
/// <param name="settings">The agent's folders and its store.</param>
/// <remarks>
/// Asking Python takes a tenth of a second, so the answer is remembered on disk as long as the interpreter and the folders of its packages
/// stay as they are. Nothing that goes wrong here keeps a command from starting.
/// </remarks>
internal sealed class EnvironmentInspector(AgentSettings settings)
{
    // Lists packages without pip, which an environment need not have. Python parses a package's file at each use of `metadata`.
    private const string Program =
        """
        import importlib.metadata as metadata, json, platform, sys
        names = set()
        for package in metadata.distributions():
            facts = package.metadata
            if facts["Name"]:
                names.add("%s==%s" % (facts["Name"], facts["Version"]))
        with open(sys.argv[1], "w") as answer:
            json.dump({
                "executable": sys.executable, "version": sys.version.replace("\n", " "), "platform": platform.platform(),
                "folders": [folder for folder in sys.path if folder], "packages": sorted(names, key=str.lower),
            }, answer)
        """;

    // A wrapper of Python may wait for a network.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Version managers put a script in Python's place, which chooses an interpreter by these files.
    private static readonly string[] VersionFiles = [".python-version", ".tool-versions", ".mise.toml", "mise.toml"];
    private static readonly string[] HomesVersionFiles = [".pyenv/version", ".tool-versions", ".config/mise/config.toml"];

    private static readonly string[] Deciding = ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_VERSION", "HOME"];
    private readonly HashSet<string> _stored = [];

    /// <summary>Describes what a command is about to run in.</summary>
    /// <param name="command">The command.</param>
    /// <param name="shellCommand">The command as the user wrote it; null for a script.</param>
    /// <param name="code">The command's working folder.</param>
    /// <param name="variables">The command's variables.</param>
    /// <param name="toolsFor">Runs the interpreter with the command's variables, until a token is cancelled.</param>
    /// <param name="stop">Cancelled when the attempt is to stop.</param>
    /// <exception cref="OperationCanceledException">The attempt is to stop.</exception>
    public async Task<RunEnvironment> InspectAsync(
        CommandLine command, string? shellCommand, string code, IReadOnlyDictionary<string, string> variables,
        Func<CancellationToken, ToolRunner> toolsFor, CancellationToken stop)
    {
        var basis = new RunEnvironment
        {
            Platform = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}".Trim(),
            Processor = Processor(),
        };
        var interpreter = InterpreterOf(command, shellCommand, variables.GetValueOrDefault("PATH"));
        if (interpreter is null) return basis;
        using var patience = new CancellationTokenSource(Patience, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            return await AskAsync(basis, interpreter, code, variables, toolsFor(either.Token));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return basis with { Interpreter = interpreter };
        }
    }

    private async Task<RunEnvironment> AskAsync(
        RunEnvironment basis, string interpreter, string code, IReadOnlyDictionary<string, string> variables, ToolRunner tools)
    {
        if (Path.GetFileName(interpreter) == "dotnet")
            return basis with { Interpreter = interpreter, Version = (await tools.CaptureAsync(code, interpreter, ["--version"])).Trim() };
        if (await ReadAnswerAsync(interpreter, code, variables, tools) is not { } answer) return basis with { Interpreter = interpreter };
        var packages = answer.Packages.Concat(CondaPackages(answer, variables)).ToList();
        var text = Encoding.UTF8.GetBytes(string.Concat(packages.Select(package => $"{package}\n")));
        var hash = Convert.ToHexStringLower(SHA256.HashData(text));
        return basis with
        {
            Platform = answer.Platform,
            Interpreter = answer.Executable,
            Version = answer.Version,
            Packages = await StoreAsync(hash, text) ? hash : null,
            PackageCount = packages.Count,
        };
    }

    /// <summary>
    /// The interpreter that a command runs: the script's, the one that a shell's command names first, or the first on PATH.
    /// </summary>
    internal static string? InterpreterOf(CommandLine command, string? shellCommand, string? searchPath)
    {
        if (shellCommand is null) return command.Interpreter ?? command.Program;
        foreach (var word in shellCommand.Split([' ', '\t', '\n', ';', '&', '|', '(', ')'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Path.GetFileName(word) is not ['p', 'y', 't', 'h', 'o', 'n', .. var version]) continue;
            if (version.Any(c => !char.IsAsciiDigit(c) && c != '.')) continue;
            var found = word.Contains('/', StringComparison.Ordinal)
                ? Path.IsPathRooted(word) && File.Exists(word) ? word : null
                : CommandLine.Find(word, searchPath);
            if (found is not null) return found;
        }

        return CommandLine.Find("python3", searchPath) ?? CommandLine.Find("python", searchPath);
    }

    private async Task<Answer?> ReadAnswerAsync(
        string interpreter, string code, IReadOnlyDictionary<string, string> variables, ToolRunner tools)
    {
        string[] deciding =
        [
            Program, interpreter, .. Deciding.Select(name => $"{variables.GetValueOrDefault(name)}"), .. VersionsIn(code, VersionFiles),
            .. VersionsIn(variables.GetValueOrDefault("HOME") ?? "/", HomesVersionFiles),
        ];
        // Each attempt has a copy of the project of its own.
        var key = Encoding.UTF8.GetBytes(string.Join('\n', deciding).Replace(code, "", StringComparison.Ordinal));
        var file = Path.Combine(settings.Home, "inspections", $"{Convert.ToHexStringLower(SHA256.HashData(key))[..24]}.json");
        if (Read(file) is { } known && known.Stamps == Stamps(interpreter, known.Folders)) return known;
        var temporary = $"{file}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await tools.CaptureAsync(code, interpreter, ["-c", Program, temporary]);
            if (Read(temporary) is not { } answer) return null;
            answer = answer with { Stamps = Stamps(interpreter, answer.Folders) };
            await File.WriteAllTextAsync(temporary, JsonSerializer.Serialize(answer, InspectionJson.Default.Answer));
            File.Move(temporary, file, overwrite: true);
            return answer;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // A full disk, for instance, which ends the attempt elsewhere or not at all.
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }

    private static IEnumerable<string> VersionsIn(string folder, IEnumerable<string> names)
    {
        foreach (var file in names.Select(name => new FileInfo(Path.Combine(folder, name))).Where(file => file.Exists))
            yield return $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}";
    }

    // A package that is installed or removed changes the folder that it lies in.
    private static string Stamps(string interpreter, IReadOnlyList<string> folders) =>
        string.Join(' ', folders.Prepend(interpreter).Select(path => Path.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks : 0));

    // Conda's own packages, such as CUDA's libraries, are not Python packages.
    private static IEnumerable<string> CondaPackages(Answer answer, IReadOnlyDictionary<string, string> variables)
    {
        if (variables.GetValueOrDefault("CONDA_PREFIX") is not { Length: > 0 } prefix) return [];
        var folder = Path.Combine(prefix, "conda-meta");
        if (!answer.Executable.StartsWith(prefix, StringComparison.Ordinal) || !Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder, "*.json").Select(file => $"conda {Path.GetFileNameWithoutExtension(file)}")
            .Order(StringComparer.Ordinal);
    }

    private async Task<bool> StoreAsync(string hash, byte[] text)
    {
        lock (_stored)
            if (_stored.Contains(hash)) return true;
        try
        {
            // Also when it exists: `tenfold gc` spares lists that were written lately.
            await settings.Store.WriteAsync(RunEnvironment.PackagesKey(hash), text, CancellationToken.None);
        }
        catch (StoreException)
        {
            return false; // If the store stays offline, the end of the attempt reports it.
        }

        lock (_stored) _stored.Add(hash);
        return true;
    }

    private static string? Processor()
    {
        try
        {
            var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
            return model?[(model.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Answer? Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllText(file), InspectionJson.Default.Answer) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>What a Python interpreter reports about itself.</summary>
    internal sealed record Answer
    {
        public required string Executable { get; init; }

        public required string Version { get; init; }

        public required string Platform { get; init; }

        public required IReadOnlyList<string> Folders { get; init; }

        public required IReadOnlyList<string> Packages { get; init; }

        public string? Stamps { get; init; }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EnvironmentInspector.Answer))]
internal sealed partial class InspectionJson : JsonSerializerContext;
