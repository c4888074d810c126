using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Amazon;
using Tenfold.Aws.S3;

namespace Tenfold.Aws.Stacks;

/// <summary>
/// What a stack is made with. Null means: as the stack has it now; for a new stack, the template's default. An empty text or list takes a
/// setting back.
/// </summary>
public sealed record StackSettings : IStackSettings
{
    private const AddressFamily Ipv4 = AddressFamily.InterNetwork;

    // Source: CloudWatch Logs API, PutRetentionPolicy.
    private static readonly int[] RetentionDays =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    /// <summary>Types or families of machines without GPU.</summary>
    public IReadOnlyList<string>? InstanceTypes { get; init; }

    /// <summary>Types or families of machines with GPUs.</summary>
    public IReadOnlyList<string>? GpuInstanceTypes { get; init; }

    /// <summary>How many vCPUs may run at once in each queue without GPUs.</summary>
    public int? MaxVcpus { get; init; }

    /// <summary>How many vCPUs may run at once in each queue with GPUs.</summary>
    public int? MaxGpuVcpus { get; init; }

    /// <summary>Whether there are queues of spot machines.</summary>
    public bool? Spot { get; init; }

    /// <summary>Whether there are queues of machines with GPUs.</summary>
    public bool? Gpu { get; init; }

    /// <summary>The size of a machine's disk in GB.</summary>
    public int? VolumeGb { get; init; }

    /// <summary>An existing VPC.</summary>
    public string? Vpc { get; init; }

    /// <summary>Subnets of the existing VPC.</summary>
    public IReadOnlyList<string>? Subnets { get; init; }

    /// <summary>The addresses that may connect by SSH, as CIDR.</summary>
    public string? SshFrom { get; init; }

    /// <summary>Names of buckets that runs may read data from.</summary>
    public IReadOnlyList<string>? DataBuckets { get; init; }

    /// <summary>After how many days logs are deleted.</summary>
    public int? LogDays { get; init; }

    /// <summary>The ARN of a permissions boundary for the stack's roles.</summary>
    public string? PermissionsBoundary { get; init; }

    // The ARN of Batch's own role; null when it is not known.
    internal string? BatchServiceRole { get; init; }

    /// <summary>What is wrong with the settings, each fault beginning with the option's name; empty when nothing is.</summary>
    /// <remarks>AWS would refuse them too, but with the words of a template's patterns, and some only after minutes.</remarks>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        void Check(bool isFault, string fault)
        {
            if (isFault) faults.Add(fault);
        }

        Check(MaxVcpus is < 1 or > 100_000, $"--max-vcpus is 1 to 100,000, not {MaxVcpus}");
        Check(MaxGpuVcpus is < 1 or > 100_000, $"--max-gpu-vcpus is 1 to 100,000, not {MaxGpuVcpus}");
        Check(VolumeGb is < 30 or > 16_384, $"--volume-gb is 30 to 16,384, not {VolumeGb}");
        Check(
            LogDays is { } days && !RetentionDays.Contains(days),
            $"--log-days is one of {string.Join(", ", RetentionDays)}, not {LogDays}");
        Check(
            Vpc is { Length: > 0 } && !Vpc.StartsWith("vpc-", StringComparison.Ordinal),
            $"--vpc is the id of a VPC (vpc-…), not '{Vpc}'");
        Check(Vpc is { Length: > 0 } && Subnets is not { Count: > 0 }, "--vpc needs --subnets: the subnets of the VPC to use");
        Check(Subnets is { Count: > 0 } && Vpc is "", "--subnets needs --vpc: the VPC that has the subnets");
        foreach (var subnet in Subnets ?? [])
            Check(!subnet.StartsWith("subnet-", StringComparison.Ordinal), $"--subnets has ids of subnets (subnet-…), not '{subnet}'");
        Check(
            SshFrom is { Length: > 0 } && !(IPNetwork.TryParse(SshFrom, out var from) && from.BaseAddress.AddressFamily == Ipv4),
            $"--ssh-from is a range of IPv4 addresses such as 203.0.113.7/32, not '{SshFrom}'");
        foreach (var bucket in DataBuckets ?? [])
            Check(S3Location.Read($"s3://{bucket}", out _) is null, $"--data-bucket is a bucket's name, not '{bucket}'");
        Check(
            PermissionsBoundary is { Length: > 0 } && !PermissionsBoundary.StartsWith("arn:", StringComparison.Ordinal),
            $"--permissions-boundary is the ARN of a policy, not '{PermissionsBoundary}'");
        return faults;
    }

    /// <inheritdoc/>
    public string ReadTemplate() => StackTemplate.Read();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string?> Given(string region) => new Dictionary<string, string?>
    {
        [nameof(InstanceTypes)] = Text(InstanceTypes),
        [nameof(GpuInstanceTypes)] = Text(GpuInstanceTypes),
        [nameof(MaxVcpus)] = Text(MaxVcpus),
        [nameof(MaxGpuVcpus)] = Text(MaxGpuVcpus),
        [nameof(Spot)] = Text(Spot),
        [nameof(Gpu)] = Text(Gpu),
        [nameof(VolumeGb)] = Text(VolumeGb),
        [nameof(Vpc)] = Vpc,
        [nameof(Subnets)] = Text(Subnets),
        [nameof(SshFrom)] = SshFrom,
        [nameof(DataBuckets)] = Text(DataBuckets?.SelectMany(bucket => ArnsOf(bucket, region)).ToList()),
        [nameof(LogDays)] = Text(LogDays),
        [nameof(PermissionsBoundary)] = PermissionsBoundary,
        [nameof(BatchServiceRole)] = BatchServiceRole,
    };

    private static IEnumerable<string> ArnsOf(string bucket, string region)
    {
        var partition = RegionEndpoint.GetBySystemName(region).PartitionName;
        return [$"arn:{partition}:s3:::{bucket}", $"arn:{partition}:s3:::{bucket}/*"];
    }

    private static string? Text(IReadOnlyList<string>? values) => values is null ? null : string.Join(',', values);

    private static string? Text(int? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(bool? value) => value is { } flag ? flag ? "true" : "false" : null;
}
