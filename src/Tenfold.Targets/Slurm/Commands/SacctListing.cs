using System.Globalization;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>Reads the output of sacct. Accounting stores a job's name, but its comment only if the cluster is configured to.</summary>
internal static class SacctListing
{
    /// <summary>The arguments, which print one line for each job or element of the last seven days, whatever its state.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
    [
        "--noheader", "--parsable2", "--allocations", "--starttime=now-7days", "--endtime=now",
        "--format=JobID,State,ExitCode,NodeList,JobName",
    ];

    /// <summary>Reads the jobs that Tenfold submitted.</summary>
    public static IReadOnlyList<SlurmJob> Read(string listing) => [.. listing.Split('\n').Select(ReadLine).OfType<SlurmJob>()];

    private static SlurmJob? ReadLine(string line)
    {
        var fields = line.Split('|', 5);
        if (fields.Length < 5 || AttemptText.Read(fields[4]) is not { } attempts) return null;
        // 12_3, or 12_[4-9] for elements that never started.
        var id = fields[0].Split('_');
        if (id.Length != 2 || !long.TryParse(id[0], CultureInfo.InvariantCulture, out var job)) return null;
        if (ArrayRanges.Read(id[1].Trim('[', ']'), ArrayRanges.MaxElements) is not { } indices) return null;
        return new SlurmJob
        {
            Id = job,
            Indices = indices,
            State = fields[1].Split(' ')[0], // CANCELLED by 1000
            WaitStatus = SlurmExitCode.ReadWaitStatus(fields[2]),
            Nodes = fields[3] is "None assigned" ? "" : fields[3],
            Name = fields[4],
            Comment = new JobLabel("", attempts).Comment,
        };
    }
}
