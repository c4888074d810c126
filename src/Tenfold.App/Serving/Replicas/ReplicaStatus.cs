namespace Tenfold.App.Serving.Replicas;

/// <summary>The states of a replica.</summary>
public enum ReplicaState
{
    /// <summary>Its process runs and is not ready yet.</summary>
    Starting,

    /// <summary>It answers <c>GET /ping</c> with 200.</summary>
    Ready,

    /// <summary>It was ready, and is not ready now.</summary>
    Unready,

    /// <summary>Its process has ended, and is started again after a pause.</summary>
    Waiting,

    /// <summary>It finishes what is in flight.</summary>
    Draining,

    /// <summary>It has stopped, and is not started again.</summary>
    Stopped,
}

/// <summary>A replica as it is now. Immutable.</summary>
/// <param name="Number">Its number among the version's replicas, from 1.</param>
/// <param name="State">Its state.</param>
/// <param name="Endpoint">Where it answers, such as <c>http://127.0.0.1:21000</c>; null while it has no process.</param>
/// <param name="Process">The id of its process; null while it has none.</param>
/// <param name="Failures">How many failures in a row it has had, without a stable time between them.</param>
/// <param name="Fault">Why it failed last; null when it has not failed since it was stable.</param>
/// <param name="Log">The file of its output.</param>
public sealed record ReplicaStatus(
    int Number, ReplicaState State, Uri? Endpoint, int? Process, int Failures, ReplicaFault? Fault, string Log);

/// <summary>A version's replicas as they are now. Immutable.</summary>
/// <param name="Replicas">The replicas, by number.</param>
/// <param name="IsCrashLooping">True when a replica fails again and again.</param>
public sealed record VersionStatus(IReadOnlyList<ReplicaStatus> Replicas, bool IsCrashLooping)
{
    /// <summary>The endpoints of the replicas that are ready.</summary>
    public IReadOnlyList<Uri> Ready { get; } =
        [.. Replicas.Where(replica => replica.State == ReplicaState.Ready).Select(replica => replica.Endpoint!)];

    /// <summary>Why a replica failed; null when none has failed since it was stable.</summary>
    public ReplicaFault? Fault => Replicas.Select(replica => replica.Fault).FirstOrDefault(fault => fault is not null);
}
