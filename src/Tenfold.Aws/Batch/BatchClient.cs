using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Batch;

/// <summary>AWS Batch: the operations that submitting and following jobs needs.</summary>
/// <remarks>Source: the API's model, batch/2016-08-10.</remarks>
internal sealed class BatchClient(AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    /// <summary>How many jobs <see cref="DescribeJobsAsync"/> takes.</summary>
    public const int MaxJobs = 100;

    internal static readonly WireService Service = new("Batch", WireProtocol.RestJson, "batch", "batch", "2016-08-10");
    private static readonly BatchJson Json = BatchJson.Default;
    private readonly WireClient _wire = WireClient.Create(Service, options, time);

    /// <summary>Submits a job. Batch knows no token: a second request makes a second job, so a lost answer is not retried.</summary>
    /// <remarks>When <see cref="AwsException.MayHaveTakenEffect"/> is true, look for the job by its name and tags first.</remarks>
    public Task<SubmitJobAnswer> SubmitJobAsync(SubmitJobRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(WireOperation.Once("SubmitJob"), request, Json.SubmitJobRequest, Json.SubmitJobAnswer, cancellationToken);

    /// <summary>Describes jobs, at most <see cref="MaxJobs"/>. Unknown jobs, and some new ones, are left out.</summary>
    public Task<DescribeJobsAnswer> DescribeJobsAsync(DescribeJobsRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DescribeJobs", request, Json.DescribeJobsRequest, Json.DescribeJobsAnswer, cancellationToken);

    /// <summary>Lists the jobs of a queue or an array, over all pages. Without status and filter, only running jobs.</summary>
    public IAsyncEnumerable<JobSummary> ListJobsAsync(ListJobsRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListJobs", request with { NextToken = page }, Json.ListJobsRequest, Json.ListJobsAnswer, token),
            answer => answer.JobSummaryList, answer => answer.NextToken, cancellationToken);

    /// <summary>Ends a job at any state; its process receives SIGTERM, and SIGKILL 30 seconds later. An array's jobs end too.</summary>
    public Task<WireNothing> TerminateJobAsync(TerminateJobRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("TerminateJob", request, Json.TerminateJobRequest, Json.WireNothing, cancellationToken);

    /// <summary>Cancels a job that has not started. From STARTING on, the call succeeds and the job runs on.</summary>
    public Task<WireNothing> CancelJobAsync(CancelJobRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("CancelJob", request, Json.CancelJobRequest, Json.WireNothing, cancellationToken);

    /// <summary>Lists job definitions, over all pages.</summary>
    public IAsyncEnumerable<JobDefinition> DescribeJobDefinitionsAsync(
        DescribeJobDefinitionsRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "DescribeJobDefinitions", request with { NextToken = page }, Json.DescribeJobDefinitionsRequest,
                Json.DescribeJobDefinitionsAnswer, token),
            answer => answer.JobDefinitions, answer => answer.NextToken, cancellationToken);

    /// <summary>Registers a job definition, or its next revision. A lost answer is not retried.</summary>
    public Task<RegisterJobDefinitionAnswer> RegisterJobDefinitionAsync(
        RegisterJobDefinitionRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            WireOperation.Once("RegisterJobDefinition"), request, Json.RegisterJobDefinitionRequest, Json.RegisterJobDefinitionAnswer,
            cancellationToken);

    /// <summary>Deregisters a revision of a job definition. Jobs that were submitted with it go on.</summary>
    public Task<WireNothing> DeregisterJobDefinitionAsync(
        DeregisterJobDefinitionRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            "DeregisterJobDefinition", request, Json.DeregisterJobDefinitionRequest, Json.WireNothing, cancellationToken);

    /// <summary>Lists job queues, over all pages; all queues when none is named.</summary>
    public IAsyncEnumerable<JobQueue> DescribeJobQueuesAsync(DescribeJobQueuesRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "DescribeJobQueues", request with { NextToken = page }, Json.DescribeJobQueuesRequest, Json.DescribeJobQueuesAnswer, token),
            answer => answer.JobQueues, answer => answer.NextToken, cancellationToken);

    /// <summary>Lists compute environments, over all pages; all of them when none is named.</summary>
    public IAsyncEnumerable<ComputeEnvironment> DescribeComputeEnvironmentsAsync(
        DescribeComputeEnvironmentsRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "DescribeComputeEnvironments", request with { NextToken = page }, Json.DescribeComputeEnvironmentsRequest,
                Json.DescribeComputeEnvironmentsAnswer, token),
            answer => answer.ComputeEnvironments, answer => answer.NextToken, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
