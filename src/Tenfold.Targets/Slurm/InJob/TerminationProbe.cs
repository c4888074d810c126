using System.Globalization;
using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.InJob;

/// <summary>Finds out, from inside a job, why Slurm ends it. The agent asks when it gets SIGTERM.</summary>
/// <remarks>
/// <para>
/// While a job ends, slurmctld shows it as COMPLETING whatever the cause. Two facts reveal the cause: the job's time limit, and the line
/// that slurmstepd writes into the job's output before it sends a signal, such as
/// <c>*** JOB 7 ON n1 CANCELLED AT … DUE TO PREEMPTION ***</c> (<c>req.c</c> in Slurm's source).
/// </para>
/// <para>
/// A line that names no cause, or has <c>DUE to SIGNAL Terminated</c> (since 25.05), says only that Slurm sent the signal: for scancel,
/// or for the early signal of <c>sbatch --signal</c>. A machine that shuts down sends a signal without a line.
/// </para>
/// </remarks>
public sealed class TerminationProbe
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(4);

    // The signal of sbatch --signal may come a minute early.
    private static readonly TimeSpan NearTimeLimit = TimeSpan.FromMinutes(3);

    // slurmstepd writes into the file that is this process's standard error.
    private const string JobOutput = "/proc/self/fd/2";

    private readonly string _job;
    private readonly CommandRunner _runner;
    private readonly TimeProvider _time;

    /// <summary>Makes a probe for the job that this process runs in.</summary>
    /// <param name="job">The job's id.</param>
    /// <param name="environment">Reads the variables that Slurm's commands need.</param>
    /// <param name="time">The clock.</param>
    internal TerminationProbe(string job, Func<IReadOnlyDictionary<string, string>> environment, TimeProvider time) =>
        (_job, _runner, _time) = (job, new CommandRunner(environment, CommandTimeout, time), time);

    /// <summary>Finds out why the job ends.</summary>
    /// <returns>The attempt's ending and the reason.</returns>
    public async Task<StopCause> AskAsync(CancellationToken cancellationToken)
    {
        var output = ReadOutputTail();
        string? job = null;
        try
        {
            // slurmstepd's line usually names the cause. slurmctld has to be asked only when it doesn't.
            if (ParseLine(output) is Line.None or Line.NoCause) job = await ShowJobAsync(cancellationToken);
        }
        catch (TargetException)
        {
            // No scontrol on this node.
        }

        return Decide(output, job, _time.GetLocalNow());
    }

    private async Task<string?> ShowJobAsync(CancellationToken cancellationToken)
    {
        string[] arguments = ["--oneliner", "show", "job", _job];
        var end = await _runner.RunAsync("scontrol", arguments, null, SqueueListing.Environment, cancellationToken);
        return end is { ExitCode: 0 } ? end.Output : null;
    }

    /// <summary>Infers the cause.</summary>
    /// <param name="output">The end of the job's output.</param>
    /// <param name="job">What <c>scontrol --oneliner show job</c> prints; null when it gives no answer.</param>
    /// <param name="now">The time, in the zone in which scontrol prints it.</param>
    internal static StopCause Decide(string output, string? job, DateTimeOffset now)
    {
        var line = ParseLine(output);
        var fields = (job ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(field => field.Split('=', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
        return (line, fields.GetValueOrDefault("JobState")) switch
        {
            (Line.TimeLimit, _) => TimeLimit,
            (Line.Preempted, _) => Preempted,
            (Line.NodeFailed, _) => NodeFailed,
            (Line.Requeued, _) => new StopCause(Ending.Lost, SlurmReason.OfFact(SlurmFact.Requeued, "Slurm requeued it")),
            // A job that is preempted with a grace time stays RUNNING during it.
            _ when fields.GetValueOrDefault("PreemptTime", "None") is not ("None" or "Unknown") => Preempted,
            _ when fields.GetValueOrDefault("Reason") == "TimeLimit" => TimeLimit,
            (_, "TIMEOUT" or "DEADLINE") => TimeLimit,
            (_, "PREEMPTED") => Preempted,
            (_, "NODE_FAIL") => NodeFailed,
            (_, "CANCELLED") => Cancelled,
            // The early signal of sbatch --signal.
            (_, "RUNNING") when IsNearTimeLimit(fields, now) => TimeLimit,
            // scancel, after which the job is COMPLETING, or scancel --signal. Also the most likely cause when scontrol does not answer.
            (Line.NoCause, _) => Cancelled,
            // Slurm sent nothing, so the machine is shutting down. A kill by hand looks the same; the next attempt then continues the run.
            (Line.None, "RUNNING") => new StopCause(
                Ending.Lost,
                SlurmReason.OfFact(
                    SlurmFact.NodeShutDown, "its node was shut down, or its agent was killed there (SIGTERM, not from Slurm)")),
            _ => new StopCause(
                Ending.Lost, SlurmReason.OfFact(SlurmFact.EndedWithoutCause, "Slurm ended its job without giving a cause (SIGTERM)")),
        };
    }

    private enum Line
    {
        None,
        NoCause,
        TimeLimit,
        Preempted,
        NodeFailed,
        Requeued,
    }

    private static Line ParseLine(string output)
    {
        // A line with "STEP 7.0" is for a step that the script started with srun; the batch script's line has JOB.
        var line = output.Split('\n')
            .LastOrDefault(text => text.Contains("*** JOB ", StringComparison.Ordinal) && text.Contains(" ON ", StringComparison.Ordinal));
        if (line is null) return Line.None;
        if (line.Contains("DUE TO TIME LIMIT", StringComparison.OrdinalIgnoreCase)) return Line.TimeLimit;
        if (line.Contains("DUE TO PREEMPTION", StringComparison.OrdinalIgnoreCase)) return Line.Preempted;
        if (line.Contains("NODE FAIL", StringComparison.OrdinalIgnoreCase)) return Line.NodeFailed;
        if (line.Contains("REQUEUE", StringComparison.OrdinalIgnoreCase)) return Line.Requeued;
        return line.Contains("CANCELLED AT", StringComparison.Ordinal) ? Line.NoCause : Line.None;
    }

    private static StopCause TimeLimit => new(
        Ending.TimeLimit,
        SlurmReason.OfState(
            "TIMEOUT", "Slurm ended it at the job's time limit; raise `max_runtime`, or choose a partition that allows more"));

    private static StopCause Cancelled => new(Ending.Cancelled, SlurmReason.OfState("CANCELLED", "it was cancelled in Slurm (scancel)"));

    private static StopCause Preempted =>
        new(Ending.Lost, SlurmReason.OfState("PREEMPTED", "Slurm preempted it for jobs of higher priority (PREEMPTED)"));

    private static StopCause NodeFailed => new(Ending.Lost, SlurmReason.OfState("NODE_FAIL", "its node failed (Slurm: NODE_FAIL)"));

    private static bool IsNearTimeLimit(Dictionary<string, string> fields, DateTimeOffset now) =>
        DateTime.TryParseExact(fields.GetValueOrDefault("EndTime"), "s", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end)
            && end - now.DateTime < NearTimeLimit;

    private static string ReadOutputTail()
    {
        try
        {
            using var file = new FileStream(JobOutput, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
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
