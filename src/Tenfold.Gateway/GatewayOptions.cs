using Tenfold.App.Serving.Rollouts;

namespace Tenfold.Gateway;

/// <summary>What a gateway is started with.</summary>
public sealed record GatewayOptions
{
    /// <summary>The address that the gateway listens on; default: this machine only. Port 0 takes a free port.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The folder to which Tenfold writes. The API keys are in it.</summary>
    public required string Home { get; init; }

    /// <summary>The model that the old contract (<c>POST /run/</c>) is about; null: the only model, if there is one.</summary>
    public string? OldContractModel { get; init; }

    /// <summary>How often the gateway asks the ledger and the file of keys for changes; default: once a second.</summary>
    public TimeSpan PollPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a streamed reply may take in all; default: one hour. Its parts must come within the version's timeout.</summary>
    public TimeSpan StreamLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>When a version loses its traffic; null for the defaults.</summary>
    public RolloutOptions? Rollouts { get; init; }

    /// <summary>The file in which the gateway keeps what its rollouts know.</summary>
    public string RolloutFile => Path.Combine(Home, "serving", "rollouts.json");

    /// <summary>How requests reach the models; for measurements.</summary>
    public ForwardingChoice Forwarding { get; init; }
}

/// <summary>How requests reach the models.</summary>
public enum ForwardingChoice
{
    /// <summary>Short requests directly, all others with YARP.</summary>
    Automatic,

    /// <summary>All requests with YARP.</summary>
    Yarp,
}
