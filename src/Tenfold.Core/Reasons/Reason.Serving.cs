using System.Text.Json.Serialization;

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

    /// <summary>A version lost its traffic, because none of its replicas was ready.</summary>
    /// <param name="Version">The version.</param>
    /// <param name="Fault">Why the last replica failed; null when it is not known.</param>
    public sealed record VersionNotReady(string Version, string? Fault) : Reason("version-not-ready");

    /// <summary>A version lost its traffic, because a replica failed again and again.</summary>
    /// <param name="Version">The version.</param>
    /// <param name="Fault">Why the last replica failed; null when it is not known.</param>
    public sealed record VersionCrashes(string Version, string? Fault) : Reason("version-crashes");

    /// <summary>A version lost its traffic, because more of its requests failed, or were slow, than of the baseline's.</summary>
    /// <param name="Version">The version.</param>
    /// <param name="Baseline">The version that it was compared with.</param>
    /// <param name="Kind">What was counted.</param>
    /// <param name="Events">The keys with such a request in the version, and requests without a key, since its share last changed.</param>
    /// <param name="BaselineEvents">Those of the baseline.</param>
    /// <param name="Share">The version's share of the traffic of both.</param>
    /// <param name="PValue">The p-value, which is valid however often one looks.</param>
    public sealed record VersionFaulty(
        string Version, string Baseline, RequestFault Kind, long Events, long BaselineEvents, double Share, double PValue)
        : Reason("version-faulty")
    {
        /// <summary>From which latency on a request was slow; null for failed requests.</summary>
        public TimeSpan? SlowFrom { get; init; }
    }

    /// <summary>A user ended an experiment.</summary>
    public sealed record ExperimentStopped() : Reason("experiment-stopped");
}

/// <summary>What can be wrong with a single request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RequestFault>))]
public enum RequestFault
{
    /// <summary>It failed on the server's side: a status of 500 or more, no ready replica, no reply in time, or a broken reply.</summary>
    Failed,

    /// <summary>It took much longer than most requests of the baseline.</summary>
    Slow,
}
