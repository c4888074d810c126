using System.Globalization;
using Tenfold.Aws.Batch.Observe;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Secrets;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;

namespace Tenfold.Aws.Batch.InJob;

/// <summary>The Batch job that this process runs in. The agent learns everything about Batch from this class.</summary>
/// <remarks>Source: Batch user guide, "AWS Batch job environment variables".</remarks>
public sealed class BatchHost : IAgentHost
{
    /// <summary>The word with which the job begins that a claim names.</summary>
    internal const string Service = "Batch";

    /// <summary>The variable with the vCPUs of the job.</summary>
    internal const string Cpus = "TENFOLD_JOB_CPUS";

    /// <summary>The variable with the memory of the job in MiB.</summary>
    internal const string MemoryMiB = "TENFOLD_JOB_MEMORY_MIB";

    /// <summary>The variable with the GPUs of the job.</summary>
    internal const string Gpus = "TENFOLD_JOB_GPUS";

    /// <summary>The variable with the time limit of the job in seconds.</summary>
    internal const string TimeLimit = "TENFOLD_JOB_SECONDS";

    // Batch counts from the container's start, and this process from its own.
    private static readonly TimeSpan NearTimeLimit = TimeSpan.FromMinutes(1);

    private readonly string _id;
    private readonly TimeProvider _time;
    private readonly long _since;

    private BatchHost(string id, HostContext context)
    {
        Environment = context.Environment;
        (_time, _since) = (context.Time, context.Time.GetTimestamp());
        // A job of an array is named by its array and its index.
        var index = Environment.GetValueOrDefault("AWS_BATCH_JOB_ARRAY_INDEX");
        _id = index is { Length: > 0 } && !id.Contains(':') ? $"{id}:{index}" : id;
        Job = ClaimedJobs.Name(Service, _id);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <inheritdoc/>
    public string? Job { get; }

    /// <inheritdoc/>
    public int Restarts => Math.Max(0, (Number("AWS_BATCH_JOB_ATTEMPT") ?? 1) - 1);

    /// <inheritdoc/>
    public HostResources Resources
    {
        get
        {
            var cpus = double.TryParse(
                Environment.GetValueOrDefault(Cpus), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? Math.Max(1, (int)number) : System.Environment.ProcessorCount;
            return HostResources.From(cpus, Number(MemoryMiB) * (1L << 20), WithCudaDevices(), Number(Gpus) ?? 0);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A job of Batch starts a container of its own at little cost, so it takes on no other attempts.</remarks>
    public IReadOnlyList<string> Siblings => [];

    /// <summary>The host of this process.</summary>
    /// <returns>Null when no Batch job started it.</returns>
    public static BatchHost? Detect(HostContext context) =>
        context.Environment.GetValueOrDefault("AWS_BATCH_JOB_ID") is { Length: > 0 } job ? new BatchHost(job, context) : null;

    /// <inheritdoc/>
    public async Task<StopCause> WhyStoppedAsync(CancellationToken cancellationToken)
    {
        if (Number(TimeLimit) is { } seconds && _time.GetElapsedTime(_since) > TimeSpan.FromSeconds(seconds) - NearTimeLimit)
        {
            return new StopCause(Ending.TimeLimit, BatchReason.Of(
                BatchFact.TimeLimitReached, "AWS Batch ended it at the job's time limit; raise `max_runtime`"));
        }

        if (await DescribeAsync(cancellationToken) is { IsStopped: true } job)
        {
            return new StopCause(Ending.Cancelled, BatchReason.Of(
                BatchFact.StoppedOutside, $"its Batch job was stopped outside Tenfold ({job.StatusReason})", answer: job.StatusReason));
        }

        return new StopCause(Ending.Lost, BatchReason.Of(
            BatchFact.MachineReclaimed, "AWS reclaimed its machine, as it may at any time with spot machines"));
    }

    /// <inheritdoc/>
    public Task<HostSecrets> ReadSecretsAsync(string group, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        JobSecrets.ReadAsync(Environment, group, names, _time, cancellationToken);

    /// <inheritdoc/>
    public Task CancelAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) => Task.CompletedTask;

    // A job's role need not allow it. Then the machine counts as lost, since a cancelled attempt has a stop mark.
    private async Task<JobFacts?> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var batch = new BatchClient(new AwsOptions { MaxAttempts = 1, Patience = TimeSpan.FromSeconds(4) }, _time);
            var answer = await batch.DescribeJobsAsync(new([_id]), cancellationToken);
            return answer.Jobs.Count > 0 ? JobFacts.Of(answer.Jobs[0]) : null;
        }
        catch (Exception e) when (e is AwsException or OperationCanceledException)
        {
            return null;
        }
    }

    // ECS gives a container its GPUs by their ids. CUDA understands the ids too.
    private Dictionary<string, string> WithCudaDevices()
    {
        var variables = Environment.ToDictionary();
        if (!variables.ContainsKey("CUDA_VISIBLE_DEVICES") && variables.GetValueOrDefault("NVIDIA_VISIBLE_DEVICES") is { } devices
            && devices.StartsWith("GPU-", StringComparison.Ordinal))
            variables["CUDA_VISIBLE_DEVICES"] = devices;
        return variables;
    }

    private int? Number(string name) =>
        int.TryParse(Environment.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
