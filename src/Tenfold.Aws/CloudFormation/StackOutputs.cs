namespace Tenfold.Aws.CloudFormation;

/// <summary>
/// The resources that <c>tenfold infra apply</c> made in an account, as the stack's outputs name them. Targets start their work with them.
/// </summary>
/// <remarks>The outputs are those of <c>infra/aws.yaml</c>; each property has the name of its output.</remarks>
public sealed record StackOutputs
{
    /// <summary>The stack's ARN.</summary>
    public required string StackId { get; init; }

    /// <summary>The bucket's name. A group without a store of its own uses <c>s3://BUCKET/tenfold</c>.</summary>
    public required string Bucket { get; init; }

    /// <summary>The repository for images, without <c>https://</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>The name of the Batch queue whose machines AWS does not take back.</summary>
    public required string QueueOnDemand { get; init; }

    /// <summary>The name of the Batch queue of spot machines; null for a stack without them.</summary>
    public string? QueueSpot { get; init; }

    /// <summary>The name of the Batch queue of machines with GPUs; null for a stack without them.</summary>
    public string? QueueGpu { get; init; }

    /// <summary>The name of the Batch queue of spot machines with GPUs; null for a stack without them.</summary>
    public string? QueueGpuSpot { get; init; }

    /// <summary>The ARN of the role that a Batch job has.</summary>
    public required string JobRole { get; init; }

    /// <summary>The ARN of the role that starts a Batch job's container: it pulls the image and writes the log.</summary>
    public required string ExecutionRole { get; init; }

    /// <summary>The ARN of the role that a SageMaker training job has.</summary>
    public required string TrainingRole { get; init; }

    /// <summary>The name of the instance profile of a machine of the target <c>ec2</c>.</summary>
    public required string InstanceProfile { get; init; }

    /// <summary>The name of the log group.</summary>
    public required string LogGroup { get; init; }

    /// <summary>The id of the network; null for a stack of an earlier template.</summary>
    public string? Vpc { get; init; }

    /// <summary>The ids of the subnets, each in another zone.</summary>
    public required IReadOnlyList<string> Subnets { get; init; }

    /// <summary>The id of the security group.</summary>
    public required string SecurityGroup { get; init; }

    /// <summary>The id of the launch template of the target <c>ec2</c>.</summary>
    public required string LaunchTemplate { get; init; }

    /// <summary>
    /// What to put in front of the name of an image of <c>public.ecr.aws</c>, so that the account's own cache of it is used. Without a
    /// closing <c>/</c>.
    /// </summary>
    public required string PullThrough { get; init; }

    /// <summary>The version of the template that the stack was made from.</summary>
    public required int TemplateVersion { get; init; }

    /// <summary>The account's number.</summary>
    public string Account => StackId.Split(':') is [_, _, _, _, var account, ..] ? account : "";

    /// <summary>The region.</summary>
    public string Region => StackId.Split(':') is [_, _, _, var region, ..] ? region : "";

    /// <summary>The URL of the store that a group uses unless its project names another.</summary>
    public string StoreUrl => $"s3://{Bucket}/tenfold";
}
