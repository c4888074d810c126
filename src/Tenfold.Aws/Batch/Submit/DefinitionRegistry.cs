using System.Globalization;
using System.Text.Json;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Platform;

namespace Tenfold.Aws.Batch.Submit;

/// <summary>Registers job definitions, each once in an account: the hash of its content is its name.</summary>
/// <param name="connection">AWS.</param>
/// <param name="time">The clock.</param>
internal sealed class DefinitionRegistry(BatchConnection connection, TimeProvider time)
{
    private const int NameHashLength = 16;

    private readonly RecentlyUsed<string, string> _arns = new(TimeSpan.FromHours(1), time);

    /// <summary>The definition of jobs: everything that does not differ between the jobs of many groups.</summary>
    /// <param name="place">The place.</param>
    /// <param name="options">The target's options.</param>
    /// <param name="shape">What the jobs request.</param>
    /// <param name="isFargate">True for jobs on Fargate.</param>
    public static RegisterJobDefinitionRequest Describe(BatchPlace place, BatchOptions options, JobShape shape, bool isFargate)
    {
        var group = options.LogGroup ?? place.LogGroup;
        var resources = new List<ResourceRequirement>
        {
            new("VCPU", shape.Cpus.ToString("0.##", CultureInfo.InvariantCulture)),
            new("MEMORY", shape.MemoryMiB.ToString(CultureInfo.InvariantCulture)),
        };
        if (shape.Gpus > 0) resources.Add(new("GPU", shape.Gpus.ToString(CultureInfo.InvariantCulture)));
        var request = new RegisterJobDefinitionRequest
        {
            JobDefinitionName = "",
            Type = "container",
            ContainerProperties = new()
            {
                Image = place.ImageOf(options),
                Command = ["/bin/sh", "-c", StartScript.Text, "tenfold"],
                JobRoleArn = options.JobRole ?? place.JobRole,
                ExecutionRoleArn = options.ExecutionRole ?? place.ExecutionRole,
                ResourceRequirements = resources,
                // An init process, since the agent does not collect the processes that a script leaves behind. PyTorch's data loaders
                // need more shared memory than Docker's 64 MiB; Fargate has no such setting.
                LinuxParameters = new(isFargate ? null : Math.Max(64, shape.MemoryMiB / 2)) { InitProcessEnabled = true },
                LogConfiguration = group is null ? null : new("awslogs")
                {
                    Options = new Dictionary<string, string>
                    {
                        ["awslogs-group"] = group,
                        ["awslogs-region"] = place.Region,
                        ["awslogs-stream-prefix"] = "tenfold",
                    },
                },
                // Without a NAT gateway, a task with no public address can't pull its image.
                NetworkConfiguration = isFargate ? new("ENABLED") : null,
            },
            RetryStrategy = JobSubmission.Once,
            PlatformCapabilities = [isFargate ? "FARGATE" : "EC2"],
            Tags = place.Stack is { } stack ? new Dictionary<string, string> { [ResourceTags.Stack] = stack } : null,
        };
        return request with { JobDefinitionName = $"tenfold-{HashOf(request)}" };
    }

    /// <summary>Finds the definition, or registers it.</summary>
    /// <returns>The ARN of the revision.</returns>
    /// <exception cref="Wire.AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<string> EnsureAsync(RegisterJobDefinitionRequest request, CancellationToken cancellationToken)
    {
        if (_arns.TryGet(request.JobDefinitionName, out var known)) return known;
        var query = new DescribeJobDefinitionsRequest { JobDefinitionName = request.JobDefinitionName, Status = "ACTIVE" };
        var found = await connection.Batch.DescribeJobDefinitionsAsync(query, cancellationToken).ToListAsync(cancellationToken);
        // Somebody else may have registered another content under the name.
        var own = found.Where(one => IsEqual(one, request)).OrderByDescending(one => one.Revision).FirstOrDefault();
        var arn = own?.JobDefinitionArn
            ?? (await connection.Batch.RegisterJobDefinitionAsync(request, cancellationToken)).JobDefinitionArn;
        _arns.Set(request.JobDefinitionName, arn);
        return arn;
    }

    /// <summary>Finds the definition again, or registers it again, after Batch refused a job with it.</summary>
    /// <returns>True when the definition is another revision now.</returns>
    /// <exception cref="Wire.AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<bool> RefreshAsync(RegisterJobDefinitionRequest request, CancellationToken cancellationToken) =>
        _arns.TryGet(request.JobDefinitionName, out var before) && _arns.Remove(request.JobDefinitionName)
        && await EnsureAsync(request, cancellationToken) != before;

    private static bool IsEqual(JobDefinition found, RegisterJobDefinitionRequest wanted) =>
        found.ContainerProperties is { } has && wanted.ContainerProperties is { } wants
        && has.Image == wants.Image && has.JobRoleArn == wants.JobRoleArn && has.ExecutionRoleArn == wants.ExecutionRoleArn
        && (has.Command ?? []).SequenceEqual(wants.Command ?? []);

    private static string HashOf(RegisterJobDefinitionRequest request) =>
        AttemptList.Hash(JsonSerializer.SerializeToUtf8Bytes(request, BatchJson.Default.RegisterJobDefinitionRequest))[..NameHashLength];
}
