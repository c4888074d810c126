using Tenfold.App.Pools;
using Tenfold.Core.Pools;

namespace Tenfold.App.Views;

/// <summary>A pool, as <c>tenfold pool status --json</c> shows it.</summary>
public sealed record PoolView(string Pool, string Store, int Waiting, IReadOnlyList<PoolMachineView> Machines)
{
    /// <summary>Makes the view.</summary>
    public static PoolView Of(PoolStatus status) =>
        new(status.Pool, status.StoreUrl, status.Waiting, [.. status.Machines.Select(PoolMachineView.Of)])
        {
            Instances = [.. status.Instances.Select(PoolInstanceView.Of)],
            InstanceFault = status.InstanceFault,
        };

    /// <summary>The instances of EC2 that serve it.</summary>
    public IReadOnlyList<PoolInstanceView> Instances { get; init; } = [];

    /// <summary>Why EC2 did not say what its instances do; null when it did.</summary>
    public string? InstanceFault { get; init; }
}

/// <summary>An instance of a pool.</summary>
/// <param name="Instance">Its id.</param>
/// <param name="Region">Its region.</param>
/// <param name="Type">Its type; null when it isn't known.</param>
/// <param name="State">
/// <c>stopped</c>, <c>starting</c>, <c>stopping</c>, <c>busy</c>, <c>GPU busy</c>, <c>idle</c>, <c>draining</c>, <c>no agent</c>,
/// <c>terminated</c> or <c>not found</c>.
/// </param>
/// <param name="StartedAt">When it was started last; null when it isn't known.</param>
/// <param name="UsdPerHour">What an hour costs in US dollars; null when it isn't known.</param>
/// <param name="Machine">The name under which its agent serves the pool; null for none.</param>
public sealed record PoolInstanceView(
    string Instance, string Region, string? Type, string State, DateTimeOffset? StartedAt, decimal? UsdPerHour, string? Machine)
{
    /// <summary>Makes the view.</summary>
    public static PoolInstanceView Of(PoolInstanceStatus status) => new(
        status.Instance.Id, status.Region, status.Instance.Type is { Length: > 0 } type ? type : null, status.State,
        status.Instance.StartedAt, status.Instance.UsdPerHour, status.Agent?.Machine.Machine)
    {
        IsOn = status.Instance.State == InstanceState.Running,
        Running = status.Agent is { IsOnline: true } agent ? agent.Machine.Running : [],
    };

    /// <summary>True while it runs, and is paid for.</summary>
    public bool IsOn { get; init; }

    /// <summary>The attempts that its agent executes.</summary>
    public IReadOnlyList<string> Running { get; init; } = [];
}

/// <summary>A machine of a pool.</summary>
/// <param name="Machine">Its name.</param>
/// <param name="State"><c>idle</c>, <c>busy</c>, <c>draining</c> or <c>offline</c>.</param>
/// <param name="SilentSeconds">Seconds since its last sign of life.</param>
/// <param name="StartedAt">When its agent started.</param>
/// <param name="Version">The agent's version.</param>
/// <param name="Cpus">Processor cores.</param>
/// <param name="MemoryBytes">Memory in bytes.</param>
/// <param name="Gpus">Graphics processors.</param>
/// <param name="Running">The attempts that run there.</param>
/// <param name="MissingSecrets">The secrets that waiting attempts need and the machine does not have.</param>
public sealed record PoolMachineView(
    string Machine, string State, double SilentSeconds, DateTimeOffset StartedAt, string Version, double Cpus, long MemoryBytes, int Gpus,
    IReadOnlyList<string> Running, IReadOnlyList<string> MissingSecrets)
{
    /// <summary>Makes the view.</summary>
    public static PoolMachineView Of(SeenMachine seen)
    {
        var machine = seen.Machine;
        return new PoolMachineView(
            machine.Machine, StateOf(seen), Math.Max(0, Math.Round(seen.SilentFor.TotalSeconds, 1)), machine.StartedAt, machine.Version,
            machine.Cpus, machine.MemoryBytes, machine.Gpus, machine.Running, machine.MissingSecrets);
    }

    /// <summary>The state of a machine, as a word.</summary>
    public static string StateOf(SeenMachine seen) =>
        !seen.IsOnline ? "offline" : seen.Machine.IsDraining ? "draining" : seen.Machine.Running.Count > 0 ? "busy" : "idle";
}
