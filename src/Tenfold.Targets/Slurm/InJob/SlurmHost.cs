using System.Globalization;
using Tenfold.Core.Hosts;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.InJob;

/// <summary>The Slurm job that this process runs in. The agent learns everything about Slurm from this class.</summary>
/// <remarks>Source: sbatch(1), "Output environment variables".</remarks>
public sealed class SlurmHost : IAgentHost
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(10);

    private readonly CommandRunner _runner;
    private readonly TerminationProbe _probe;

    private SlurmHost(string job, HostContext context)
    {
        Environment = context.Environment;
        // Each element of an array has a job id of its own.
        Job = $"Slurm {job}";
        Siblings = context.Submission is { } submission && AttemptText.Read(submission) is { } attempts ? attempts : [];
        var environment = () => CommandRunner.ReadEnvironment(context.Environment, context.Environment.GetValueOrDefault);
        _runner = new CommandRunner(environment, CommandTimeout, context.Time);
        _probe = new TerminationProbe(job, environment, context.Time);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <inheritdoc/>
    public string? Job { get; }

    /// <inheritdoc/>
    public int Restarts => Number("SLURM_RESTART_COUNT") ?? 0;

    /// <inheritdoc/>
    public HostResources Resources
    {
        get
        {
            var cpus = Number("SLURM_CPUS_PER_TASK") ?? Number("SLURM_CPUS_ON_NODE") ?? System.Environment.ProcessorCount;
            return HostResources.From(cpus, MemoryBytes(cpus), Environment, Number("SLURM_GPUS_ON_NODE") ?? 0);
        }
    }

    /// <inheritdoc/>
    /// <remarks>By their index in the job array.</remarks>
    public IReadOnlyList<string> Siblings { get; }

    /// <summary>The host of this process.</summary>
    /// <returns>Null when no Slurm job started it.</returns>
    public static SlurmHost? Detect(HostContext context) =>
        context.Environment.GetValueOrDefault("SLURM_JOB_ID") is { Length: > 0 } job ? new SlurmHost(job, context) : null;

    /// <inheritdoc/>
    public Task<StopCause> WhyStoppedAsync(CancellationToken cancellationToken) => _probe.AskAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="TargetException">There is no scancel on this node.</exception>
    public async Task CancelAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        if (Environment.GetValueOrDefault("SLURM_ARRAY_JOB_ID") is not { Length: > 0 } array) return;
        var claimed = attempts.ToHashSet();
        var indices = Enumerable.Range(0, Siblings.Count).Where(index => claimed.Contains(Siblings[index])).ToList();
        if (indices.Count == 0) return;
        // No filter by state: with one, scancel ends all waiting elements of the array. An element that has begun meanwhile ends by itself.
        string[] arguments = ["--quiet", $"{array}_[{ArrayRanges.Write(indices)}]"];
        await _runner.RunAsync("scancel", arguments, null, null, cancellationToken);
    }

    // Slurm counts in MiB. Zero stands for all memory of the node.
    private long? MemoryBytes(int cpus) =>
        (Number("SLURM_MEM_PER_NODE") ?? Number("SLURM_MEM_PER_CPU") * cpus) is { } megabytes and > 0 ? megabytes * (1L << 20) : null;

    private int? Number(string name) =>
        int.TryParse(Environment.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
