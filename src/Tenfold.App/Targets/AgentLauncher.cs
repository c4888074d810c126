using System.Collections;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Targets.Local;

namespace Tenfold.App.Targets;

/// <summary>Starts this program as the agent, in a session of its own, so that the agent outlives the host and its terminal.</summary>
/// <param name="home">The home folder.</param>
/// <param name="queue">The queue that the agent serves.</param>
/// <param name="time">The clock.</param>
public sealed class AgentLauncher(string home, WorkQueue queue, TimeProvider time) : IAgentLauncher
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private const int MaxStarts = 4;

    private ChildProcess? _agent;
    private long _startedAt;
    private DateTime _served;
    private int _starts;

    /// <inheritdoc/>
    /// <exception cref="AgentStartException">The agent ended several times in a row without taking up work.</exception>
    public void Launch()
    {
        if (_agent is { Ended.IsCompleted: false } && time.GetElapsedTime(_startedAt) < Patience) return;
        // An agent that took up work before it ended was able to start. Attempts that it lost are counted with their runs.
        if (queue.WaitingStamp() is var stamp && stamp != _served) (_starts, _served) = (0, stamp);
        if (_starts++ == MaxStarts)
            throw new AgentStartException($"the agent does not stay up; see {queue.AgentLog}, then try again.\n{LastWords()}");
        _startedAt = time.GetTimestamp();
        _agent = ChildProcess.Start(new ProcessStart
        {
            Program = Environment.ProcessPath!,
            Arguments = ["agent", "serve"],
            Environment = EnvironmentOf(home),
            Folder = home,
            OutputFile = queue.AgentLog,
            NewSession = true,
        }, time);
    }

    private static Dictionary<string, string> EnvironmentOf(string home)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
        environment["TENFOLD_HOME"] = home;
        // Inside a run, the marker would make the agent one of the run's processes, which are ended with the run.
        environment.Remove(QueueLifecycle.Marker);
        // The agent needs only the store and its queue, and training commands must not see a password in the ledger's address.
        environment.Remove("TENFOLD_LEDGER");
        return environment;
    }

    private string LastWords() => File.Exists(queue.AgentLog) ? string.Join('\n', File.ReadLines(queue.AgentLog).TakeLast(5)) : "";
}

/// <summary>The agent of this machine can't be started.</summary>
/// <param name="message">What happened, and where the agent's log is.</param>
public sealed class AgentStartException(string message) : Exception(message);
