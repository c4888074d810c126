using Tenfold.Core.Hosts;

namespace Tenfold.Aws.Wire;

/// <summary>Finds the region that a user's session has set, as AWS's own tools do.</summary>
internal static class SessionRegion
{
    /// <summary>The region: <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c>, or the profile's; null for none.</summary>
    public static string? Find(UserSession session) =>
        session.Environment.GetValueOrDefault("AWS_REGION") is { Length: > 0 } region ? region
        : session.Environment.GetValueOrDefault("AWS_DEFAULT_REGION") is { Length: > 0 } older ? older
        : Amazon.Runtime.FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: false)?.SystemName;
}
