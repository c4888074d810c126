using Tenfold.Aws.Wire;

namespace Tenfold.Aws.ServiceQuotas;

/// <summary>Service Quotas: how much of a service the account may use.</summary>
/// <remarks>Source: the API's model, service-quotas/2019-06-24.</remarks>
internal sealed class QuotasClient(AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    internal static readonly WireService Service = new(
        "Service Quotas", WireProtocol.Json11, "servicequotas", "servicequotas", "2019-06-24")
    {
        Target = "ServiceQuotasV20190624",
    };

    private static readonly QuotasJson Json = QuotasJson.Default;
    private readonly WireClient _wire = WireClient.Create(Service, options, time);

    /// <summary>The account's value of a quota.</summary>
    public Task<GetServiceQuotaAnswer> GetServiceQuotaAsync(GetServiceQuotaRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("GetServiceQuota", request, Json.GetServiceQuotaRequest, Json.GetServiceQuotaAnswer, cancellationToken);

    /// <summary>AWS's default value of a quota, for an account that has none of its own.</summary>
    public Task<GetServiceQuotaAnswer> GetDefaultQuotaAsync(GetServiceQuotaRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync(
            "GetAWSDefaultServiceQuota", request, Json.GetServiceQuotaRequest, Json.GetServiceQuotaAnswer, cancellationToken);

    /// <summary>Lists the quotas of a service, over all pages.</summary>
    public IAsyncEnumerable<ServiceQuota> ListServiceQuotasAsync(ListServiceQuotasRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "ListServiceQuotas", request with { NextToken = page }, Json.ListServiceQuotasRequest, Json.ListServiceQuotasAnswer, token),
            answer => answer.Quotas, answer => answer.NextToken, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
