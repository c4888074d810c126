using System.Security.Cryptography;
using System.Text;
using Tenfold.Aws.Ecs;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Logs;
using Tenfold.Aws.Scaling;
using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Serving;

/// <summary>Runs versions as services of ECS: creates, follows, stops and removes them. Every operation can be repeated.</summary>
/// <param name="place">The stack of serving.</param>
/// <param name="stack">Its name.</param>
/// <param name="options">How to connect to AWS.</param>
/// <param name="time">The clock.</param>
public sealed class VersionServices(ServingOutputs place, string stack, AwsOptions? options, TimeProvider time) : IDisposable
{
    private const int MaxFailedTasks = 2;

    // As the template names it.
    private const string GatewayService = "gateway";
    private static readonly TimeSpan PullTime = TimeSpan.FromMinutes(10), RemovalLimit = TimeSpan.FromMinutes(15);

    private readonly EcsClient _ecs = new(options, time);
    private readonly ScalingClient _scaling = new(options, time);
    private readonly LogsClient _logs = new(options, time);
    private readonly VersionTasks _tasks = new(place.Cluster, options, time);
    private readonly VersionSecrets _secrets = new(stack, options, time);

    /// <summary>The pause between two calls that ask how far AWS is.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromSeconds(3);

    private TaskDescription Description => new(place, stack, _ecs.Region);

