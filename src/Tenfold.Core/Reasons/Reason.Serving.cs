namespace Tenfold.Core.Reasons;

/// <content>Why a model's traffic is divided as it is, and why an experiment ended.</content>
public abstract partial record Reason
{
    /// <summary>A model's first version gets all its traffic.</summary>
    /// <param name="Version">The version.</param>
    public sealed record FirstVersion(string Version) : Reason("first-version");

    /// <summary>A user divided the traffic.</summary>
    public sealed record TrafficSet() : Reason("traffic-set");

    /// <summary>A user took a version out of service.</summary>
    /// <param name="Version">The version.</param>
    public sealed record VersionReverted(string Version) : Reason("version-reverted");

    /// <summary>A user ended an experiment.</summary>
    public sealed record ExperimentStopped() : Reason("experiment-stopped");
}
