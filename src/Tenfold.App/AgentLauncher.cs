using System.Collections;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Targets.Local;

namespace Tenfold.App;

/// <summary>Starts this very program as the agent, in a session of its own, so that it outlives the command and the terminal.</summary>
/// <param name="home">The home folder.</param>
/// <param name="queue">The queue that it serves.</param>
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
    public void Launch()
    {
        if (_agent is { Ended.IsCompleted: false } && time.GetElapsedTime(_startedAt) < Patience) return;
        // One that took work up before it went away is no agent that can't start; what it lost is counted with the runs.
        if (queue.WaitingStamp() is var stamp && stamp != _served) (_starts, _served) = (0, stamp);
        if (_starts++ == MaxStarts)
            throw new CommandException(ExitCodes.CannotWrite, $"the agent does not stay up; see {queue.AgentLog}, then try again.\n{LastWords()}");
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
        environment["TENFOLD_HOME"] = home;
        // Started from inside a run it must not count as one of that run's processes, which end with it.
        environment.Remove(QueueWork.Marker);
        // It knows the store and its queue, never the ledger, whose address may hold a password.
        environment.Remove("TENFOLD_LEDGER");
        _startedAt = time.GetTimestamp();
        _agent = ChildProcess.Start(new ProcessStart
        {
            Program = Environment.ProcessPath!,
            Arguments = ["agent", "serve"],
            Environment = environment,
            Folder = home,
            OutputFile = queue.AgentLog,
            NewSession = true,
        }, time);
    }

    private string LastWords() => File.Exists(queue.AgentLog) ? string.Join('\n', File.ReadLines(queue.AgentLog).TakeLast(5)) : "";
}
