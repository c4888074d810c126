using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ssm;

/// <summary>Systems Manager: public parameters, by which AWS publishes the ids of its current images.</summary>
/// <remarks>Source: the API's model, ssm/2014-11-06.</remarks>
internal sealed class SsmClient : IDisposable
{
    internal static WireService Service => ParametersClient.Service;

    private readonly AmazonSimpleSystemsManagementClient _client;
    private readonly SdkCalls _calls;

    /// <summary>Creates a client with the settings of the user.</summary>
    /// <exception cref="AwsException">No region is set, or the endpoint is not a URL.</exception>
    public SsmClient(AwsOptions? options = null, TimeProvider? time = null)
    {
        options ??= new AwsOptions();
        var config = new AmazonSimpleSystemsManagementConfig();
        _calls = SdkCalls.Create(config, Service, options, time ?? TimeProvider.System);
        _client = new(options.Credentials, config);
    }

    /// <summary>Reads a parameter.</summary>
    /// <exception cref="AwsException">There is no such parameter (<see cref="AwsFault.NotFound"/>), or the call failed.</exception>
    public async Task<string> GetParameterAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await _calls.RunAsync(
            "GetParameter", token => _client.GetParameterAsync(new GetParameterRequest { Name = name }, token), cancellationToken);
        return answer.Parameter.Value;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
