using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ecr;

/// <summary>Fetches a login.</summary>
internal sealed record GetAuthorizationTokenRequest;

/// <summary>The login.</summary>
internal sealed record GetAuthorizationTokenAnswer : WireAnswer
{
    /// <summary>One login for the account's registry.</summary>
    public IReadOnlyList<AuthorizationData> AuthorizationData { get => field ?? []; init; }
}

/// <summary>A login for a registry. The token is a password, so this record never shows it.</summary>
internal sealed record AuthorizationData
{
    /// <summary><c>AWS:PASSWORD</c> in base 64.</summary>
    public required string AuthorizationToken { get; init; }

    /// <summary>The registry's URL.</summary>
    public required string ProxyEndpoint { get; init; }

    /// <summary>When the token expires.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"AuthorizationData {{ {ProxyEndpoint}, expires {ExpiresAt:u} }}";
}

/// <summary>Lists repositories.</summary>
internal sealed record DescribeRepositoriesRequest
{
    /// <summary>The names; null for all.</summary>
    public IReadOnlyList<string>? RepositoryNames { get; init; }

    /// <summary>The size of a page.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of repositories.</summary>
internal sealed record DescribeRepositoriesAnswer : WireAnswer
{
    /// <summary>The repositories.</summary>
    public IReadOnlyList<Repository> Repositories { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A repository.</summary>
internal sealed record Repository
{
    /// <summary>The name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The address for pulling and pushing.</summary>
    public required string RepositoryUri { get; init; }

    /// <summary>The ARN.</summary>
    public string? RepositoryArn { get; init; }

    /// <summary>The account.</summary>
    public string? RegistryId { get; init; }

    /// <summary>When the repository was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary><c>MUTABLE</c> or <c>IMMUTABLE</c>.</summary>
    public string? ImageTagMutability { get; init; }
}

/// <summary>Names an image by digest, by tag, or by both.</summary>
internal sealed record ImageId
{
    /// <summary>The digest, <c>sha256:…</c>.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The tag.</summary>
    public string? ImageTag { get; init; }
}

/// <summary>Describes images of a repository.</summary>
internal sealed record DescribeImagesRequest(string RepositoryName)
{
    /// <summary>The account of the registry; null for the caller's own.</summary>
    public string? RegistryId { get; init; }

    /// <summary>The images; null for all.</summary>
    public IReadOnlyList<ImageId>? ImageIds { get; init; }

    /// <summary>The size of a page; not together with ids.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of images.</summary>
internal sealed record DescribeImagesAnswer : WireAnswer
{
    /// <summary>The images.</summary>
    public IReadOnlyList<ImageDetail> ImageDetails { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>An image.</summary>
internal sealed record ImageDetail
{
    /// <summary>The digest.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>The tags; empty for an image that lost its tag.</summary>
    public IReadOnlyList<string> ImageTags { get => field ?? []; init; }

    /// <summary>The compressed size.</summary>
    public long? ImageSizeInBytes { get; init; }

    /// <summary>When the image was pushed.</summary>
    public DateTimeOffset? ImagePushedAt { get; init; }

    /// <summary>When the image was last pulled, to the day.</summary>
    public DateTimeOffset? LastRecordedPullTime { get; init; }
}

/// <summary>Lists the images of a repository.</summary>
internal sealed record ListImagesRequest(string RepositoryName)
{
    /// <summary>The size of a page.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of image ids.</summary>
internal sealed record ListImagesAnswer : WireAnswer
{
    /// <summary>The ids; an image with two tags has two.</summary>
    public IReadOnlyList<ImageId> ImageIds { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>Deletes images of a repository.</summary>
internal sealed record BatchDeleteImageRequest(string RepositoryName, IReadOnlyList<ImageId> ImageIds);

/// <summary>What was deleted, and what was not.</summary>
internal sealed record BatchDeleteImageAnswer : WireAnswer
{
    /// <summary>The deleted images.</summary>
    public IReadOnlyList<ImageId> ImageIds { get => field ?? []; init; }

    /// <summary>The images that were not deleted.</summary>
    public IReadOnlyList<ImageFailure> Failures { get => field ?? []; init; }
}

/// <summary>Why an image was not deleted.</summary>
internal sealed record ImageFailure(ImageId? ImageId, string? FailureCode, string? FailureReason);

/// <summary>Deletes a repository.</summary>
/// <param name="RepositoryName">The name.</param>
/// <param name="Force">True to delete a repository that has images.</param>
internal sealed record DeleteRepositoryRequest(string RepositoryName, bool Force);
