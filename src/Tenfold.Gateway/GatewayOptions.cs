namespace Tenfold.Gateway;

/// <summary>What a gateway is started with.</summary>
public sealed record GatewayOptions
{
    /// <summary>The address that the gateway listens on; default: this machine only. Port 0 takes a free port.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";
}
