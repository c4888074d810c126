using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ssm;

/// <summary>Systems Manager's Parameter Store: the operations that passing secrets to jobs needs. Agents have this client too.</summary>
/// <remarks>Source: the API's model, ssm/2014-11-06.</remarks>
internal sealed class ParametersClient(AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    /// <summary>How many names <see cref="GetParametersAsync"/> and <see cref="DeleteParametersAsync"/> take.</summary>
    public const int MaxNames = 10;

    internal static readonly WireService Service = new("SSM", WireProtocol.Json11, "ssm", "ssm", "2014-11-06") { Target = "AmazonSSM" };

    private static readonly ParametersJson Json = ParametersJson.Default;
    private readonly WireClient _wire = WireClient.Create(Service, options, time);

    /// <summary>Writes a parameter. A second request writes the same value again.</summary>
    public Task<PutParameterAnswer> PutParameterAsync(PutParameterRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("PutParameter", request, Json.PutParameterRequest, Json.PutParameterAnswer, cancellationToken);

    /// <summary>Reads parameters, at most <see cref="MaxNames"/>. Unknown names are in the answer.</summary>
    public Task<GetParametersAnswer> GetParametersAsync(GetParametersRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("GetParameters", request, Json.GetParametersRequest, Json.GetParametersAnswer, cancellationToken);

    /// <summary>Lists the parameters below a path, over all pages.</summary>
    public IAsyncEnumerable<Parameter> GetParametersByPathAsync(GetParametersByPathRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "GetParametersByPath", request with { NextToken = page }, Json.GetParametersByPathRequest, Json.GetParametersByPathAnswer,
                token),
            answer => answer.Parameters, answer => answer.NextToken, cancellationToken);

    /// <summary>Deletes parameters, at most <see cref="MaxNames"/>; succeeds also for unknown names.</summary>
    public Task<DeleteParametersAnswer> DeleteParametersAsync(DeleteParametersRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DeleteParameters", request, Json.DeleteParametersRequest, Json.DeleteParametersAnswer, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
