using Tenfold.App.Serving.Keys;
using Tenfold.Core.Requests.Remote;
using Tenfold.Core.Requests;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway;

/// <summary>What a gateway works with.</summary>
public sealed record GatewayParts
{
    /// <summary>The ledger of versions and routes.</summary>
    public required IVersionLedger Ledger { get; init; }

    /// <summary>Starts versions.</summary>
    public required IReplicaHost Replicas { get; init; }

    /// <summary>Records requests.</summary>
    public required IRequestRecorder Recorder { get; init; }

    /// <summary>The loaded requests, which the old contract lists.</summary>
    public required IRequestLog Log { get; init; }

    /// <summary>The API keys; null for those in the home.</summary>
    public IApiKeys? Keys { get; init; }

    /// <summary>Answers users' calls of the request log; null when users can connect to its database themselves.</summary>
    public LogResponder? Responder { get; init; }

    /// <summary>Who changes a route when a version is rolled back.</summary>
    public string By { get; init; } = "gateway";

    /// <summary>The cluster of ECS whose services are told how many requests their tasks get; null for none.</summary>
    public string? Cluster { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
