using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Groups attempts into array jobs: attempts with equal requirements share one.</summary>
/// <param name="facts">The cluster.</param>
/// <param name="partitions">The cluster's partitions.</param>
/// <param name="environment">Chooses the jobs' environment variables.</param>
/// <param name="storeUrl">The store.</param>
/// <param name="folder">The folder that the jobs start in and print to.</param>
internal sealed class JobRequestPlanner(
    ClusterFacts facts, IReadOnlyList<Partition> partitions, JobEnvironment environment, string storeUrl, string folder)
{
    /// <summary>
    /// The time that a job gets on top of <c>max_runtime</c>, which counts the command alone: to prepare the run and to upload results.
    /// </summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    // Long enough for many short runs, and short enough not to hold a node for long that other users wait for.
    private const int MaxCarrySeconds = 60;

    /// <summary>Plans the array jobs for the attempts, in their order.</summary>
    /// <param name="assignments">The attempts.</param>
    /// <param name="launch">How the agent is started.</param>
    public IReadOnlyList<JobRequest> Plan(IReadOnlyList<Assignment> assignments, AgentLaunch launch)
    {
        var batches = new List<Batch>();
        foreach (var assignment in assignments)
        {
            var batch = batches.Find(batch => batch.Accepts(assignment));
            if (batch is null) batches.Add(batch = new Batch(assignment));
            batch.Attempts.Add(assignment.Attempt);
            batch.Digests[assignment.Attempt] = assignment.ComputeSha256();
        }

        return [.. batches.SelectMany(batch => Split(batch, launch))];
    }

    /// <summary>The target's options in an assignment.</summary>
    public static SlurmOptions OptionsOf(Assignment assignment) =>
        assignment.Spec.Target is { } spec ? SlurmOptions.From(TargetSettings.From(spec)) : new SlurmOptions();

    private IEnumerable<JobRequest> Split(Batch batch, AgentLaunch launch)
    {
        for (var from = 0; from < batch.Attempts.Count;)
        {
            var part = batch.Attempts.GetRange(from, Math.Min(batch.Attempts.Count - from, facts.MaxArraySize - 1));
            part = part.GetRange(0, JobLabel.CountThatFit(batch.First.Ledger, part));
            from += part.Count;
            yield return ToRequest(batch, part, launch);
        }
    }

    private JobRequest ToRequest(Batch batch, List<string> attempts, AgentLaunch launch)
    {
        var (spec, options) = (batch.First.Spec, batch.Options);
        int? minutes = spec.Resources.MaxRuntime is { } runtime ? TimeLimit(runtime, options.Partition) : null;
        var limit = LimitOf(options, minutes);
        return new JobRequest
        {
            Label = new JobLabel(batch.First.Ledger, attempts),
            Options = options,
            MaxParallel = spec.Parallel is { } parallel && parallel < attempts.Count ? parallel : null,
            Cpus = (int)Math.Ceiling(spec.Resources.Cpus ?? 1),
            MemoryMiB = spec.Resources.MemoryBytes is { } bytes ? (bytes + (1 << 20) - 1) >> 20 : null,
            Gpus = spec.Resources.Gpus,
            Minutes = minutes,
            WarningSeconds = WarningTime.Seconds(limit),
            SharingSeconds = SharingSeconds(options, limit, spec.Resources.MaxRuntime),
            // Slurm expands %j and the like in the output's path, but not in the folder to start in.
            Output = $"{folder.Replace("%", "%%", StringComparison.Ordinal)}/%A_%a.log",
            Folder = folder,
            Store = storeUrl,
            Launch = launch,
            Digests = batch.Digests,
            Environment = environment.For(spec.Secrets),
            Shell = options.Setup is null ? new Dictionary<string, string>() : ShellVariables.NamingSoftware(spec.Shell).ToDictionary(),
        };
    }

    // The margin must not push the time limit beyond what the partition allows: the job would then never start.
    private int TimeLimit(TimeSpan runtime, string? partition)
    {
        var (least, wanted) = ((int)Math.Ceiling(runtime.TotalMinutes), (int)Math.Ceiling((runtime + Margin).TotalMinutes));
        var limits = Candidates(partition).Select(candidate => candidate.MaxMinutes ?? int.MaxValue).ToList();
        return limits.Count > 0 && limits.Max() is var limit && limit >= least && limit < wanted ? limit : wanted;
    }

    // The user's own argument wins over `max_runtime`, and both win over the partition's default. Null: unknown, or no limit.
    private int? LimitOf(SlurmOptions options, int? minutes)
    {
        if (WarningTime.TryRead(options.Arguments, out var own)) return own;
        return minutes ?? Candidates(options.Partition).Select(candidate => candidate.DefaultMinutes ?? candidate.MaxMinutes).Min();
    }

    // A tenth of the time that the limit leaves beside one run; half the limit counts as spare when max_runtime is not set.
    private static int SharingSeconds(SlurmOptions options, int? limit, TimeSpan? runtime)
    {
        // sbatch may read a limit of the user's own in another way than this program, unless it is written as `--time=2:00:00`.
        if (WarningTime.TryRead(options.Arguments, out var own) && (own is null || !WarningTime.IsPlain(options.Arguments))) return 0;
        var minutes = limit ?? int.MaxValue;
        var spare = runtime is { } longest ? minutes * 60.0 - longest.TotalSeconds : minutes * 30.0;
        return (int)Math.Clamp(spare / 10, 0, MaxCarrySeconds);
    }

    private IEnumerable<Partition> Candidates(string? partition) => PartitionLimits.Candidates(partition, partitions);

    /// <summary>Attempts that can share an array, because a submission would say the same about each of them.</summary>
    private sealed class Batch(Assignment first)
    {
        public Assignment First => first;

        public List<string> Attempts { get; } = [];

        public Dictionary<string, string> Digests { get; } = [];

        public SlurmOptions Options { get; } = OptionsOf(first);

        public bool Accepts(Assignment other) =>
            first.Ledger == other.Ledger && (ReferenceEquals(first.Spec, other.Spec) || HasEqualRequirements(other));

        private bool HasEqualRequirements(Assignment other) =>
            first.Spec.Resources with { Retries = 0, LostRetries = null } == other.Spec.Resources with { Retries = 0, LostRetries = null }
            // `parallel` limits the runs of one group.
            && (first.Group == other.Group || (first.Spec.Parallel is null && other.Spec.Parallel is null))
            && first.Spec.Secrets.SequenceEqual(other.Spec.Secrets)
            && Options.CanShareArray(OptionsOf(other))
            && (Options.Setup is null || AreEqual(first.Spec.Shell, other.Spec.Shell));

        private static bool AreEqual(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
            one.Count == other.Count && one.All(variable => other.GetValueOrDefault(variable.Key) == variable.Value);
    }
}
