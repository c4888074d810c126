using Tenfold.Aws.Wire;

namespace Tenfold.Aws.SageMaker;

/// <summary>Creates a training job.</summary>
internal sealed record CreateTrainingJobRequest
{
    /// <summary>The name: letters, digits and '-', at most 63. A name can't be used twice.</summary>
    public required string TrainingJobName { get; init; }

    /// <summary>The role of the job.</summary>
    public required string RoleArn { get; init; }

    /// <summary>The image and how it starts.</summary>
    public required AlgorithmSpecification AlgorithmSpecification { get; init; }

    /// <summary>Where the artifacts go.</summary>
    public required OutputDataConfig OutputDataConfig { get; init; }

    /// <summary>The machines.</summary>
    public required ResourceConfig ResourceConfig { get; init; }

    /// <summary>How long the job may run.</summary>
    public required StoppingCondition StoppingCondition { get; init; }

    /// <summary>At most 100 hyper-parameters; keys and values of at most 256 characters are safe.</summary>
    public IReadOnlyDictionary<string, string>? HyperParameters { get; init; }

    /// <summary>At most 20 channels.</summary>
    public IReadOnlyList<Channel>? InputDataConfig { get; init; }

    /// <summary>The user's network; null for SageMaker's.</summary>
    public VpcConfig? VpcConfig { get; init; }

    /// <summary>At most 50 tags.</summary>
    public IReadOnlyList<Tag>? Tags { get; init; }

    /// <summary>Whether the container has no network.</summary>
    public bool? EnableNetworkIsolation { get; init; }

    /// <summary>Whether spot machines are used.</summary>
    public bool? EnableManagedSpotTraining { get; init; }

    /// <summary>Where checkpoints are stored while the job runs.</summary>
    public CheckpointConfig? CheckpointConfig { get; init; }

    /// <summary>Environment variables; at most 48 everywhere, values of at most 512 characters.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>When SageMaker itself retries: only after an internal error.</summary>
    public TrainingRetryStrategy? RetryStrategy { get; init; }
}

/// <summary>The created job.</summary>
internal sealed record CreateTrainingJobAnswer : WireAnswer
{
    /// <summary>The ARN.</summary>
    public required string TrainingJobArn { get; init; }
}

/// <summary>The image and how it starts.</summary>
/// <param name="TrainingInputMode">How channels arrive: <c>File</c>, <c>FastFile</c> or <c>Pipe</c>.</param>
internal sealed record AlgorithmSpecification(string TrainingInputMode)
{
    /// <summary>The image, in a private repository of ECR.</summary>
    public string? TrainingImage { get; init; }

    /// <summary>The program in place of the image's; strings of at most 256 characters, at most 10 on every region.</summary>
    public IReadOnlyList<string>? ContainerEntrypoint { get; init; }

    /// <summary>The program's arguments.</summary>
    public IReadOnlyList<string>? ContainerArguments { get; init; }

    /// <summary>At most 40 metrics, found in the log.</summary>
    public IReadOnlyList<MetricDefinition>? MetricDefinitions { get; init; }

    /// <summary>Whether the metrics are kept as a time series.</summary>
    public bool? EnableSageMakerMetricsTimeSeries { get; init; }
}

/// <summary>A metric that a regular expression finds in the log.</summary>
internal sealed record MetricDefinition(string Name, string Regex);

/// <summary>A channel of input data.</summary>
/// <param name="ChannelName">The channel's name, which is its folder below <c>/opt/ml/input/data</c>.</param>
/// <param name="DataSource">Where the data is.</param>
internal sealed record Channel(string ChannelName, DataSource DataSource)
{
    /// <summary>How this channel arrives, where it differs from the others.</summary>
    public string? InputMode { get; init; }

    /// <summary>The media type.</summary>
    public string? ContentType { get; init; }
}

/// <summary>The source of a channel.</summary>
internal sealed record DataSource(S3DataSource S3DataSource);

/// <summary>Data in S3.</summary>
/// <param name="S3DataType"><c>S3Prefix</c>, <c>ManifestFile</c> or <c>AugmentedManifestFile</c>.</param>
/// <param name="S3Uri">The prefix, or the manifest.</param>
internal sealed record S3DataSource(string S3DataType, string S3Uri)
{
    /// <summary><c>FullyReplicated</c> or <c>ShardedByS3Key</c>.</summary>
    public string? S3DataDistributionType { get; init; }
}

/// <summary>Where the artifacts go.</summary>
internal sealed record OutputDataConfig(string S3OutputPath)
{
    /// <summary>The key that encrypts them; null for S3's own.</summary>
    public string? KmsKeyId { get; init; }
}

/// <summary>The machines of a training job.</summary>
internal sealed record ResourceConfig
{
    /// <summary>The type, for example <c>ml.m5.large</c>.</summary>
    public string? InstanceType { get; init; }

    /// <summary>How many.</summary>
    public int? InstanceCount { get; init; }

    /// <summary>The volume's size in GiB.</summary>
    public required int VolumeSizeInGB { get; init; }

    /// <summary>The key that encrypts the volume.</summary>
    public string? VolumeKmsKeyId { get; init; }

    /// <summary>How long the machines wait for the next job, at most 3,600 seconds everywhere; null for not at all.</summary>
    public int? KeepAlivePeriodInSeconds { get; init; }
}

/// <summary>How long a job may run.</summary>
internal sealed record StoppingCondition
{
    /// <summary>The run time, at most 28 days; null for one day.</summary>
    public int? MaxRuntimeInSeconds { get; init; }

    /// <summary>Run time and waiting together, for spot; at least the run time.</summary>
    public int? MaxWaitTimeInSeconds { get; init; }
}

/// <summary>The user's network.</summary>
internal sealed record VpcConfig(IReadOnlyList<string> SecurityGroupIds, IReadOnlyList<string> Subnets);

/// <summary>Where checkpoints are stored.</summary>
internal sealed record CheckpointConfig(string S3Uri)
{
    /// <summary>The folder in the container; null for <c>/opt/ml/checkpoints</c>.</summary>
    public string? LocalPath { get; init; }
}

/// <summary>When SageMaker itself retries.</summary>
internal sealed record TrainingRetryStrategy(int MaximumRetryAttempts);

/// <summary>A tag.</summary>
internal sealed record Tag(string Key, string Value);
