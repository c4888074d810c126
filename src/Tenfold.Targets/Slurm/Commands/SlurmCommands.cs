using System.Globalization;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>Slurm by its commands: sbatch, squeue, scancel, scontrol.</summary>
/// <param name="runner">Runs them.</param>
/// <param name="user">The user that this process is of.</param>
/// <param name="folder">Where the commands lie; null to look them up in PATH.</param>
internal sealed class SlurmCommands(CommandRunner runner, string user, string? folder = null) : ISlurm
{
    // A command line may have two megabytes; an element list of ours has seldom more than a few hundred bytes.
    private const int MaxCancelled = 500;

    // When the queue is full, sbatch itself would try again for two minutes. It says so after slurmctld has refused, and then sleeps.
    private const string Retries = "sleeping and retrying";

    private ClusterFacts? _facts;
    private IReadOnlyList<Partition>? _partitions;

    /// <inheritdoc/>
    public async Task<ClusterFacts> GetFactsAsync(CancellationToken cancellationToken)
    {
        if (_facts is not null) return _facts;
        var settings = (await AskAsync("scontrol", ["show", "config"], cancellationToken)).Split('\n')
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
        return _facts = new ClusterFacts(
            user,
            settings.GetValueOrDefault("ClusterName", "cluster"),
            int.TryParse(settings.GetValueOrDefault("MaxArraySize"), CultureInfo.InvariantCulture, out var size) && size > 0 ? size : 1001,
            settings.GetValueOrDefault("AccountingStorageType", "").EndsWith("slurmdbd", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SlurmJob>> ListJobsAsync(CancellationToken cancellationToken) =>
        // --all: what is in a hidden partition, or in one that the user may no longer use, is not gone.
        SqueueListing.Read(await AskAsync("squeue", ["--all", "--noheader", "--states=all", $"--user={user}", $"--Format={SqueueListing.Format}"], cancellationToken));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SlurmJob>?> ListEndedJobsAsync(CancellationToken cancellationToken) =>
        (await GetFactsAsync(cancellationToken)).HasAccounting ? SacctListing.Read(await AskAsync("sacct", [.. SacctListing.Arguments, $"--user={user}"], cancellationToken)) : null;

    /// <inheritdoc/>
    public async Task<SubmitAnswer> SubmitAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var end = await runner.RunAsync(Program("sbatch"), SbatchArguments.Of(request), request.Script, request.Environment, cancellationToken, Retries);
        if (end is null) return new SubmitAnswer(SubmitKind.Unknown, "sbatch had no answer in time");
        // Killed by a signal, or "socket timed out": slurmctld may have taken it all the same.
        if (end.ExitCode == 0) return new SubmitAnswer(SubmitKind.Taken);
        if (end.ExitCode is > 128 and < 200 || SubmitErrors.IsNoAnswer(end.Error)) return new SubmitAnswer(SubmitKind.Unknown, SubmitErrors.Short(end.Error));
        return new SubmitAnswer(SubmitKind.Refused, end.Error);
    }

    /// <inheritdoc/>
    public async Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken)
    {
        foreach (var some in jobs.Chunk(MaxCancelled))
        {
            // No --user, no --state: with a filter scancel takes the waiting elements of an array together, and ends them all. It complains of
            // those that have just ended by themselves, which is as good.
            var end = await runner.RunAsync(Program("scancel"), ["--quiet", .. some.Select(job => job.Handle)], null, null, cancellationToken);
            if (end is null || SubmitErrors.IsNoAnswer(end.Error)) throw NoAnswer("scancel", end);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Partition>> ListPartitionsAsync(CancellationToken cancellationToken) =>
        _partitions ??= [.. (await AskAsync("scontrol", ["--all", "--oneliner", "show", "partition"], cancellationToken)).Split('\n')
            .Select(Fields).Where(fields => fields.ContainsKey("PartitionName"))
            .Select(fields => new Partition(fields["PartitionName"], fields.GetValueOrDefault("Default") == "YES", TimeLimits.Minutes(fields.GetValueOrDefault("MaxTime", "")), TimeLimits.Minutes(fields.GetValueOrDefault("DefaultTime", ""))))];

    /// <inheritdoc/>
    public string Describe(JobRequest request) =>
        $"""
        {string.Join(' ', new[] { "sbatch" }.Concat(SbatchArguments.Of(request)).Select(JobScript.Quote))} << 'END'
        {request.Script.TrimEnd()}
        END
        with {string.Join(", ", request.Environment.Keys.Order(StringComparer.Ordinal))} in its environment
        """;

    private static Dictionary<string, string> Fields(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(field => field.Split('=', 2)).Where(pair => pair.Length == 2).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);

    private string Program(string name) => folder is null ? name : Path.Combine(folder, name);

    private async Task<string> AskAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var end = await runner.RunAsync(Program(program), arguments, null, SqueueListing.Environment, cancellationToken);
        return end is { ExitCode: 0 } ? end.Output : throw NoAnswer(program, end);
    }

    private static TargetException NoAnswer(string program, CommandEnd? end) => new(
        $"Slurm does not answer: `{program}` {(end is null ? "had no answer in time" : $"says {SubmitErrors.Short(end.Error)}")}. Jobs go on all the same; it is tried again. If it stays so, see `scontrol ping`.");
}
