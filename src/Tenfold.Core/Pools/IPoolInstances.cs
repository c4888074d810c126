using Tenfold.Core.Targets;

namespace Tenfold.Core.Pools;

/// <summary>Machines of a cloud that exist, and that a pool starts and stops. Every call names them by their ids.</summary>
/// <remarks>Every call may throw <see cref="TargetException"/>: the cloud does not answer, or refuses the credentials.</remarks>
public interface IPoolInstances
{
    /// <summary>Finds instances.</summary>
    /// <returns>One for each id, in order. An id that the cloud doesn't know is <see cref="InstanceState.Missing"/>.</returns>
    Task<IReadOnlyList<PoolInstance>> ListAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Starts a stopped instance. Idempotent: one that starts or runs stays as it is.</summary>
    /// <returns>Null when it starts; or why not.</returns>
    Task<InstanceRefusal?> StartAsync(string id, CancellationToken cancellationToken);

    /// <summary>Stops a running instance, which can be started again. Idempotent: one that stops or is stopped stays as it is.</summary>
    /// <returns>Null when it stops; or why not.</returns>
    Task<InstanceRefusal?> StopAsync(string id, CancellationToken cancellationToken);

    /// <summary>Says whether an instance that shuts itself down is deleted for ever.</summary>
    /// <returns>Null when the user may not ask.</returns>
    Task<bool?> IsDeletedByShutdownAsync(string id, CancellationToken cancellationToken);
}

/// <summary>An instance.</summary>
/// <param name="Id">Its id, such as <c>i-0abc</c>.</param>
/// <param name="State">What it does now.</param>
public sealed record PoolInstance(string Id, InstanceState State)
{
    /// <summary>Its type, such as <c>g5.xlarge</c>; empty when unknown.</summary>
    public string Type { get; init; } = "";

    /// <summary>What it has; null when that isn't known.</summary>
    public PoolRoom? Size { get; init; }

    /// <summary>What an hour costs in US dollars; null when that isn't known.</summary>
    public decimal? UsdPerHour { get; init; }

    /// <summary>When it was started last, by the cloud's clock; null when unknown.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The cloud's code for why it is in its state, such as <c>Server.ScheduledStop</c>; null for none.</summary>
    public string? Code { get; init; }
}

/// <summary>The states of an instance.</summary>
public enum InstanceState
{
    /// <summary>The cloud doesn't know it.</summary>
    Missing,

    /// <summary>It starts.</summary>
    Starting,

    /// <summary>It runs, and is paid for.</summary>
    Running,

    /// <summary>It stops. It can't be started before it has stopped.</summary>
    Stopping,

    /// <summary>It can be started.</summary>
    Stopped,

    /// <summary>It was deleted for ever, or is being deleted.</summary>
    Deleted,
}

/// <summary>Why the cloud did not start or stop an instance.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Words">What it means, in plain words with the next step.</param>
/// <param name="Code">The cloud's code; null for none.</param>
public sealed record InstanceRefusal(InstanceRefusalKind Kind, string Words, string? Code);

/// <summary>The kinds of refusals.</summary>
public enum InstanceRefusalKind
{
    /// <summary>The cloud has no room for such a machine at the moment.</summary>
    NoCapacity,

    /// <summary>A quota of the account is used up.</summary>
    Quota,

    /// <summary>The user may not do this.</summary>
    Denied,

    /// <summary>There is no such instance, or it was deleted.</summary>
    Gone,

    /// <summary>It is in a state in which this can't be done now, such as stopping.</summary>
    WrongState,

    /// <summary>The cloud is overloaded or gave no answer. It may have done it.</summary>
    NoAnswer,

    /// <summary>Any other refusal.</summary>
    Other,
}
