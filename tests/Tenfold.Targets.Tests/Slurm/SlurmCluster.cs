using System.Diagnostics;

namespace Tenfold.Targets.Tests.Slurm;

/// <summary>
/// A temporary Slurm cluster on this machine, started by <c>tests/cluster</c>. It ends with the test, even when the test is killed.
/// </summary>
internal sealed class SlurmCluster : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly string _script;

    /// <summary>Starts a cluster.</summary>
    /// <param name="script">The path of <c>tests/cluster</c>.</param>
    /// <param name="settings">The script's settings (<c>cpus=64</c>); none for two nodes of eight cores.</param>
    public SlurmCluster(string script, params IEnumerable<string> settings)
    {
        _script = script;
        Folder = Directory.CreateTempSubdirectory("tenfold-slurm-").FullName;
        Do(["up", Folder, $"owner={Environment.ProcessId}", .. settings]);
    }

    /// <summary>The folder of the cluster's files.</summary>
    public string Folder { get; }

    /// <summary>The value of <c>SLURM_CONF</c> for the commands.</summary>
    public string Configuration => $"{Folder}/slurm.conf";

    /// <summary>The address of slurmrestd, if the cluster was started with <c>rest=yes</c>.</summary>
    public string Rest => $"unix:{Folder}/rest.sock";

    /// <summary>The environment variables that Slurm's commands need.</summary>
    public IReadOnlyDictionary<string, string> CommandEnvironment => new Dictionary<string, string>
    {
        ["SLURM_CONF"] = Configuration,
        ["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin",
        ["HOME"] = "/tmp",
        ["LC_ALL"] = "C",
    };

    /// <summary>Starts a daemon that was stopped or killed: a node, <c>ctld</c>, <c>rest</c> or <c>munged</c>.</summary>
    public void Start(string part) => Do(["start", Folder, part]);

    /// <summary>Stops a daemon and waits until it has exited.</summary>
    public void Stop(string part) => Do(["stop", Folder, part]);

    /// <summary>Kills a daemon (SIGKILL). The jobs of a node continue.</summary>
    public void Kill(string part) => Do(["kill", Folder, part]);

    /// <summary>
    /// Kills all processes of a node's jobs (SIGKILL), including Slurm's own, as the loss of the machine would.
    /// </summary>
    public void KillJobs(string node) => Do(["kill-jobs", Folder, node]);

    /// <summary>Returns a drained or down node to service. Does nothing when the node has returned by itself.</summary>
    public void Resume(string node)
    {
        try
        {
            Run("scontrol", "update", $"NodeName={node}", "State=resume");
        }
        catch (InvalidOperationException e) when (e.Message.Contains("Invalid node state", StringComparison.Ordinal))
        {
            // The node has returned by itself.
        }
    }

    /// <summary>Runs one of Slurm's commands and returns what it printed.</summary>
    public string Run(string program, params IEnumerable<string> arguments) => Run(program, arguments, CommandEnvironment);

    /// <inheritdoc/>
    public void Dispose()
    {
        Do(["down", Folder]);
        Directory.Delete(Folder, recursive: true);
    }

    private void Do(IEnumerable<string> arguments) => Run(_script, arguments, CommandEnvironment);

    private static string Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Deadline)) throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        return process.ExitCode == 0 ? output.Result
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Result}");
    }
}
