using Tenfold.Aws.Batch.Submit;
using Tenfold.Aws.Diagnosis;
using Tenfold.Core.Hosts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch;

/// <summary>Checks what submitting to Batch depends on: the account, the queues and their compute environments.</summary>
/// <param name="connection">AWS.</param>
/// <param name="session">The user.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchAccess(BatchConnection connection, UserSession session, TimeProvider time)
{
    // docs/aws.md lists them for users. Those of `ssm` are for runs with secrets.
    private static readonly string[] Actions =
    [
        "batch:SubmitJob", "batch:TerminateJob", "batch:RegisterJobDefinition", "batch:TagResource", "batch:ListJobs", "batch:DescribeJobs",
        "batch:DescribeJobDefinitions", "batch:DescribeJobQueues", "batch:DescribeComputeEnvironments", "cloudformation:DescribeStacks",
        "logs:GetLogEvents", "iam:PassRole", "ssm:PutParameter", "ssm:AddTagsToResource", "ssm:GetParameters", "ssm:GetParametersByPath",
        "ssm:DeleteParameters",
    ];

    /// <summary>Runs the checks.</summary>
    /// <exception cref="Wire.AwsException">AWS refused to describe the queues, or gave no answer.</exception>
    public async Task<IReadOnlyList<AccessCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        var place = await connection.GetPlaceAsync(cancellationToken);
        if (!(await connection.FindQueuesAsync(place.Queues, cancellationToken)).Succeeded(out var queues, out var refusal))
            return [new AccessCheck("queues", refusal.Message, "correct `queue` and `region` of the target")];
        var needs = queues.SelectMany(queue => queue.Environments).Select(NeedOf).OfType<VcpuNeed>().ToList();
        var account = await new AccountCheck(connection.Aws, session, time).RunAsync(Actions, needs, cancellationToken);
        return [.. account, .. queues.Select(Check)];
    }

    private static AccessCheck Check(QueueFacts queue)
    {
        var what = $"queue {queue.Name}";
        if (queue.Trouble is { } trouble) return new AccessCheck(what, trouble.Words, "do that, or run `tenfold infra apply`");
        var most = queue.Environments.Sum(one => one.ComputeResources?.MaxvCpus ?? 0);
        return new AccessCheck(what, queue.Fullness is null ? $"enabled, at most {most} vCPUs" : $"enabled, all {most} vCPUs are in use");
    }

    private static VcpuNeed? NeedOf(ComputeEnvironment environment) =>
        environment.ComputeResources is { MaxvCpus: { } most, Type: "EC2" or "SPOT" } resources
            ? new VcpuNeed(
                environment.ComputeEnvironmentName, most, resources.Type == "SPOT", resources.InstanceTypes.Any(InstanceTypes.HasGpu))
            : null;
}
