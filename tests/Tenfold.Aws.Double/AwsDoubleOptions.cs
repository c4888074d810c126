namespace Tenfold.Aws.Double;

/// <summary>How the double behaves.</summary>
public sealed record AwsDoubleOptions
{
    public string Region { get; init; } = "eu-west-1";

    public string Account { get; init; } = "123456789012";

    /// <summary>The user's access key. The default is the one of the tests' S3 server.</summary>
    public string AccessKey { get; init; } = "S3RVER";

    /// <summary>The user's secret.</summary>
    public string Secret { get; init; } = "S3RVER";

    /// <summary>
    /// The S3 server that the double passes S3 requests on to, so that one <c>AWS_ENDPOINT_URL</c> serves everything. Null for none.
    /// </summary>
    public string? S3Endpoint { get; init; }

    /// <summary>Where the S3 server has a folder for each bucket; needed to create and delete buckets with a stack.</summary>
    public string? S3Folder { get; init; }

    /// <summary>How long one of AWS's seconds takes, for time limits and grace periods.</summary>
    public TimeSpan Second { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time between SIGTERM and SIGKILL; null for AWS's own: 30 s on Batch, 120 s on SageMaker.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>How many calls don't show a new job, instance or training job yet.</summary>
    public int HiddenCalls { get; init; }

    /// <summary>False to run nothing: jobs and instances stay as they are until the test ends them.</summary>
    public bool RunsProcesses { get; init; } = true;

    /// <summary>Environment variables of every machine, over those that a machine has anyway.</summary>
    public IReadOnlyDictionary<string, string> MachineEnvironment { get; init; } = new Dictionary<string, string>();

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
