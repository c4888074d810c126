using Amazon.Runtime;
using Amazon.S3;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.S3;

/// <summary>Creates the client of Amazon's SDK, which finds endpoint, region and credentials by its own chain.</summary>
internal static class S3Client
{
    /// <exception cref="NoRegionException">Neither a region nor another server is configured.</exception>
    /// <exception cref="WrongRegionException">The configured region has a name that no region can have.</exception>
    public static AmazonS3Client Create(S3Options options, out string endpoint, out bool isAmazon)
    {
        var config = new AmazonS3Config
        {
            // Requests carry a SHA-256 anyway, and servers other than Amazon's may not support the newer checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RetryMode = RequestRetryMode.Standard,
            // One quick retry, which also corrects a slightly wrong clock. S3Calls does the longer waiting.
            MaxErrorRetry = 1,
            // Credentials are sent only to the endpoint that the user has set.
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            Timeout = TimeSpan.FromSeconds(100),
        };
        var own = options.Endpoint ?? config.ServiceURL;
        isAmazon = own is null;
        if (own is null)
        {
            config.RegionEndpoint = Regions.Find(options.Region, config.RegionEndpoint);
            endpoint = $"S3 in {config.RegionEndpoint.SystemName}";
        }
        else
        {
            var region = options.Region
                ?? FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: false)?.SystemName ?? "us-east-1";
            config.ServiceURL = own;
            config.AuthenticationRegion = region;
            config.ForcePathStyle = true;
            endpoint = own.TrimEnd('/');
        }
        return new AmazonS3Client(config);
    }
}
