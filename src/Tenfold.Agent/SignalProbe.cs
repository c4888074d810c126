using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;

namespace Tenfold.Agent;

/// <summary>
/// An idle process that shows whether a host that ends its job signals every process of the job or the agent alone.
/// </summary>
/// <remarks>
/// What a host does depends on its configuration and on the command that ended the job, so it can't be known in advance. Slurm signals
/// every process for <c>scancel</c>, preemption and the time limit. It signals the agent alone for <c>sbatch --signal=B:</c> and
/// <c>scancel -b</c>, and where jobs are tracked by process groups. The process has no handler for SIGTERM, so
/// its end shows the signal.
/// </remarks>
internal sealed class SignalProbe : IDisposable
{
    private const int Terminated = 15;

    private readonly ChildProcess _process;

    private SignalProbe(ChildProcess process) => _process = process;

    /// <summary>True once every process of the job was signalled.</summary>
    public bool IsSignalled => _process.Ended is { IsCompletedSuccessfully: true, Result.Signal: Terminated };

    /// <summary>
    /// Starts a probe in a process group of its own. It carries the attempt's mark, so it can be found when this process dies.
    /// </summary>
    /// <returns>Null where there is no host, or where the probe can't be started.</returns>
    public static SignalProbe? Start(AgentSettings settings, string attempt)
    {
        if (settings.Host is null) return null;
        try
        {
            return new SignalProbe(ChildProcess.Start(
                new ProcessStart
                {
                    Program = "/bin/sh",
                    Arguments = ["-c", "exec sleep 2147483647"],
                    Environment = new Dictionary<string, string>
                    {
                        ["PATH"] = $"/usr/bin:/bin:{settings.Host.Environment.GetValueOrDefault("PATH")}",
                        [QueueLifecycle.Marker] = attempt,
                    },
                },
                settings.Time));
        }
        catch (ProcessStartException)
        {
            return null;
        }
    }

    /// <summary>Waits until the probe is signalled, for the given time at most.</summary>
    public async Task<bool> IsSignalledWithinAsync(TimeSpan time, TimeProvider clock)
    {
        await Task.WhenAny(_process.Ended, Task.Delay(time, clock));
        return IsSignalled;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Kill();
}
