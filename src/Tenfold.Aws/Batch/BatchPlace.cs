using Tenfold.Core.Runs;

namespace Tenfold.Aws.Batch;

/// <summary>An account's Batch in a region, as a stack or the target's options name its parts.</summary>
internal sealed record BatchPlace
{
    /// <summary>The account's number.</summary>
    public required string Account { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>The stack's name; null for a queue of the user's own.</summary>
    public string? Stack { get; init; }

    /// <summary>The queue that the target names; null for the stack's queues.</summary>
    public string? Queue { get; init; }

    /// <summary>The stack's queue of machines that AWS does not take back; null without a stack.</summary>
    public string? OnDemand { get; init; }

    /// <summary>The stack's queue of spot machines; null for none.</summary>
    public string? Spot { get; init; }

    /// <summary>The stack's queue of machines with GPUs; null for none.</summary>
    public string? Gpu { get; init; }

    /// <summary>The stack's queue of spot machines with GPUs; null for none.</summary>
    public string? GpuSpot { get; init; }

    /// <summary>The stack's role of jobs; null without a stack.</summary>
    public string? JobRole { get; init; }

    /// <summary>The stack's role that starts containers; null without a stack.</summary>
    public string? ExecutionRole { get; init; }

    /// <summary>The stack's log group; null for Batch's own.</summary>
    public string? LogGroup { get; init; }

    /// <summary>What to put in front of the name of an image of <c>public.ecr.aws</c>; null for nothing.</summary>
    public string? PullThrough { get; init; }

    /// <summary>The store of groups that name none; null without a stack.</summary>
    public string? StoreUrl { get; init; }

    /// <summary>The place that a group's record names.</summary>
    public string Name => $"{Account}/{Region}/{Queue ?? $"stack:{Stack}"}";

    /// <summary>All queues to which the target may submit.</summary>
    public IReadOnlyList<string> Queues => Queue is not null ? [Queue]
        : [.. new[] { OnDemand, Spot, Gpu, GpuSpot }.OfType<string>().Distinct()];

    /// <summary>The queue for what a run needs; null when the stack has none.</summary>
    public string? QueueFor(ResourceSpec resources, BatchOptions options)
    {
        if (Queue is not null) return Queue;
        var isSpot = options.Spot ?? resources.Spot;
        return resources.Gpus > 0 ? isSpot ? GpuSpot : Gpu : isSpot ? Spot : OnDemand;
    }

    /// <summary>The image of a job.</summary>
    public string ImageOf(BatchOptions options)
    {
        const string Public = "public.ecr.aws/";
        var image = options.Image ?? BatchOptions.DefaultImage;
        // AWS limits anonymous pulls to one a second, and a group may start hundreds of jobs at once.
        return PullThrough is { Length: > 0 } && image.StartsWith(Public, StringComparison.Ordinal)
            ? $"{PullThrough}/{image[Public.Length..]}" : image;
    }
}
