using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace Tenfold.Aws.Wire;

/// <summary>
/// The credentials of the user's shell, found at each call as AWS's own tools find them. The SDK's client of EC2 otherwise looks for them
/// when it is created, and throws there when there are none.
/// </summary>
internal sealed class ChainCredentials : AWSCredentials
{
    /// <inheritdoc/>
    public override ImmutableCredentials GetCredentials() => DefaultAWSCredentialsIdentityResolver.GetCredentials().GetCredentials();

    /// <inheritdoc/>
    public override Task<ImmutableCredentials> GetCredentialsAsync() =>
        DefaultAWSCredentialsIdentityResolver.GetCredentials().GetCredentialsAsync();
}
