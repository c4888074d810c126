using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Attempts put together into array jobs: one for all that need the same.</summary>
/// <param name="facts">The cluster.</param>
/// <param name="storeUrl">The store.</param>
/// <param name="partitions">Its partitions.</param>
/// <param name="home">The folder for what the scripts print.</param>
internal sealed class JobRequestPlanner(ClusterFacts facts, IReadOnlyList<Partition> partitions, string storeUrl, string home)
{
    /// <summary>
    /// Time beside <c>max_runtime</c>, which counts the command alone: to fetch and prepare what it needs, and to keep what it left.
    /// </summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    // Many short runs; and of a place that others wait for too, no more than a moment.
    private const int MaxCarrySeconds = 60;

    /// <summary>The array jobs for the attempts, in their order.</summary>
    /// <param name="assignments">The attempts.</param>
    /// <param name="launch">How the agent is started.</param>
    public IReadOnlyList<JobRequest> Plan(IReadOnlyList<Assignment> assignments, AgentLaunch launch)
    {
        var needs = new List<Requirements>();
        foreach (var assignment in assignments)
        {
            var alike = needs.Find(need => need.AreOf(assignment));
            if (alike is null) needs.Add(alike = new Requirements(assignment));
            alike.Attempts.Add(assignment.Attempt);
        }

        return [.. needs.SelectMany(need => Split(need, launch))];
    }

    private IEnumerable<JobRequest> Split(Requirements need, AgentLaunch launch)
    {
        for (var from = 0; from < need.Attempts.Count;)
        {
            var some = need.Attempts.GetRange(from, Math.Min(need.Attempts.Count - from, facts.MaxArraySize - 1));
            some = some.GetRange(0, JobLabel.CountThatFit(need.First.Ledger, some));
            from += some.Count;
            yield return Make(need, some, launch);
        }
    }

    private JobRequest Make(Requirements need, List<string> attempts, AgentLaunch launch)
    {
        var (spec, options) = (need.First.Spec, need.Options);
        int? minutes = spec.Resources.MaxRuntime is { } runtime ? Minutes(runtime, options.Partition) : null;
        return new JobRequest
        {
            Label = new JobLabel(need.First.Ledger, attempts),
            Options = options,
            AtOnce = spec.Parallel is { } parallel && parallel < attempts.Count ? parallel : null,
            Cpus = (int)Math.Ceiling(spec.Resources.Cpus ?? 1),
            MemoryMiB = spec.Resources.MemoryBytes is { } bytes ? (bytes + (1 << 20) - 1) >> 20 : null,
            Gpus = spec.Resources.Gpus,
            Minutes = minutes,
            CarrySeconds = CarrySeconds(options, minutes, spec.Resources.MaxRuntime),
            // %j and its like stand for something in this path, but not in the folder to start in.
            Output = $"{home.Replace("%", "%%", StringComparison.Ordinal)}/%A_%a.log",
            Folder = home,
            Store = storeUrl,
            Launch = launch,
            Environment = JobEnvironment.Of(spec.Secrets),
            Shell = options.Setup is null ? new Dictionary<string, string>() : ShellVariables.NamingSoftware(spec.Shell).ToDictionary(),
        };
    }

    // A margin is no reason to ask for more than the partition gives, or to wait in vain.
    private int Minutes(TimeSpan runtime, string? partition)
    {
        var (least, wanted) = ((int)Math.Ceiling(runtime.TotalMinutes), (int)Math.Ceiling((runtime + Margin).TotalMinutes));
        var limits = Of(partition).Select(known => known.MaxMinutes ?? int.MaxValue).ToList();
        return limits.Count > 0 && limits.Max() is var limit && limit >= least && limit < wanted ? limit : wanted;
    }

    // A tenth of what the time limit has beside one run; of an unknown run, which may need all of it, little.
    private int CarrySeconds(SlurmOptions options, int? minutes, TimeSpan? runtime)
    {
        var limit = minutes;
        var isTime = (string argument) =>
            argument.StartsWith("--time", StringComparison.Ordinal) || argument.StartsWith("-t", StringComparison.Ordinal);
        if (options.Arguments.LastOrDefault(isTime) is { } own)
        {
            if (own == "--time" || own.StartsWith("-t", StringComparison.Ordinal)) return 0;
            if (TimeLimits.Minutes(own["--time=".Length..]) is not { } asked) return 0;
            limit = asked;
        }

        limit ??= Of(options.Partition).Select(known => known.DefaultMinutes ?? known.MaxMinutes ?? int.MaxValue)
            .DefaultIfEmpty(int.MaxValue).Min();
        var spare = runtime is { } longest ? limit.Value * 60.0 - longest.TotalSeconds : limit.Value * 30.0;
        return (int)Math.Clamp(spare / 10, 0, MaxCarrySeconds);
    }

    private IEnumerable<Partition> Of(string? partition) => PartitionLimits.Of(partition, partitions);

    /// <summary>What makes attempts fit into one array: everything that a submission says once for all.</summary>
    private sealed class Requirements(Assignment first)
    {
        public Assignment First => first;

        public List<string> Attempts { get; } = [];

        public SlurmOptions Options { get; } = OptionsOf(first);

        public bool AreOf(Assignment other) =>
            ReferenceEquals(first.Spec, other.Spec) && first.Ledger == other.Ledger ||
            first.Ledger == other.Ledger && first.Spec.Resources with { Retries = 0 } == other.Spec.Resources with { Retries = 0 } &&
            // A bound on how many run at once is a group's own.
            (first.Group == other.Group || (first.Spec.Parallel is null && other.Spec.Parallel is null)) &&
            first.Spec.Secrets.SequenceEqual(other.Spec.Secrets) && Options.IsLike(OptionsOf(other)) &&
            (Options.Setup is null || IsSame(first.Spec.Shell, other.Spec.Shell));

        private static bool IsSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
            one.Count == other.Count && one.All(variable => other.GetValueOrDefault(variable.Key) == variable.Value);
    }

    /// <summary>The target's options in an assignment.</summary>
    public static SlurmOptions OptionsOf(Assignment assignment) =>
        assignment.Spec.Target is { } spec ? SlurmOptions.From(TargetSettings.From(spec)) : new SlurmOptions();
}
