using System.Globalization;
using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm;

/// <summary>Inside a job: why Slurm is ending it. For the agent, when it gets SIGTERM.</summary>
/// <remarks>
/// While a job ends, slurmctld shows it as COMPLETING whatever the cause. What tells is its time limit, and the line that slurmstepd writes into
/// the job's output before it sends the signal: <c>*** JOB 7 ON n1 CANCELLED AT … DUE TO PREEMPTION ***</c> (<c>req.c</c> in Slurm's source).
/// </remarks>
public sealed class WhyEnded
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    // sbatch --signal may come a minute earlier than asked for.
    private static readonly TimeSpan NearTheLimit = TimeSpan.FromMinutes(3);

    private readonly string _job;
    private readonly CommandRunner _runner;
    private readonly string? _output;
    private readonly TimeProvider _time;

    private WhyEnded(string job, CommandRunner runner, string? output, TimeProvider time) => (_job, _runner, _output, _time) = (job, runner, output, time);

    /// <summary>The asker of the job that this process runs in; null outside of a job.</summary>
    public static WhyEnded? Here(TimeProvider time) =>
        Environment.GetEnvironmentVariable("SLURM_JOB_ID") is { Length: > 0 } job ? new WhyEnded(job, new CommandRunner(CommandRunner.Needed, Patience), "/proc/self/fd/2", time) : null;

    /// <summary>Asks.</summary>
    /// <returns>How it ends, and why in plain words.</returns>
    public async Task<(Ending Ending, string Reason)> AskAsync(CancellationToken cancellationToken)
    {
        if (FromOutput(LastWords()) is { } told) return told;
        try
        {
            var end = await _runner.RunAsync("scontrol", ["--oneliner", "show", "job", _job], null, QueueListing.Environment, cancellationToken);
            if (end is { ExitCode: 0 } && FromJob(end.Output, _time.GetLocalNow()) is { } known) return known;
        }
        catch (TargetException)
        {
            // No scontrol on this node.
        }

        return (Ending.Lost, "its machine was taken away (SIGTERM from Slurm)");
    }

    /// <summary>What slurmstepd wrote last; null when it says nothing of an end.</summary>
    internal static (Ending Ending, string Reason)? FromOutput(string output)
    {
        // "STEP 7.0" is for what a script started with srun; the batch script's line says JOB.
        var line = output.Split('\n').LastOrDefault(text => text.Contains("*** JOB ", StringComparison.Ordinal) && text.Contains(" ON ", StringComparison.Ordinal));
        if (line is null) return null;
        if (line.Contains("DUE TO TIME LIMIT", StringComparison.OrdinalIgnoreCase)) return TimeLimit;
        if (line.Contains("DUE TO PREEMPTION", StringComparison.OrdinalIgnoreCase)) return Preempted;
        if (line.Contains("NODE FAIL", StringComparison.OrdinalIgnoreCase)) return NodeFailed;
        if (line.Contains("REQUEUE", StringComparison.OrdinalIgnoreCase)) return (Ending.Lost, "Slurm put it back into the queue");
        return line.Contains("CANCELLED AT", StringComparison.Ordinal) ? Cancelled : null;
    }

    /// <summary>What <c>scontrol --oneliner show job</c> tells; null when nothing of an end.</summary>
    internal static (Ending Ending, string Reason)? FromJob(string job, DateTimeOffset now)
    {
        var fields = job.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
        // Preemption with a grace time leaves it running meanwhile.
        if (fields.GetValueOrDefault("PreemptTime", "None") is not ("None" or "Unknown")) return Preempted;
        if (fields.GetValueOrDefault("Reason") == "TimeLimit") return TimeLimit;
        return fields.GetValueOrDefault("JobState") switch
        {
            // Slurm has decided nothing: its early signal (sbatch --signal), or somebody's own (scancel --signal).
            "RUNNING" => IsNear(fields, now) ? TimeLimit : Cancelled,
            "CANCELLED" => Cancelled,
            "TIMEOUT" or "DEADLINE" => TimeLimit,
            "PREEMPTED" => Preempted,
            "NODE_FAIL" => NodeFailed,
            _ => null,
        };
    }

    private static (Ending, string) TimeLimit => (Ending.TimeLimit, "Slurm ended it at the job's time limit; raise `max_runtime`, or choose a partition that allows more");

    private static (Ending, string) Cancelled => (Ending.Cancelled, "it was cancelled in Slurm (scancel)");

    private static (Ending, string) Preempted => (Ending.Lost, "Slurm took its node away for jobs of higher priority (PREEMPTED)");

    private static (Ending, string) NodeFailed => (Ending.Lost, "its node failed (Slurm: NODE_FAIL)");

    private static bool IsNear(Dictionary<string, string> fields, DateTimeOffset now) =>
        DateTime.TryParseExact(fields.GetValueOrDefault("EndTime"), "s", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end) && end - now.DateTime < NearTheLimit;

    // The file behind standard error is where slurmstepd writes too.
    private string LastWords()
    {
        try
        {
            using var file = new FileStream(_output!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(-Math.Min(file.Length, 4096), SeekOrigin.End);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return ""; // a pipe, or output that this user may not read
        }
    }
}
