using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ecs;

/// <summary>Amazon ECS: the operations that running and following services needs.</summary>
/// <remarks>Source: the API's model, ecs/2014-11-13.</remarks>
internal sealed class EcsClient(AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    /// <summary>How many services <see cref="DescribeServicesAsync"/> takes.</summary>
    public const int MaxServices = 10;

    /// <summary>How many tasks <see cref="UpdateTaskProtectionAsync"/> takes.</summary>
    public const int MaxProtected = 10;

    /// <summary>How many tasks <see cref="DescribeTasksAsync"/> takes.</summary>
    public const int MaxTasks = 100;

    internal static readonly WireService Service = new("ECS", WireProtocol.Json11, "ecs", "ecs", "2014-11-13")
    {
        Target = "AmazonEC2ContainerServiceV20141113",
    };

    private static readonly EcsJson Json = EcsJson.Default;
    private readonly WireClient _wire = WireClient.Create(Service, options, time);

    /// <summary>The region.</summary>
    public string Region => _wire.Region;

    /// <summary>
    /// Registers the next revision of a task definition. A second request makes one more, so a lost answer is not retried.
    /// </summary>
    public Task<TaskDefinitionAnswer> RegisterTaskDefinitionAsync(
        RegisterTaskDefinitionRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            WireOperation.Once("RegisterTaskDefinition"), request, Json.RegisterTaskDefinitionRequest, Json.TaskDefinitionAnswer,
            cancellationToken);

    /// <summary>Deregisters a revision of a task definition. Services that use it go on.</summary>
    public Task<TaskDefinitionAnswer> DeregisterTaskDefinitionAsync(
        DeregisterTaskDefinitionRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            "DeregisterTaskDefinition", request, Json.DeregisterTaskDefinitionRequest, Json.TaskDefinitionAnswer, cancellationToken);

    /// <summary>Lists the ARNs of task definitions, over all pages.</summary>
    public IAsyncEnumerable<string> ListTaskDefinitionsAsync(
        ListTaskDefinitionsRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListTaskDefinitions", request with { NextToken = page }, Json.ListTaskDefinitionsRequest, Json.ListTaskDefinitionsAnswer,
                token),
            answer => answer.TaskDefinitionArns, answer => answer.NextToken, cancellationToken);

    /// <summary>Creates a service. With a client token, a second request finds the service of the first.</summary>
    public Task<EcsServiceAnswer> CreateServiceAsync(CreateServiceRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            WireOperation.OnceWithout(request.ClientToken, "CreateService"), request, Json.CreateServiceRequest, Json.EcsServiceAnswer,
            cancellationToken);

    /// <summary>Changes how many tasks a service runs.</summary>
    public Task<EcsServiceAnswer> UpdateServiceAsync(UpdateServiceRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("UpdateService", request, Json.UpdateServiceRequest, Json.EcsServiceAnswer, cancellationToken);

    /// <summary>Deletes a service. It is DRAINING until its tasks have ended, and INACTIVE then; until then its name is taken.</summary>
    public Task<EcsServiceAnswer> DeleteServiceAsync(DeleteServiceRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DeleteService", request, Json.DeleteServiceRequest, Json.EcsServiceAnswer, cancellationToken);

    /// <summary>Describes services, at most <see cref="MaxServices"/>. Unknown services are left out.</summary>
    public Task<DescribeServicesAnswer> DescribeServicesAsync(DescribeServicesRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DescribeServices", request, Json.DescribeServicesRequest, Json.DescribeServicesAnswer, cancellationToken);

    /// <summary>Lists the ARNs of a cluster's services, over all pages.</summary>
    public IAsyncEnumerable<string> ListServicesAsync(ListServicesRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListServices", request with { NextToken = page }, Json.ListServicesRequest, Json.ListServicesAnswer, token),
            answer => answer.ServiceArns, answer => answer.NextToken, cancellationToken);

    /// <summary>Lists the ARNs of a service's tasks, over all pages. Stopped tasks are listed for about an hour.</summary>
    public IAsyncEnumerable<string> ListTasksAsync(ListTasksRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListTasks", request with { NextToken = page }, Json.ListTasksRequest, Json.ListTasksAnswer, token),
            answer => answer.TaskArns, answer => answer.NextToken, cancellationToken);

    /// <summary>Describes tasks, at most <see cref="MaxTasks"/>. Unknown tasks are left out.</summary>
    public Task<DescribeTasksAnswer> DescribeTasksAsync(DescribeTasksRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DescribeTasks", request, Json.DescribeTasksRequest, Json.DescribeTasksAnswer, cancellationToken);

    /// <summary>Protects tasks, at most <see cref="MaxProtected"/>, from being ended when their service shrinks.</summary>
    public Task<UpdateTaskProtectionAnswer> UpdateTaskProtectionAsync(
        UpdateTaskProtectionRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            "UpdateTaskProtection", request, Json.UpdateTaskProtectionRequest, Json.UpdateTaskProtectionAnswer, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
