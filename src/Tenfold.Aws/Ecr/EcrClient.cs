using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ecr;

/// <summary>Amazon Elastic Container Registry: the operations that pushing and removing images needs.</summary>
/// <remarks>Source: the API's model, ecr/2015-09-21.</remarks>
internal sealed class EcrClient(AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    internal static readonly WireService Service = new("ECR", WireProtocol.Json11, "api.ecr", "ecr", "2015-09-21")
    {
        Target = "AmazonEC2ContainerRegistry_V20150921",
    };

    private static readonly EcrJson Json = EcrJson.Default;
    private readonly WireClient _wire = WireClient.Create(Service, options, time);

    /// <summary>Fetches a login for the account's registry; it is valid for 12 hours.</summary>
    public Task<GetAuthorizationTokenAnswer> GetAuthorizationTokenAsync(CancellationToken cancellationToken) =>
        _wire.CallAsync(
            "GetAuthorizationToken", new GetAuthorizationTokenRequest(), Json.GetAuthorizationTokenRequest,
            Json.GetAuthorizationTokenAnswer, cancellationToken);

    /// <summary>Lists repositories, over all pages; all of them when none is named.</summary>
    public IAsyncEnumerable<Repository> DescribeRepositoriesAsync(
        DescribeRepositoriesRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "DescribeRepositories", request with { NextToken = page }, Json.DescribeRepositoriesRequest,
                Json.DescribeRepositoriesAnswer, token),
            answer => answer.Repositories, answer => answer.NextToken, cancellationToken);

    /// <summary>Describes images of a repository, over all pages. An unknown image is <see cref="AwsFault.NotFound"/>.</summary>
    public IAsyncEnumerable<ImageDetail> DescribeImagesAsync(DescribeImagesRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "DescribeImages", request with { NextToken = page }, Json.DescribeImagesRequest, Json.DescribeImagesAnswer, token),
            answer => answer.ImageDetails, answer => answer.NextToken, cancellationToken);

    /// <summary>Lists the ids of a repository's images, over all pages.</summary>
    public IAsyncEnumerable<ImageId> ListImagesAsync(ListImagesRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListImages", request with { NextToken = page }, Json.ListImagesRequest, Json.ListImagesAnswer, token),
            answer => answer.ImageIds, answer => answer.NextToken, cancellationToken);

    /// <summary>Deletes images, at most 100. The answer says which could not be deleted.</summary>
    public Task<BatchDeleteImageAnswer> BatchDeleteImageAsync(BatchDeleteImageRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("BatchDeleteImage", request, Json.BatchDeleteImageRequest, Json.BatchDeleteImageAnswer, cancellationToken);

    /// <summary>Deletes a repository, with its images if that is forced.</summary>
    public Task<WireNothing> DeleteRepositoryAsync(DeleteRepositoryRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DeleteRepository", request, Json.DeleteRepositoryRequest, Json.WireNothing, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
