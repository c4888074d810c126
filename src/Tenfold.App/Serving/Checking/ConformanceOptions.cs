namespace Tenfold.App.Serving.Checking;

/// <summary>What a service is checked with.</summary>
public sealed record ConformanceOptions
{
    /// <summary>The body of a request that the service must answer; null when there is none: then <c>{}</c> is sent, and any answer
    /// below 500 will do.</summary>
    public ReadOnlyMemory<byte>? Sample { get; init; }

    /// <summary>The project's own test, for /bin/sh; null for none.</summary>
    public string? Test { get; init; }

    /// <summary>How long the service may take to become ready; default 8 minutes.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>How long one request may take; default 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the project's own test may take; default 10 minutes.</summary>
    public TimeSpan TestTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time from SIGTERM to SIGKILL; default 25 s, as the container contract says.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(25);
}
