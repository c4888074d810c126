using System.Text;
using System.Text.RegularExpressions;
using Tenfold.Aws.Ecr;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Images;

/// <summary>A repository for images in Amazon's registry.</summary>
/// <remarks>Source: ECR user guide, "Private registry authentication".</remarks>
public sealed partial class EcrRegistry : IDisposable
{
    private readonly EcrClient _client;

    internal EcrRegistry(string repository, AwsOptions options, TimeProvider time) =>
        (Repository, _client) = (repository, new EcrClient(options, time));

    /// <summary>The repository's address, <c>ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME</c>.</summary>
    public string Repository { get; }

    /// <summary>The repository of an address; null when the address is not Amazon's.</summary>
    /// <param name="repository">The address.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">How to connect to AWS, but for the region, which the address names; default: the user's settings.</param>
    /// <exception cref="AwsException">The endpoint is not a URL.</exception>
    public static EcrRegistry? TryOpen(string repository, TimeProvider time, AwsOptions? options = null) =>
        Host().Match(repository) is { Success: true } host
            ? new EcrRegistry(repository, (options ?? new AwsOptions()) with { Region = host.Groups["region"].Value }, time) : null;

    /// <summary>Finds the image with a tag.</summary>
    /// <returns>Its digest, <c>sha256:…</c>; null when no image has the tag.</returns>
    /// <exception cref="AwsException">AWS refused the call, or gave no answer.</exception>
    public async Task<string?> FindAsync(string tag, CancellationToken cancellationToken)
    {
        try
        {
            var request = new DescribeImagesRequest(Repository[(Repository.IndexOf('/', StringComparison.Ordinal) + 1)..])
            {
                // Without it, ECR searches the caller's own account.
                RegistryId = Host().Match(Repository) is { Success: true } host ? host.Groups["account"].Value : null,
                ImageIds = [new ImageId { ImageTag = tag }],
            };
            await foreach (var image in _client.DescribeImagesAsync(request, cancellationToken)) return image.ImageDigest;
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // ECR answers so for a tag that no image has.
        }

        return null;
    }

    /// <summary>Fetches a login, which is valid for 12 hours.</summary>
    /// <exception cref="AwsException">AWS refused the call, or gave no answer.</exception>
    public async Task<(string User, string Password)> LogInAsync(CancellationToken cancellationToken)
    {
        var answer = await _client.GetAuthorizationTokenAsync(cancellationToken);
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(answer.AuthorizationData[0].AuthorizationToken));
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return (text[..colon], text[(colon + 1)..]);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // The whole host: one that only begins or ends like Amazon's would get the password. `user-data-image.sh` has the same rule.
    [GeneratedRegex(@"^(?<account>[0-9]{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?(/|\z)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Host();
}
