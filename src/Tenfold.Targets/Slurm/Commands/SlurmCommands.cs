using System.Globalization;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>Slurm by its commands: sbatch, squeue, scancel, scontrol and sacct.</summary>
/// <param name="runner">Runs the commands.</param>
/// <param name="user">The user whose jobs these are.</param>
/// <param name="time">The clock.</param>
/// <param name="folder">The folder of the commands; null to look them up in PATH.</param>
internal sealed class SlurmCommands(CommandRunner runner, string user, TimeProvider time, string? folder = null) : ISlurm
{
    // A command line may have two megabytes, and a list of elements seldom has more than a few hundred bytes.
    private const int MaxCancelled = 500;

    // When the queue is full, sbatch prints this after slurmctld has refused the job, and then tries again for two minutes.
    private const string Retries = "sleeping and retrying";

    // Slurm's default (slurm.conf(5), MaxArraySize).
    private const int UsualArraySize = 1001;

    private readonly TimedCache<ClusterFacts> _facts = new(ClusterFacts.MaxAge, time);
    private readonly TimedCache<IReadOnlyList<Partition>> _partitions = new(ClusterFacts.MaxAge, time);

    /// <inheritdoc/>
    public Task<ClusterFacts> GetFactsAsync(CancellationToken cancellationToken) => _facts.GetAsync(async () =>
    {
        var settings = (await AskAsync("scontrol", ["show", "config"], cancellationToken)).Split('\n')
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
        var arraySize = int.TryParse(settings.GetValueOrDefault("MaxArraySize"), CultureInfo.InvariantCulture, out var size) ? size : 0;
        return new ClusterFacts(
            user,
            settings.GetValueOrDefault("ClusterName", "cluster"),
            arraySize > 0 ? arraySize : UsualArraySize,
            settings.GetValueOrDefault("AccountingStorageType", "").EndsWith("slurmdbd", StringComparison.Ordinal));
    });

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SlurmJob>> ListJobsAsync(CancellationToken cancellationToken)
    {
        // --all: a job in a hidden partition, or in one that the user may no longer use, still exists.
        string[] arguments = ["--all", "--noheader", "--states=all", $"--user={user}", $"--Format={SqueueListing.Format}"];
        return SqueueListing.Read(await AskAsync("squeue", arguments, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SlurmJob>?> ListEndedJobsAsync(CancellationToken cancellationToken)
    {
        if (!(await GetFactsAsync(cancellationToken)).HasAccounting) return null;
        return SacctListing.Read(await AskAsync("sacct", [.. SacctListing.Arguments, $"--user={user}"], cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<SubmitAnswer> SubmitAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var end = await runner.RunAsync(
            Program("sbatch"), SbatchArguments.Of(request), request.Script, request.Environment, cancellationToken, givesUpOn: Retries);
        if (end is null) return new SubmitAnswer(SubmitKind.Unknown, "sbatch had no answer in time");
        // Killed by a signal, or "socket timed out": slurmctld may have taken it all the same.
        if (end.ExitCode == 0) return new SubmitAnswer(SubmitKind.Taken);
        var isUnknown = end.ExitCode is > 128 and < 200 || SubmitErrors.IsNoAnswer(end.Error);
        if (isUnknown) return new SubmitAnswer(SubmitKind.Unknown, SubmitErrors.Short(end.Error));
        return SubmitErrors.Refusal(end.Error);
    }

    /// <inheritdoc/>
    public async Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken)
    {
        foreach (var some in jobs.Chunk(MaxCancelled))
        {
            // No --user, no --state: with a filter, scancel treats the waiting elements of an array as one and ends them all. Its
            // complaints about jobs that have just ended by themselves do not matter.
            var end = await runner.RunAsync(
                Program("scancel"), ["--quiet", .. some.Select(job => job.Handle)], null, null, cancellationToken);
            if (end is null || SubmitErrors.IsNoAnswer(end.Error)) throw NoAnswer("scancel", end);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Partition>> ListPartitionsAsync(CancellationToken cancellationToken) => _partitions.GetAsync(async () =>
    {
        var listing = await AskAsync("scontrol", ["--all", "--oneliner", "show", "partition"], cancellationToken);
        return [.. listing.Split('\n').Select(Fields).Where(fields => fields.ContainsKey("PartitionName")).Select(ReadPartition)];
    });

    /// <inheritdoc/>
    public string Describe(JobRequest request) =>
        $"""
        {string.Join(' ', new[] { "sbatch" }.Concat(SbatchArguments.Of(request)).Select(JobScript.Quote))} << 'END'
        {request.Script.TrimEnd()}
        END
        with {string.Join(", ", request.Environment.Keys.Order(StringComparer.Ordinal))} in its environment
        """;

    private static Partition ReadPartition(Dictionary<string, string> fields) => new(
        fields["PartitionName"],
        fields.GetValueOrDefault("Default") == "YES",
        TimeLimits.Minutes(fields.GetValueOrDefault("MaxTime", "")),
        TimeLimits.Minutes(fields.GetValueOrDefault("DefaultTime", "")));

    private static Dictionary<string, string> Fields(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(field => field.Split('=', 2)).Where(pair => pair.Length == 2)
        .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);

    private string Program(string name) => folder is null ? name : Path.Combine(folder, name);

    private async Task<string> AskAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var end = await runner.RunAsync(Program(program), arguments, null, SqueueListing.Environment, cancellationToken);
        return end is { ExitCode: 0 } ? end.Output : throw NoAnswer(program, end);
    }

    /// <summary>What a cluster that does not answer means for submitted jobs.</summary>
    internal const string Meanwhile = "Jobs go on all the same; it is tried again.";

    private static TargetException NoAnswer(string program, CommandEnd? end)
    {
        var what = end is null ? "had no answer in time" : $"says {SubmitErrors.Short(end.Error)}";
        return new TargetException($"Slurm does not answer: `{program}` {what}.")
        {
            Meanwhile = Meanwhile,
            Advice = "If it stays so, see `scontrol ping`.",
        };
    }
}
