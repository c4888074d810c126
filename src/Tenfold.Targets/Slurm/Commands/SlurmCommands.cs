using System.Globalization;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>Slurm through its commands: sbatch, squeue, scancel, scontrol and sacct.</summary>
/// <param name="runner">Runs the commands.</param>
/// <param name="user">The user whose jobs these are.</param>
/// <param name="time">The clock.</param>
/// <param name="folder">The folder that has the commands; null to look them up in PATH.</param>
internal sealed class SlurmCommands(CommandRunner runner, string user, TimeProvider time, string? folder = null) : ISlurm
{
    // A command line may have two megabytes, and a list of elements seldom has more than a few hundred bytes.
    private const int MaxArraysPerCancel = 500;

    // Slurm's default (slurm.conf(5), MaxArraySize).
    private const int DefaultArraySize = 1001;

    /// <summary>What holds for submitted jobs while the cluster does not answer.</summary>
    internal const string Meanwhile = "Submitted jobs continue, and Tenfold will retry.";

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
            arraySize > 0 ? arraySize : DefaultArraySize,
            settings.GetValueOrDefault("AccountingStorageType", "").EndsWith("slurmdbd", StringComparison.Ordinal));
    });

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SlurmJob>> ListJobsAsync(CancellationToken cancellationToken)
    {
        // --all includes jobs in hidden partitions, and in partitions that the user may no longer use.
        string[] arguments = ["--all", "--noheader", "--states=all", $"--user={user}", $"--Format={SqueueListing.Format}"];
        return SqueueListing.Read(await AskAsync("squeue", arguments, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SlurmJob>?> ListAccountedJobsAsync(CancellationToken cancellationToken)
    {
        if (!(await GetFactsAsync(cancellationToken)).HasAccounting) return null;
        return SacctListing.Read(await AskAsync("sacct", [.. SacctListing.Arguments, $"--user={user}"], cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<SubmitAnswer> SubmitAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var result = await runner.RunAsync(
            Program("sbatch"), SbatchArguments.Of(request), request.Script, request.Environment, cancellationToken,
            killOn: SubmitAnswerParser.RetryNotice);
        if (result is null) return new SubmitAnswer(SubmitKind.NoAnswer, "sbatch timed out");
        if (result.ExitCode == 0) return new SubmitAnswer(SubmitKind.Accepted);
        var answer = SubmitAnswerParser.Parse(result.Error);
        // slurmctld may have accepted the job before a signal killed sbatch.
        return result.ExitCode is > 128 and < 200 ? answer with { Kind = SubmitKind.NoAnswer } : answer;
    }

    /// <inheritdoc/>
    public async Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken)
    {
        foreach (var chunk in jobs.Chunk(MaxArraysPerCancel))
        {
            // No --user and no --state: with a filter, scancel treats the waiting elements of an array as one and cancels them all. Its
            // errors about jobs that have just ended by themselves do not matter.
            string[] arguments = ["--quiet", .. chunk.Select(job => job.Handle)];
            var result = await runner.RunAsync(Program("scancel"), arguments, null, null, cancellationToken);
            if (result is null || SubmitAnswerParser.IsNoAnswer(result.Error)) throw NoAnswer("scancel", result);
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
        var result = await runner.RunAsync(Program(program), arguments, null, SqueueListing.Environment, cancellationToken);
        return result is { ExitCode: 0 } ? result.Output : throw NoAnswer(program, result);
    }

    private static TargetException NoAnswer(string program, CommandResult? result)
    {
        var symptom = result is null ? "timed out" : $"says {SubmitAnswerParser.Summarize(result.Error)}";
        return new TargetException($"Slurm does not answer: `{program}` {symptom}.")
        {
            Meanwhile = Meanwhile,
            Advice = "If this persists, run `scontrol ping`.",
        };
    }
}
