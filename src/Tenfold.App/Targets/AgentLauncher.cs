using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Targets.Local;

namespace Tenfold.App.Targets;

/// <summary>Starts this program as the agent, in its own session, so that the agent outlives the host and its terminal.</summary>
/// <param name="home">The home folder.</param>
/// <param name="queue">The queue that the agent serves.</param>
/// <param name="environment">The environment variables that the agent starts with.</param>
/// <param name="time">The clock.</param>
public sealed class AgentLauncher(
    string home, WorkQueue queue, IReadOnlyDictionary<string, string> environment, TimeProvider time) : IAgentLauncher
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private const int MaxStarts = 4;

    private ChildProcess? _agent;
    private long _startedAt;
    private DateTime _served;
    private int _starts;

    /// <inheritdoc/>
    public string? Launch()
    {
        if (_agent is { Ended.IsCompleted: false } && time.GetElapsedTime(_startedAt) < Patience) return null;
        // An agent that took work from the queue was able to start. The attempts that it lost are counted with their runs.
        if (queue.WaitingStamp() is var stamp && stamp != _served) (_starts, _served) = (0, stamp);
        if (_starts++ == MaxStarts)
            return $"the agent ends as soon as it is started; see {queue.AgentLog}, then try again.\n{LastLines()}";
        _startedAt = time.GetTimestamp();
        _agent = ChildProcess.Start(new ProcessStart
        {
            Program = Program(),
            Arguments = ["agent", "serve"],
            Environment = EnvironmentOf(environment, home),
            Folder = home,
            OutputFile = queue.AgentLog,
            NewSession = true,
        }, time);
        return null;
    }

    // The server (tenfold-server) has no agent; `tenfold` lies beside it.
    private static string Program() =>
        Path.GetFileName(Environment.ProcessPath!).StartsWith("tenfold-", StringComparison.Ordinal)
            ? Path.Combine(AppContext.BaseDirectory, "tenfold") : Environment.ProcessPath!;

    /// <summary>The variables of the agent of a home.</summary>
    internal static Dictionary<string, string> EnvironmentOf(IReadOnlyDictionary<string, string> environment, string home)
    {
        // The agent needs no ledger and no server, and training commands must not see a password or a key.
        var variables = PrivateVariables.Without(environment);
        variables["TENFOLD_HOME"] = home;
        // A command that a run starts has the marker of the run's processes, which are ended with the run. The agent must not have it.
        variables.Remove(QueueLifecycle.Marker);
        return variables;
    }

    private string LastLines() => File.Exists(queue.AgentLog) ? string.Join('\n', File.ReadLines(queue.AgentLog).TakeLast(5)) : "";
}
