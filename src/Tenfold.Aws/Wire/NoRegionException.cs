using Amazon.Runtime;

namespace Tenfold.Aws.Wire;

/// <summary>No AWS region is configured, and no other server.</summary>
internal sealed class NoRegionException() : AmazonClientException("no AWS region is set");
