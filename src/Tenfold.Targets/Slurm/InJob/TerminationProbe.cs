using System.Globalization;
using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.InJob;

/// <summary>Inside a job: why Slurm is ending it. For the agent, when it gets SIGTERM.</summary>
/// <remarks>
/// While a job ends, slurmctld shows it as COMPLETING whatever the cause. What tells is its time limit, and the line that slurmstepd
/// writes into the job's output before it sends a signal: <c>*** JOB 7 ON n1 CANCELLED AT … DUE TO PREEMPTION ***</c> (<c>req.c</c> in
/// Slurm's source). Without a cause, or with <c>DUE to SIGNAL Terminated</c> (since 25.05), that line says only that Slurm sent it: for
/// scancel, and for the early signal of
/// <c>sbatch --signal</c> too. What a machine sends that shuts down comes without a line.
/// </remarks>
public sealed class TerminationProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    // sbatch --signal may come a minute earlier than asked for.
    private static readonly TimeSpan NearTheLimit = TimeSpan.FromMinutes(3);

    // The file behind standard error, to which slurmstepd writes too.
    private const string Output = "/proc/self/fd/2";

    private readonly string _job;
    private readonly CommandRunner _runner;
    private readonly TimeProvider _time;

    /// <summary>Asks nothing yet.</summary>
    /// <param name="job">The job that this process runs in.</param>
    /// <param name="time">The clock.</param>
    internal TerminationProbe(string job, TimeProvider time) =>
        (_job, _runner, _time) = (job, new CommandRunner(CommandRunner.ReadEnvironment, Patience, time), time);

    /// <summary>Finds out why the job ends.</summary>
    /// <returns>How it ends, and why in plain words.</returns>
    public async Task<StopCause> AskAsync(CancellationToken cancellationToken)
    {
        var output = LastWords();
        string? job = null;
        try
        {
            // slurmstepd's line mostly tells the cause. Only without one does slurmctld have to be asked.
            if (LineOf(output) is Line.None or Line.Bare) job = await ShowJobAsync(cancellationToken);
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

    /// <summary>What follows from all that is known.</summary>
    /// <param name="output">The last of the job's output.</param>
    /// <param name="job">What <c>scontrol --oneliner show job</c> prints; null when it can't be asked.</param>
    /// <param name="now">The time, in the zone in which scontrol prints it.</param>
    internal static StopCause Decide(string output, string? job, DateTimeOffset now)
    {
        var line = LineOf(output);
        var fields =
            (job ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=', 2))
                .Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
        return (line, fields.GetValueOrDefault("JobState")) switch
        {
            (Line.TimeLimit, _) => TimeLimit,
            (Line.Preempted, _) => Preempted,
            (Line.NodeFailed, _) => NodeFailed,
            (Line.PutBack, _) => new StopCause(Ending.Lost, SlurmReason.Of("Slurm put it back into the queue")),
            // Preemption with a grace time leaves it running meanwhile.
            _ when fields.GetValueOrDefault("PreemptTime", "None") is not ("None" or "Unknown") => Preempted,
            _ when fields.GetValueOrDefault("Reason") == "TimeLimit" => TimeLimit,
            (_, "TIMEOUT" or "DEADLINE") => TimeLimit,
            (_, "PREEMPTED") => Preempted,
            (_, "NODE_FAIL") => NodeFailed,
            (_, "CANCELLED") => Cancelled,
            // The early signal of sbatch --signal.
            (_, "RUNNING") when IsNear(fields, now) => TimeLimit,
            // scancel, which leaves COMPLETING, or its --signal; also where scontrol does not answer: nothing else is as likely.
            (Line.Bare, _) => Cancelled,
            // Slurm has decided nothing, and sent nothing: the machine shuts down. Somebody's own kill looks the same, and then the run
            // goes on.
            (Line.None, "RUNNING") => new StopCause(
                Ending.Lost, SlurmReason.Of("its machine was shut down, or somebody ended its agent there (SIGTERM, and not from Slurm)")),
            _ => new StopCause(Ending.Lost, SlurmReason.Of("its machine was taken away (SIGTERM from Slurm)")),
        };
    }

    private enum Line
    {
        None,
        Bare,
        TimeLimit,
        Preempted,
        NodeFailed,
        PutBack,
    }

    private static Line LineOf(string output)
    {
        // "STEP 7.0" is for what a script started with srun; the batch script's line says JOB.
        var line = output.Split('\n')
            .LastOrDefault(text => text.Contains("*** JOB ", StringComparison.Ordinal) && text.Contains(" ON ", StringComparison.Ordinal));
        if (line is null) return Line.None;
        if (line.Contains("DUE TO TIME LIMIT", StringComparison.OrdinalIgnoreCase)) return Line.TimeLimit;
        if (line.Contains("DUE TO PREEMPTION", StringComparison.OrdinalIgnoreCase)) return Line.Preempted;
        if (line.Contains("NODE FAIL", StringComparison.OrdinalIgnoreCase)) return Line.NodeFailed;
        if (line.Contains("REQUEUE", StringComparison.OrdinalIgnoreCase)) return Line.PutBack;
        return line.Contains("CANCELLED AT", StringComparison.Ordinal) ? Line.Bare : Line.None;
    }

    private static StopCause TimeLimit =>
        new(Ending.TimeLimit,
            SlurmReason.Of("Slurm ended it at the job's time limit; raise `max_runtime`, or choose a partition that allows more"));

    private static StopCause Cancelled => new(Ending.Cancelled, SlurmReason.Of("it was cancelled in Slurm (scancel)"));

    private static StopCause Preempted =>
        new(Ending.Lost, SlurmReason.Of("Slurm took its node away for jobs of higher priority (PREEMPTED)"));

    private static StopCause NodeFailed => new(Ending.Lost, SlurmReason.Of("its node failed (Slurm: NODE_FAIL)"));

    private static bool IsNear(Dictionary<string, string> fields, DateTimeOffset now) =>
        DateTime.TryParseExact(fields.GetValueOrDefault("EndTime"), "s", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end)
            && end - now.DateTime < NearTheLimit;

    private static string LastWords()
    {
        try
        {
            using var file = new FileStream(Output, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
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
