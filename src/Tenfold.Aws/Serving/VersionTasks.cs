using Tenfold.Aws.Ecs;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Serving;

/// <summary>Finds the tasks of versions, and their addresses.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="options">How to connect to AWS; null for the defaults.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class VersionTasks(string cluster, AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    private readonly EcsClient _ecs = new(options, time);

    /// <summary>The tasks that a service runs at the moment.</summary>
    /// <param name="service">The service.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The tasks; none when there is no such service.</returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<IReadOnlyList<VersionTask>> ListAsync(string service, CancellationToken cancellationToken) =>
    [
        .. (await DescribeAsync(new(cluster, service), cancellationToken)).Select(task => new VersionTask(
            task.TaskArn ?? "", AddressOf(task), task is { LastStatus: "RUNNING", DesiredStatus: "RUNNING", HealthStatus: "HEALTHY" })),
    ];

    /// <summary>Protects tasks from being ended when their service shrinks. The protection ends by itself.</summary>
    /// <param name="tasks">The tasks' ARNs. Those that have ended are left out by ECS.</param>
    /// <param name="minutes">After how many minutes it ends.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task ProtectAsync(IEnumerable<string> tasks, int minutes, CancellationToken cancellationToken)
    {
        foreach (var some in tasks.Chunk(EcsClient.MaxProtected))
        {
            await _ecs.UpdateTaskProtectionAsync(
                new(cluster, some, ProtectionEnabled: true) { ExpiresInMinutes = minutes }, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ecs.Dispose();

    /// <summary>The task of a service that ended last, and why; null when none is known.</summary>
    internal async Task<StoppedTask?> FindLastStoppedAsync(string service, CancellationToken cancellationToken)
    {
        var stopped = await DescribeAsync(new(cluster, service) { DesiredStatus = "STOPPED" }, cancellationToken);
        if (stopped.MaxBy(task => task.StoppedAt ?? DateTimeOffset.MinValue) is not { TaskArn: { } arn } last) return null;
        var container = last.Containers is [var first, ..] ? first : null;
        var parts = new[]
        {
            last.StoppedReason, container?.Reason, container?.ExitCode is { } code ? $"exit code {code}" : null,
        };
        return new StoppedTask(arn, string.Join("; ", parts.OfType<string>()));
    }

    private async Task<List<ServiceTask>> DescribeAsync(ListTasksRequest request, CancellationToken cancellationToken)
    {
        var tasks = new List<ServiceTask>();
        try
        {
            var arns = new List<string>();
            await foreach (var arn in _ecs.ListTasksAsync(request, cancellationToken)) arns.Add(arn);
            foreach (var some in arns.Chunk(EcsClient.MaxTasks))
                tasks.AddRange((await _ecs.DescribeTasksAsync(new(cluster, some), cancellationToken)).Tasks);
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // The service was deleted.
        }

        return tasks;
    }

    private static Uri? AddressOf(ServiceTask task) =>
        task.Containers.SelectMany(container => container.NetworkInterfaces)
            .Select(link => link.PrivateIpv4Address).FirstOrDefault(address => address is { Length: > 0 }) is { } found
            ? new Uri($"http://{found}:{TaskDescription.Port}") : null;
}

/// <summary>A task of a version.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Address">Where it answers; null while it has no address.</param>
/// <param name="IsHealthy">True when it runs, its health check passes, and it is not to end.</param>
public sealed record VersionTask(string Arn, Uri? Address, bool IsHealthy)
{
    /// <summary>True when it can take requests.</summary>
    public bool IsReady => IsHealthy && Address is not null;
}

/// <summary>A task that ended.</summary>
internal sealed record StoppedTask(string Arn, string Reason);