    /// <summary>Creates what a version needs: a task definition, a service, and what scales it. Call <see cref="RemoveAsync"/> when it
    /// fails.</summary>
    /// <remarks>Nothing of an earlier, unfinished deployment may be left: call <see cref="RemoveAsync"/> first.</remarks>
    /// <returns>The service's name.</returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<string> CreateAsync(VersionServiceRequest request, CancellationToken cancellationToken)
    {
        var name = VersionServiceRequest.NameOf(request.Model, request.Version);
        await _secrets.StoreAsync(Description.SecretsOf(name), request.Secrets, cancellationToken);
        var registered = await _ecs.RegisterTaskDefinitionAsync(Description.DefinitionOf(name, request), cancellationToken);
        var definition = registered.TaskDefinition?.TaskDefinitionArn ?? Description.FamilyOf(name);
        // The token is that of this definition, so a request that is sent again finds the service, and another deployment does not.
        var token = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition)))[..32];
        await _ecs.CreateServiceAsync(Description.ServiceOf(name, definition, token, request), cancellationToken);
        await SetScalingAsync(name, request.Tasks, request.MaxTasks, cancellationToken);
        foreach (var policy in Description.PoliciesOf(name, request)) await _scaling.PutScalingPolicyAsync(policy, cancellationToken);
        return name;
    }

    /// <summary>Why the secrets of a version can't be stored; empty when they can.</summary>
    public static IReadOnlyList<string> FaultsOf(IReadOnlyDictionary<string, string> secrets) =>
        [.. secrets.Select(secret => VersionSecrets.FaultOf(secret.Key, secret.Value)).OfType<string>()];

    /// <summary>Waits until all tasks of a new service are healthy.</summary>
    /// <param name="name">The service.</param>
    /// <param name="count">How many tasks it has.</param>
    /// <param name="startTimeout">How long a task may take, besides the time to pull its image.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null once they are; otherwise why they are not.</returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<string?> WaitUntilHealthyAsync(
        string name, int count, TimeSpan startTimeout, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var service = await FindAsync(name, cancellationToken);
            if (service is not { Status: "ACTIVE" }) return "another process has deleted its service";
            var deployment = service.Deployments.FirstOrDefault(one => one.Status == "PRIMARY");
            var isStuck = time.GetElapsedTime(since) > startTimeout + PullTime;
            if (deployment is { RolloutState: "FAILED" } || deployment?.FailedTasks >= MaxFailedTasks || isStuck)
                return await ExplainAsync(name, service, isStuck, cancellationToken);
            if ((await _tasks.ListAsync(name, cancellationToken)).Count(task => task.IsReady) >= count) return null;
            await Task.Delay(Pace, time, cancellationToken);
        }
    }

    /// <summary>Sets how many tasks a service runs, and between which counts it scales.</summary>
    /// <param name="name">The service.</param>
    /// <param name="tasks">How many tasks; 0 to stop all of them.</param>
    /// <param name="maxTasks">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when there is no such service.</returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<bool> ScaleAsync(string name, int tasks, int maxTasks, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is not { Status: "ACTIVE" }) return false;
        // A service that is scaled between 1 and 4 would be started again after it was stopped.
        await SetScalingAsync(name, tasks, maxTasks, cancellationToken);
        await _ecs.UpdateServiceAsync(new(place.Cluster, name, tasks), cancellationToken);
        return true;
    }

    /// <summary>Removes a version's service with all that belongs to it, and waits until its name is free. Nothing happens without
    /// it.</summary>
    /// <param name="name">The service.</param>
    /// <param name="cancellationToken">Ends the wait; AWS goes on.</param>
    /// <returns>True when there was something.</returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var isFound = false;
        try
        {
            await _scaling.DeregisterScalableTargetAsync(ScalableTargetRequest.Of(place.Cluster, name), cancellationToken);
            isFound = true;
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // It was not registered yet, or is removed already.
        }

        if (await FindAsync(name, cancellationToken) is { Status: "ACTIVE" })
        {
            isFound = true;
            try
            {
                await _ecs.DeleteServiceAsync(new(place.Cluster, name, Force: true), cancellationToken);
            }
            catch (AwsException e) when (e.Fault == AwsFault.NotFound)
            {
                // Another process has deleted it.
            }
        }

        var definitions = new List<string>();
        var request = new ListTaskDefinitionsRequest { FamilyPrefix = Description.FamilyOf(name), Status = "ACTIVE" };
        await foreach (var definition in _ecs.ListTaskDefinitionsAsync(request, cancellationToken)) definitions.Add(definition);
        foreach (var definition in definitions) await _ecs.DeregisterTaskDefinitionAsync(new(definition), cancellationToken);
        isFound |= await _secrets.RemoveAsync(Description.SecretsOf(name), cancellationToken);
        var since = time.GetTimestamp();
        while (await FindAsync(name, cancellationToken) is { Status: "DRAINING" or "ACTIVE" } && time.GetElapsedTime(since) < RemovalLimit)
            await Task.Delay(Pace, time, cancellationToken);
        return isFound || definitions.Count > 0;
    }

    /// <summary>Removes a service as <see cref="RemoveAsync"/> does, for garbage collection.</summary>
    /// <exception cref="TargetException">AWS refused a call, or gave no answer.</exception>
    public async Task RemoveLeftoverAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await RemoveAsync(name, cancellationToken);
        }
        catch (AwsException e)
        {
            throw new TargetException($"{e.Message}.", e);
        }
    }

    /// <summary>How many gateways there should be, and how many run.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<(int Desired, int Running)> CountGatewaysAsync(CancellationToken cancellationToken) =>
        await FindAsync(GatewayService, cancellationToken) is { Status: "ACTIVE" } found
            ? (found.DesiredCount, found.RunningCount) : (0, 0);

    /// <summary>The services of versions in the cluster.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<IReadOnlyList<VersionService>> ListAsync(CancellationToken cancellationToken)
    {
        var arns = new List<string>();
        await foreach (var arn in _ecs.ListServicesAsync(new(place.Cluster), cancellationToken)) arns.Add(arn);
        var found = new List<VersionService>();
        foreach (var some in arns.Chunk(EcsClient.MaxServices))
        {
            var described = await _ecs.DescribeServicesAsync(new(place.Cluster, some) { Include = ["TAGS"] }, cancellationToken);
            foreach (var service in described.Services)
            {
                string? TagOf(string key) => service.Tags.FirstOrDefault(tag => tag.Key == key)?.Value;
                if (TagOf(ResourceTags.Stack) != stack || TagOf(TaskDescription.ModelTag) is not { } model
                    || TagOf(TaskDescription.VersionTag) is not { } version || service.ServiceName is not { } name) continue;
                found.Add(new VersionService(
                    name, model, version, service.Status ?? "", service.DesiredCount, service.RunningCount, service.CreatedAt));
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ecs.Dispose();
        _scaling.Dispose();
        _logs.Dispose();
        _tasks.Dispose();
        _secrets.Dispose();
    }

    private Task<WireNothing> SetScalingAsync(string name, int least, int most, CancellationToken cancellationToken)
    {
        var target = ScalableTargetRequest.Of(place.Cluster, name);
        return _scaling.RegisterScalableTargetAsync(new(target.ServiceNamespace, target.ResourceId, target.ScalableDimension)
        {
            MinCapacity = least,
            MaxCapacity = most,
        }, cancellationToken);
    }

    private async Task<Service?> FindAsync(string name, CancellationToken cancellationToken) =>
        (await _ecs.DescribeServicesAsync(new(place.Cluster, [name]), cancellationToken)).Services is [var found, ..] ? found : null;

    private async Task<string> ExplainAsync(string name, Service service, bool isStuck, CancellationToken cancellationToken)
    {
        if (await _tasks.FindLastStoppedAsync(name, cancellationToken) is { } stopped)
        {
            var log = await new LogExcerpts(_logs)
                .ReadAsync(place.ServingLogGroup, TaskDescription.StreamOf(name, stopped.Arn), cancellationToken);
            return $"its tasks end before they are healthy: {stopped.Reason}{(log.Length > 0 ? $"\n{log}" : "")}";
        }

        var last = service.Events is [var newest, ..] ? newest.Message : null;
        return $"its tasks did not become healthy{(isStuck ? " in time" : "")}{(last is null ? "" : $": {last}")}";
    }
}

/// <summary>A version's service in ECS.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">The model.</param>
/// <param name="Version">The version.</param>
/// <param name="Status">ECS's status.</param>
/// <param name="Desired">How many tasks it should have.</param>
/// <param name="Running">How many tasks run.</param>
/// <param name="CreatedAt">When it was created.</param>
public sealed record VersionService(
    string Name, string Model, string Version, string Status, int Desired, int Running, DateTimeOffset? CreatedAt);
