using Tenfold.Aws.Prices;
using Tenfold.Core.Runs;

namespace Tenfold.Aws.SageMaker.Submit;

/// <summary>Which machine a run gets, and for how long.</summary>
/// <param name="InstanceType">Its type.</param>
/// <param name="IsSpot">True for managed spot training.</param>
/// <param name="Gpus">How many GPUs it has; 0 when its type isn't known.</param>
/// <param name="Image">The image.</param>
/// <param name="MaxRuntime">The job's time limit.</param>
internal sealed record TrainingPlan(string InstanceType, bool IsSpot, int Gpus, string Image, TimeSpan MaxRuntime)
{
    /// <summary>
    /// The time limit of a run that states none. It is the quota "Longest run time for a training job" of new accounts.
    /// </summary>
    public static TimeSpan UsualLimit { get; } = TimeSpan.FromDays(5);

    /// <summary>The most that SageMaker allows.</summary>
    public static TimeSpan LongestLimit { get; } = TimeSpan.FromDays(28);

    // On top of max_runtime, which counts the command alone: to prepare the run and to upload its results.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    /// <summary>Plans a run's job.</summary>
    /// <param name="resources">What the run needs.</param>
    /// <param name="options">The target's options.</param>
    /// <param name="place">The place.</param>
    /// <param name="fault">Why there is no such job, and what to change; null when there is one.</param>
    public static TrainingPlan? For(ResourceSpec resources, SageMakerOptions options, SageMakerPlace place, out string? fault)
    {
        var type = options.InstanceType ?? InstanceCatalog.Training.CheapestFor(resources, place.Region)?.Name;
        fault = FaultOf(type, resources);
        if (type is null || fault is not null) return null;
        var isSpot = options.Spot ?? resources.Spot;
        fault = isSpot && options.KeepAlive is not null
            ? "SageMaker keeps no spot machines: remove `keep_alive` of the target, or `resources.spot`" : null;
        var gpus = GpusOf(type);
        var image = TrainingImages.Find(options.Image, place, gpus > 0, out var noImage);
        fault ??= noImage;
        if (LimitOf(resources, isSpot) is not { } limit)
            fault ??= $"SageMaker ends a job after {LongestLimit.Days} days: shorten `max_runtime`";
        else if (fault is null) return new TrainingPlan(type, isSpot, gpus, image!, limit);
        return null;
    }

    /// <summary>How long the job may take, waits for spot machines included; null without spot.</summary>
    public TimeSpan? MaxWait(SageMakerOptions options) =>
        !IsSpot ? null : MaxRuntime + options.MaxWait is var wait && wait < LongestLimit ? wait : LongestLimit;

    // A spot job that is interrupted continues with the run's next attempt. The agent limits each attempt; this limit is for all of them.
    private static TimeSpan? LimitOf(ResourceSpec resources, bool isSpot)
    {
        if (resources.MaxRuntime is not { } runtime) return UsualLimit;
        var one = runtime + Margin;
        if (one > LongestLimit) return null;
        if (!isSpot) return one;
        var all = one * (resources.MaxLost + 1);
        return all < UsualLimit ? all : one > UsualLimit ? one : UsualLimit;
    }

    private static string? FaultOf(string? type, ResourceSpec resources)
    {
        if (type is null)
            return "no common machine has the run's `resources`: lower them, or name a larger machine as `instance_type` of the target";
        if (Prices.InstanceType.IsArm(WithoutPrefix(type)))
            return $"{type} has an Arm processor, for which the agent isn't built: set `instance_type` to one with Intel or AMD";
        return Known(type) is { } known && !known.Fits(resources)
            ? $"{type} has {known.Vcpus} cores, {known.MemoryGiB} GiB of memory and {known.Gpus} GPUs, which is less than the run's "
                + "`resources`: change `instance_type` of the target, or lower `resources`"
            : null;
    }

    // SageMaker's machines are those of EC2, so the table of EC2's types knows their sizes too.
    private static InstanceType? Known(string type) =>
        InstanceCatalog.Training.Find(type) ?? InstanceCatalog.Shared.Find(WithoutPrefix(type));

    private static int GpusOf(string type) =>
        Known(type) is { } known ? known.Gpus : WithoutPrefix(type) is ['g' or 'p', >= '0' and <= '9', ..] ? 1 : 0;

    private static string WithoutPrefix(string type) => type.StartsWith("ml.", StringComparison.Ordinal) ? type[3..] : type;
}
