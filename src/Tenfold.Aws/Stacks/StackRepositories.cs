using Tenfold.Aws.Ecr;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Stacks;

/// <summary>Counts and deletes repositories that a stack leaves behind.</summary>
internal sealed class StackRepositories(AwsStack stack) : IDisposable
{
    private readonly EcrClient _ecr = new(stack.Options, stack.Time);

    /// <summary>Counts the images of a repository; null when there is no such repository.</summary>
    public async Task<KeptContent?> CountAsync(string repository, CancellationToken cancellationToken)
    {
        try
        {
            var digests = new HashSet<string>();
            await foreach (var image in _ecr.ListImagesAsync(new(repository), cancellationToken))
                if (image.ImageDigest is { } digest) digests.Add(digest);
            return new KeptContent(digests.Count, null, IsComplete: true);
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>Finds the repositories that ECR has made for cached public images. They are no part of the stack.</summary>
    public async Task<IReadOnlyList<string>> FindCachedAsync(CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await foreach (var repository in _ecr.DescribeRepositoriesAsync(new(), cancellationToken))
        {
            if (repository.RepositoryName.StartsWith($"{stack.Name}-public/", StringComparison.Ordinal))
                found.Add(repository.RepositoryName);
        }

        return found;
    }

    /// <summary>Deletes a repository; succeeds also when there is none.</summary>
    /// <param name="repository">The repository's name.</param>
    /// <param name="isForced">True to delete its images too.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when the repository has images, and they are to stay.</returns>
    public async Task<bool> DeleteAsync(string repository, bool isForced, CancellationToken cancellationToken)
    {
        try
        {
            await _ecr.DeleteRepositoryAsync(new(repository, isForced), cancellationToken);
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // Another process has deleted it.
        }
        catch (AwsException e) when (e.Code == "RepositoryNotEmptyException")
        {
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _ecr.Dispose();
}
