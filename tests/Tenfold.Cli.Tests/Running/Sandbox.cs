using System.Diagnostics;
using System.Text.Json;

namespace Tenfold.Cli.Tests.Running;

/// <summary>A home, a project and a folder outside both, for one test. Disposing ends every process that has this home.</summary>
internal sealed class Sandbox : IAsyncDisposable
{
    /// <summary>A script whose metric depends only on the seed.</summary>
    public const string SeedScript = "echo \"{\\\"metric\\\":\\\"accuracy\\\",\\\"value\\\":0.$TENFOLD_SEED}\"\n";

    private const string ToyProject =
        """
        name: toy
        train:
          command: sh train.sh
          metric: { name: accuracy, goal: maximize }

        """;

    // Shells start background jobs, and nohup its program, with signals ignored, and children inherit that. The commands under test must
    // react to signals however the tests were started. Source: env(1) of coreutils 8.31 and later.
    private static readonly string[] DefaultSignals = ["env", "--default-signal=INT,HUP,QUIT,TERM"];

    // What Python has installed does not depend on the sandbox. The agent remembers it in its home, so that a home which begins with what
    // others have found saves a start of Python.
    private static readonly string Inspections = Directory.CreateTempSubdirectory("tenfold-inspections-").FullName;

    static Sandbox() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Inspections, recursive: true);

    public Sandbox()
    {
        Root = Directory.CreateTempSubdirectory("tenfold-e2e-").FullName;
        (Home, Project, Outside) = (Path.Combine(Root, "home"), Path.Combine(Root, "project"), Path.Combine(Root, "outside"));
        Directory.CreateDirectory(Project);
        Directory.CreateDirectory(Outside);
        Variables["TENFOLD_HOME"] = Home;
    }

    public string Root { get; }

    public string Home { get; }

    public string Project { get; }

    public string Outside { get; }

    /// <summary>Environment variables of the commands, in addition to those of the tests.</summary>
    public Dictionary<string, string> Variables { get; } = new() { ["NO_COLOR"] = "1", ["DOTNET_gcServer"] = "0" };

    /// <summary>Words before the program on the command line, such as <c>setpriv</c> with its options.</summary>
    public IReadOnlyList<string> Before { get; set; } = [];

    public string Ledger => Path.Combine(Home, "ledger.db");

    /// <summary>A project that runs <c>train.sh</c>, judged by the accuracy that it prints.</summary>
    /// <param name="script">The script; null for <see cref="SeedScript"/>.</param>
    /// <param name="more">More lines of tenfold.yaml.</param>
    public Sandbox Toy(string? script = null, string more = "")
    {
        Write("tenfold.yaml", ToyProject + more + "\n");
        Write("train.sh", script ?? SeedScript);
        return this;
    }

    /// <summary>Writes a file of the project.</summary>
    public string Write(string path, string content)
    {
        var full = Path.Combine(Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return full;
    }

    public Command Start(params string[] arguments) => StartIn(Project, arguments);

    public Command StartIn(string folder, params string[] arguments)
    {
        // A command that starts nothing makes no home.
        if (arguments is ["fit" or "sweep", ..] && Before.Count == 0 && !Path.Exists(Home)
            && File.Exists(Path.Combine(Project, "tenfold.yaml")))
            CopyInspections(Inspections, Path.Combine(Home, "local", "inspections"));
        string[] words = [.. DefaultSignals, .. Before, Installed.Program, .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Variables) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new Command(process, $"tenfold {string.Join(' ', arguments)}");
    }

    public Task<Ended> Run(params string[] arguments) => RunIn(Project, arguments);

    public async Task<Ended> RunIn(string folder, params string[] arguments)
    {
        using var command = StartIn(folder, arguments);
        return await command.EndAsync();
    }

    /// <summary>Runs a command that must succeed, and returns the JSON that it prints.</summary>
    public async Task<JsonElement> Json(params string[] arguments) => (await Run(arguments)).With(0).Json;

    /// <summary>Runs <c>fit</c>, which must end with this exit code, and returns the group with its runs and statistics.</summary>
    public async Task<JsonElement> Fit(int exitCode, params string[] arguments) =>
        (await Run(["fit", "--json", .. arguments])).With(exitCode).Json[0];

    public Task<JsonElement> Fit(params string[] arguments) => Fit(0, arguments);

    /// <summary>Lists all runs again and again until the condition is met.</summary>
    public async Task<IReadOnlyList<JsonElement>> RunsUntil(Func<IReadOnlyList<JsonElement>, bool> wanted)
    {
        Ended? last = null;
        return await Until.Found<IReadOnlyList<JsonElement>>(
            async () =>
            {
                last = (await Run("runs", "--json", "--limit", "1000")).With(0);
                JsonElement[] runs = [.. last.Json.EnumerateArray()];
                return wanted(runs) ? runs : null;
            },
            () => $"the runs are not as wanted\n{last}\n{string.Join('\n', Processes())}");
    }

    public Task<IReadOnlyList<JsonElement>> RunsUntilAllEnded() =>
        RunsUntil(runs => runs.All(run => run.State() is "succeeded" or "failed" or "cancelled"));

    /// <summary>The running processes of this sandbox.</summary>
    public IReadOnlyList<(int Id, string Command)> Processes() => OwnProcesses.Below(Root);

    public IReadOnlyList<int> Agents() =>
        [.. Processes().Where(process => process.Command.EndsWith("agent serve", StringComparison.Ordinal)).Select(process => process.Id)];

    /// <summary>Waits until the agent has exited by itself.</summary>
    public Task AgentExits() => Until.True(() => Agents().Count == 0, "the agent exits");

    /// <summary>The lines of a file in the outside folder; none when there is no such file.</summary>
    public string[] Lines(string name) => Path.Combine(Outside, name) is var path && File.Exists(path) ? File.ReadAllLines(path) : [];

    public async ValueTask DisposeAsync()
    {
        await Until.True(
            () =>
            {
                var living = Processes();
                foreach (var (id, _) in living) OwnProcesses.Signal(id, OwnProcesses.SigKill);
                return living.Count == 0;
            },
            "every process of the test is gone");
        CopyInspections(Path.Combine(Home, "local", "inspections"), Inspections);
        Directory.Delete(Root, recursive: true);
    }

    private static void CopyInspections(string from, string to)
    {
        if (!Directory.Exists(from)) return;
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from, "*.json"))
        {
            var (target, temporary) = (Path.Combine(to, Path.GetFileName(file)), Path.Combine(to, $"{Guid.NewGuid():N}.new"));
            if (File.Exists(target)) continue;
            File.Copy(file, temporary);
            File.Move(temporary, target, overwrite: true);
        }
    }
}
