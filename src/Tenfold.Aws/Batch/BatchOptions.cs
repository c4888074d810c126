using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch;

/// <summary>The options of a <c>batch</c> target in <c>tenfold.yaml</c>.</summary>
internal sealed record BatchOptions
{
    /// <summary>The stack that <c>tenfold infra apply</c> makes unless it is told another name.</summary>
    public const string DefaultStack = "tenfold";

    /// <summary>The image of a job whose target names none.</summary>
    public const string DefaultImage = "public.ecr.aws/docker/library/python:3.12-slim";

    /// <summary>The word <c>batch</c>, and the options as users write them.</summary>
    public static TargetKindDeclaration Declaration { get; } = new("batch",
    [
        new TextOption("region", "The AWS region.", "eu-west-1") { Default = "`AWS_REGION`, or the profile's" },
        new TextOption("stack", "The stack that `tenfold infra apply` made: its queues, roles, bucket and log group are used.", "tenfold")
        {
            Default = "`tenfold`; none with `queue`",
        },
        new TextOption("queue", "A job queue of your own. Without `stack`, `job_role` and a `store` are needed too.", "ml-queue")
        {
            Default = "the stack's queue for what the run needs",
        },
        new FlagOption(
            "spot", "Use spot machines, which are cheaper and may be reclaimed. A reclaimed run resumes from its checkpoint.", "true")
        {
            Default = "as `resources.spot` says",
        },
        new TextOption(
            "image", "The container image, unless `environment` names one. It needs glibc, and python3 or curl.",
            "public.ecr.aws/docker/library/python:3.11-slim")
        {
            Default = $"`{DefaultImage}`",
        },
        new TextOption("setup", "Lines of bash that set up each job before the run: system packages, private repositories.",
            "apt-get update && apt-get install -y libgomp1"),
        new TextOption("job_role", "The ARN of the role of the job's own calls: it must read and write the store.",
            "arn:aws:iam::123456789012:role/ml-job") { Default = "the stack's" },
        new TextOption("execution_role", "The ARN of the role that pulls the image and writes the log.",
            "arn:aws:iam::123456789012:role/ml-execution") { Default = "the stack's" },
        new TextOption("log_group", "The log group for what jobs print before their agent has started.", "/ml/jobs")
        {
            Default = "the stack's; without a stack `/aws/batch/job`",
        },
        new TextOption("share", "The share identifier, which a queue with fair-share scheduling needs.", "ml-group"),
    ])
    {
        RunsImages = true,
    };

    /// <summary>The region; null for the user's.</summary>
    public string? Region { get; init; }

    /// <summary>The stack; null for none.</summary>
    public string? Stack { get; init; }

    /// <summary>The queue; null for the stack's.</summary>
    public string? Queue { get; init; }

    /// <summary>True for spot machines; null as the run's resources say.</summary>
    public bool? Spot { get; init; }

    /// <summary>The image; null for <see cref="DefaultImage"/>.</summary>
    public string? Image { get; init; }

    /// <summary>Lines of bash that run before the agent; null for none.</summary>
    public string? Setup { get; init; }

    /// <summary>The role of the job's own calls; null for the stack's.</summary>
    public string? JobRole { get; init; }

    /// <summary>The role that pulls the image and writes the log; null for the stack's.</summary>
    public string? ExecutionRole { get; init; }

    /// <summary>The log group; null for the stack's.</summary>
    public string? LogGroup { get; init; }

    /// <summary>The share identifier; null for none.</summary>
    public string? Share { get; init; }

    /// <summary>Reads the options.</summary>
    public static BatchOptions From(TargetSettings settings) => new()
    {
        Region = settings.Text("region"),
        Stack = settings.Text("stack") ?? (settings.Text("queue") is null ? DefaultStack : null),
        Queue = settings.Text("queue"),
        Spot = settings.Flag("spot"),
        Image = settings.Text("image"),
        Setup = settings.Text("setup"),
        JobRole = settings.Text("job_role"),
        ExecutionRole = settings.Text("execution_role"),
        LogGroup = settings.Text("log_group"),
        Share = settings.Text("share"),
    };

    /// <summary>The options of an assignment's target.</summary>
    public static BatchOptions Of(Core.Attempts.Assignment assignment)
    {
        var options = assignment.Spec.Target is { } spec ? From(TargetSettings.From(spec)) : new BatchOptions { Stack = DefaultStack };
        return assignment.Spec.Environment.Image is { } image ? options with { Image = image } : options;
    }
}
