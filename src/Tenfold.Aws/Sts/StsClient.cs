using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Sts;

/// <summary>STS: who the user is for AWS.</summary>
/// <remarks>Source: the API's model, sts/2011-06-15.</remarks>
internal sealed class StsClient : IDisposable
{
    internal static readonly WireService Service = new("STS", WireProtocol.Query, "sts", "sts", "2011-06-15");

    private readonly AmazonSecurityTokenServiceClient _client;
    private readonly SdkCalls _calls;

    /// <summary>Creates a client with the settings of the user.</summary>
    /// <exception cref="AwsException">No region is set, or the endpoint is not a URL.</exception>
    public StsClient(AwsOptions? options = null, TimeProvider? time = null)
    {
        options ??= new AwsOptions();
        var config = new AmazonSecurityTokenServiceConfig();
        _calls = SdkCalls.Create(config, Service, options, time ?? TimeProvider.System);
        _client = new(options.Credentials, config);
    }

    /// <summary>Asks which account and identity the credentials belong to. Every valid identity may ask that.</summary>
    public async Task<CallerIdentity> GetCallerIdentityAsync(CancellationToken cancellationToken)
    {
        var answer = await _calls.RunAsync(
            "GetCallerIdentity", token => _client.GetCallerIdentityAsync(new GetCallerIdentityRequest(), token), cancellationToken);
        return new CallerIdentity(answer.Account, answer.Arn);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}

/// <summary>The identity that credentials belong to.</summary>
/// <param name="Account">The account's number, twelve digits.</param>
/// <param name="Arn">The user or the role's session.</param>
internal sealed record CallerIdentity(string Account, string Arn);
