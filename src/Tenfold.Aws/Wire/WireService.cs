using Amazon;

namespace Tenfold.Aws.Wire;

/// <summary>How a service encodes requests and answers.</summary>
internal enum WireProtocol
{
    /// <summary>JSON, with the operation in the path.</summary>
    RestJson,

    /// <summary>JSON, with the operation in a header.</summary>
    Json11,

    /// <summary>A form with the operation among its fields; the answer is XML.</summary>
    Query,
}

/// <summary>Identifies a service of AWS.</summary>
/// <param name="Id">The service id, from which <c>AWS_ENDPOINT_URL_…</c> is made.</param>
/// <param name="Protocol">How the service encodes requests and answers.</param>
/// <param name="Host">The start of the host name, in front of the region.</param>
/// <param name="SigningName">The service's name in signatures and permissions.</param>
/// <param name="Version">The version of the service's API.</param>
/// <remarks>Source: the "metadata" of each service model (service-2.json), and endpoint-rule-set-1.json for the hosts.</remarks>
internal sealed record WireService(string Id, WireProtocol Protocol, string Host, string SigningName, string Version)
{
    /// <summary>The prefix of the operation in the header <c>X-Amz-Target</c>; null except for <see cref="WireProtocol.Json11"/>.</summary>
    public string? Target { get; init; }

    /// <summary>True for IAM, which has one endpoint for all regions of a partition.</summary>
    public bool IsGlobal { get; init; }

    /// <summary>The service's endpoint in a region.</summary>
    public string UrlIn(RegionEndpoint region) => IsGlobal
        ? $"https://{GlobalHostIn(region)}/"
        : $"https://{Host}.{region.SystemName}.{region.PartitionDnsSuffix}/";

    /// <summary>The region in the signature of a request to a region.</summary>
    public string SigningRegion(string region) => !IsGlobal ? region : RegionEndpoint.GetBySystemName(region).PartitionName switch
    {
        "aws" => "us-east-1",
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        _ => region,
    };

    private string GlobalHostIn(RegionEndpoint region) => region.PartitionName switch
    {
        "aws" => $"{Host}.amazonaws.com",
        "aws-us-gov" => $"{Host}.us-gov.amazonaws.com",
        _ => $"{Host}.{SigningRegion(region.SystemName)}.{region.PartitionDnsSuffix}",
    };
}
