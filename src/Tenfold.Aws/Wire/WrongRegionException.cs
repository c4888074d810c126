using Amazon.Runtime;

namespace Tenfold.Aws.Wire;

/// <summary>The configured AWS region has a name that no region can have.</summary>
/// <param name="fault">What is wrong with the name.</param>
internal sealed class WrongRegionException(string fault) : AmazonClientException(fault);
