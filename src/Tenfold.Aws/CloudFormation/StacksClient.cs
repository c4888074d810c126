using Tenfold.Aws.Wire;

namespace Tenfold.Aws.CloudFormation;

/// <summary>AWS CloudFormation: the operations that creating, following and deleting a stack needs.</summary>
/// <remarks>Source: the API's model, cloudformation/2010-05-15.</remarks>
internal sealed class StacksClient(AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    internal static readonly WireService Service = new(
        "CloudFormation", WireProtocol.Query, "cloudformation", "cloudformation", "2010-05-15");

    private static readonly StacksJson Json = StacksJson.Default;
    private readonly WireClient _wire = WireClient.Create(Service, options, time);

    /// <summary>The region of the stacks.</summary>
    public string Region => _wire.Region;

    /// <summary>True for Amazon's own endpoint; false for an emulator's.</summary>
    public bool IsAmazons => _wire.IsAmazons;

    /// <summary>Begins to update a stack without a change set. A lost answer is retried only with a client token.</summary>
    public Task<WireNothing> UpdateStackAsync(UpdateStackRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            WireOperation.OnceWithout(request.ClientRequestToken, "UpdateStack"), request, Json.UpdateStackRequest, Json.WireNothing,
            cancellationToken);

    /// <summary>Creates a change set, which CloudFormation then computes. A lost answer is retried only with a client token.</summary>
    public Task<CreateChangeSetAnswer> CreateChangeSetAsync(CreateChangeSetRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            WireOperation.OnceWithout(request.ClientToken, "CreateChangeSet"), request, Json.CreateChangeSetRequest,
            Json.CreateChangeSetAnswer, cancellationToken);

    /// <summary>Describes a change set, with the changes of one page.</summary>
    public Task<ChangeSet> DescribeChangeSetAsync(ChangeSetRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DescribeChangeSet", request, Json.ChangeSetRequest, Json.ChangeSet, cancellationToken);

    /// <summary>Lists the changes of a change set, over all pages.</summary>
    public IAsyncEnumerable<Change> ListChangesAsync(ChangeSetRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => DescribeChangeSetAsync(request with { NextToken = page }, token),
            answer => answer.Changes, answer => answer.NextToken, cancellationToken);

    /// <summary>Executes a change set, which deletes the stack's other ones. A lost answer is retried only with a client token.</summary>
    public Task<WireNothing> ExecuteChangeSetAsync(ExecuteChangeSetRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            WireOperation.OnceWithout(request.ClientRequestToken, "ExecuteChangeSet"), request, Json.ExecuteChangeSetRequest,
            Json.WireNothing, cancellationToken);

    /// <summary>Deletes a change set.</summary>
    public Task<WireNothing> DeleteChangeSetAsync(ChangeSetRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DeleteChangeSet", request, Json.ChangeSetRequest, Json.WireNothing, cancellationToken);

    /// <summary>Lists the change sets of a stack, over all pages.</summary>
    public IAsyncEnumerable<ChangeSetSummary> ListChangeSetsAsync(StackRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListChangeSets", request with { NextToken = page }, Json.StackRequest, Json.ListChangeSetsAnswer, token),
            answer => answer.Summaries, answer => answer.NextToken, cancellationToken);

    /// <summary>Lists stacks by status, over all pages; deleted ones for 90 days.</summary>
    public IAsyncEnumerable<StackSummary> ListStacksAsync(ListStacksRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListStacks", request with { NextToken = page }, Json.ListStacksRequest, Json.ListStacksAnswer, token),
            answer => answer.StackSummaries, answer => answer.NextToken, cancellationToken);

    /// <summary>
    /// Describes stacks, over all pages; all of them when none is named. An unknown name is <see cref="AwsFault.NotFound"/>; a deleted
    /// stack is found by its id only, for 90 days.
    /// </summary>
    public IAsyncEnumerable<Stack> DescribeStacksAsync(StackRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "DescribeStacks", request with { NextToken = page }, Json.StackRequest, Json.DescribeStacksAnswer, token),
            answer => answer.Stacks, answer => answer.NextToken, cancellationToken);

    /// <summary>Lists the events of a stack, the newest first, over all pages.</summary>
    public IAsyncEnumerable<StackEvent> DescribeStackEventsAsync(StackRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "DescribeStackEvents", request with { NextToken = page }, Json.StackRequest, Json.DescribeStackEventsAnswer, token),
            answer => answer.StackEvents, answer => answer.NextToken, cancellationToken);

    /// <summary>Lists the resources of a stack, over all pages.</summary>
    public IAsyncEnumerable<StackResource> ListStackResourcesAsync(StackRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListStackResources", request with { NextToken = page }, Json.StackRequest, Json.ListStackResourcesAnswer, token),
            answer => answer.StackResourceSummaries, answer => answer.NextToken, cancellationToken);

    /// <summary>Begins to delete a stack; succeeds also when there is none.</summary>
    public Task<WireNothing> DeleteStackAsync(DeleteStackRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DeleteStack", request, Json.DeleteStackRequest, Json.WireNothing, cancellationToken);

    /// <summary>Continues a rollback that failed. A lost answer is retried only with a client token.</summary>
    public Task<WireNothing> ContinueUpdateRollbackAsync(ContinueUpdateRollbackRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            WireOperation.OnceWithout(request.ClientRequestToken, "ContinueUpdateRollback"), request, Json.ContinueUpdateRollbackRequest,
            Json.WireNothing, cancellationToken);

    /// <summary>Begins to compare a stack's resources with its template. A lost answer is not retried.</summary>
    public async Task<string> DetectStackDriftAsync(StackRequest request, CancellationToken cancellationToken) =>
        (await _wire.CallAsync(
            WireOperation.Once("DetectStackDrift"), request, Json.StackRequest, Json.DetectStackDriftAnswer, cancellationToken))
        .StackDriftDetectionId;

    /// <summary>Describes a comparison that <see cref="DetectStackDriftAsync"/> began.</summary>
    public Task<DriftDetection> DescribeStackDriftDetectionStatusAsync(
        DriftDetectionRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            "DescribeStackDriftDetectionStatus", request, Json.DriftDetectionRequest, Json.DriftDetection, cancellationToken);

    /// <summary>Lists what the last comparison found, over all pages. It covers only properties that the template declares.</summary>
    public IAsyncEnumerable<ResourceDrift> DescribeStackResourceDriftsAsync(
        DescribeStackResourceDriftsRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "DescribeStackResourceDrifts", request with { NextToken = page }, Json.DescribeStackResourceDriftsRequest,
                Json.DescribeStackResourceDriftsAnswer, token),
            answer => answer.StackResourceDrifts, answer => answer.NextToken, cancellationToken);

    /// <summary>Checks a template's syntax, and lists its parameters and capabilities.</summary>
    public Task<ValidateTemplateAnswer> ValidateTemplateAsync(ValidateTemplateRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("ValidateTemplate", request, Json.ValidateTemplateRequest, Json.ValidateTemplateAnswer, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
