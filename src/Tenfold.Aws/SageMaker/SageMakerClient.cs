using Tenfold.Aws.Wire;

namespace Tenfold.Aws.SageMaker;

/// <summary>Amazon SageMaker: the operations that training jobs need.</summary>
/// <remarks>Source: the API's model, sagemaker/2017-07-24.</remarks>
internal sealed class SageMakerClient(AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    /// <summary>The most entries of a page.</summary>
    public const int MaxPage = 100;

    internal static readonly WireService Service = new("SageMaker", WireProtocol.Json11, "api.sagemaker", "sagemaker", "2017-07-24")
    {
        Target = "SageMaker",
    };

    private static readonly SageMakerJson Json = SageMakerJson.Default;
    private readonly WireClient _wire = WireClient.Create(Service, options, time);

    /// <summary>
    /// Creates a training job. Its name is taken for ever, so a second request fails with <see cref="AwsFault.Conflict"/>. A lost answer is
    /// not retried: describe the job to learn whether it exists.
    /// </summary>
    public Task<CreateTrainingJobAnswer> CreateTrainingJobAsync(CreateTrainingJobRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            WireOperation.Once("CreateTrainingJob"), request, Json.CreateTrainingJobRequest, Json.CreateTrainingJobAnswer,
            cancellationToken);

    /// <summary>Describes a training job.</summary>
    public Task<TrainingJob> DescribeTrainingJobAsync(TrainingJobName request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DescribeTrainingJob", request, Json.TrainingJobName, Json.TrainingJob, cancellationToken);

    /// <summary>
    /// Stops a training job: process 1 of its container receives SIGTERM, and SIGKILL 120 seconds later. A job that has ended is
    /// <see cref="AwsFault.Invalid"/>.
    /// </summary>
    public Task<WireNothing> StopTrainingJobAsync(TrainingJobName request, CancellationToken cancellationToken) =>
        _wire.CallAsync("StopTrainingJob", request, Json.TrainingJobName, Json.WireNothing, cancellationToken);

    /// <summary>Deletes a training job that has ended, which frees its name.</summary>
    public Task<WireNothing> DeleteTrainingJobAsync(TrainingJobName request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DeleteTrainingJob", request, Json.TrainingJobName, Json.WireNothing, cancellationToken);

    /// <summary>Lists training jobs, over all pages.</summary>
    /// <remarks>A page may be empty, because SageMaker filters by status after it cuts the pages.</remarks>
    public IAsyncEnumerable<TrainingJobSummary> ListTrainingJobsAsync(
        ListTrainingJobsRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListTrainingJobs", request with { NextToken = page }, Json.ListTrainingJobsRequest, Json.ListTrainingJobsAnswer, token),
            answer => answer.TrainingJobSummaries, answer => answer.NextToken, cancellationToken);

    /// <summary>Adds tags to a resource, or replaces their values.</summary>
    public Task<AddTagsAnswer> AddTagsAsync(AddTagsRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("AddTags", request, Json.AddTagsRequest, Json.AddTagsAnswer, cancellationToken);

    /// <summary>Lists the tags of a resource, over all pages.</summary>
    public IAsyncEnumerable<Tag> ListTagsAsync(ListTagsRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListTags", request with { NextToken = page }, Json.ListTagsRequest, Json.ListTagsAnswer, token),
            answer => answer.Tags, answer => answer.NextToken, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
