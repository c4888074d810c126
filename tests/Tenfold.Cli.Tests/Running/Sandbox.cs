using System.Diagnostics;
using System.Text.Json;

namespace Tenfold.Cli.Tests.Running;

/// <summary>A home, a project and a folder outside both, for one test; at its end every process that has this home is ended.</summary>
internal sealed class Sandbox : IAsyncDisposable
{
    /// <summary>A metric that follows from the seed alone.</summary>
    public const string SeedScript = "echo \"{\\\"metric\\\":\\\"accuracy\\\",\\\"value\\\":0.$TENFOLD_SEED}\"\n";

    private const string ToyProject =
        """
        name: toy
        train:
          command: sh train.sh
          metric: { name: accuracy, goal: maximize }

        """;

    // A shell starts background jobs, and nohup starts its program, with signals ignored, and a child inherits that. Commands under test
    // must react to signals whoever started the tests. Source: env(1) of coreutils 8.31 and later.
    private static readonly string[] DefaultSignals = ["env", "--default-signal=INT,HUP,QUIT,TERM"];

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

    /// <summary>What commands find in their environment, beside what the tests have.</summary>
    public Dictionary<string, string> Variables { get; } = new() { ["NO_COLOR"] = "1", ["DOTNET_gcServer"] = "0" };

    /// <summary>What stands before the program, such as <c>setpriv</c> with its options.</summary>
    public IReadOnlyList<string> Before { get; set; } = [];

    public string Ledger => Path.Combine(Home, "ledger.db");

    /// <summary>A project that runs <c>train.sh</c>, judged by the accuracy that it prints.</summary>
    /// <param name="script">The script; null for one whose accuracy follows from its seed.</param>
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

    /// <summary>What a command that must succeed prints as JSON.</summary>
    public async Task<JsonElement> Json(params string[] arguments) => (await Run(arguments)).With(0).Json;

    /// <summary>Fits, which must end with this exit code, and returns the group with its runs and statistics.</summary>
    public async Task<JsonElement> Fit(int exitCode, params string[] arguments) =>
        (await Run(["fit", "--json", .. arguments])).With(exitCode).Json[0];

    public Task<JsonElement> Fit(params string[] arguments) => Fit(0, arguments);

    /// <summary>Lists every run again and again until they are as wanted.</summary>
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

    /// <summary>The living processes of this sandbox.</summary>
    public IReadOnlyList<(int Id, string Command)> Processes() => OwnProcesses.Below(Root);

    public IReadOnlyList<int> Agents() =>
        [.. Processes().Where(process => process.Command.EndsWith("agent serve", StringComparison.Ordinal)).Select(process => process.Id)];

    /// <summary>Waits until the agent has left by itself.</summary>
    public Task AgentLeaves() => Until.True(() => Agents().Count == 0, "the agent leaves");

    /// <summary>The lines of a file outside, none when it is not there.</summary>
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
        Directory.Delete(Root, recursive: true);
    }
}
