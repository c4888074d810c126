using Tenfold.Aws.Wire;

namespace Tenfold.Aws.ServiceQuotas;

/// <summary>Names a quota, for example <c>ec2</c> and <c>L-1216C47A</c>.</summary>
internal sealed record GetServiceQuotaRequest(string ServiceCode, string QuotaCode);

/// <summary>A quota.</summary>
internal sealed record GetServiceQuotaAnswer : WireAnswer
{
    /// <summary>The quota.</summary>
    public required ServiceQuota Quota { get; init; }
}

/// <summary>A quota of a service.</summary>
internal sealed record ServiceQuota
{
    /// <summary>The service's code.</summary>
    public string? ServiceCode { get; init; }

    /// <summary>The quota's code.</summary>
    public string? QuotaCode { get; init; }

    /// <summary>The quota's name.</summary>
    public string? QuotaName { get; init; }

    /// <summary>The value.</summary>
    public double? Value { get; init; }

    /// <summary>The unit; <c>None</c> for a count.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether a higher value can be asked for.</summary>
    public bool? Adjustable { get; init; }
}

/// <summary>Lists the quotas of a service.</summary>
internal sealed record ListServiceQuotasRequest(string ServiceCode)
{
    /// <summary>The size of a page, at most 100.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of quotas.</summary>
internal sealed record ListServiceQuotasAnswer : WireAnswer
{
    /// <summary>The quotas.</summary>
    public IReadOnlyList<ServiceQuota> Quotas { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}
