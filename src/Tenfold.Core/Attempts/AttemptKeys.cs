namespace Tenfold.Core.Attempts;

/// <summary>The keys of an attempt's objects in the store.</summary>
public static class AttemptKeys
{
    /// <summary>The <see cref="Assignment"/>, as JSON, for an agent that serves no queue.</summary>
    public static string Assignment(string attempt) => $"attempts/{attempt}/assignment.json";

    /// <summary>The <see cref="AttemptClaim"/>, as JSON; created by the process that runs the attempt.</summary>
    public static string Claim(string attempt) => $"attempts/{attempt}/claim";

    /// <summary>The folder of checkpoints for the run's next attempt.</summary>
    public static string Checkpoints(string attempt) => $"attempts/{attempt}/checkpoints/";

    /// <summary>The <see cref="AttemptReport"/>, as JSON; written whole at each change.</summary>
    public static string State(string attempt) => $"attempts/{attempt}/state.json";

    /// <summary>The agent's sign of life: the time it was written, in Unix milliseconds.</summary>
    public static string Heartbeat(string attempt) => $"attempts/{attempt}/heartbeat";

    /// <summary>An object that asks the agent to stop the attempt; see <see cref="StopMarks"/>.</summary>
    public static string StopMark(string attempt) => $"attempts/{attempt}/stop";

    /// <summary>Since when its backend no longer lists the attempt, in Unix milliseconds; written by the target.</summary>
    public static string Missing(string attempt) => $"attempts/{attempt}/missing";

    /// <summary>
    /// The zone in which its target last tried to start it, written before the try; for a target that may start an attempt only once in
    /// each of several zones.
    /// </summary>
    public static string Placement(string attempt) => $"attempts/{attempt}/placement";

    /// <summary>The folder of the log's segments; see <see cref="LogLine"/>.</summary>
    public static string Log(string attempt) => $"attempts/{attempt}/log/";

    /// <summary>The folder of the full metric series' segments: lines of time, name, step and value, separated by tabs.</summary>
    public static string MetricSeries(string attempt) => $"attempts/{attempt}/series/";

    /// <summary>The list of <see cref="Runs.MetricSummary"/>, as JSON.</summary>
    public static string Metrics(string attempt) => $"attempts/{attempt}/metrics.json";
}
