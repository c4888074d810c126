using System.Runtime.CompilerServices;
using Tenfold.Core.Hosts;

namespace Tenfold.Agent;

/// <summary>The part of a machine that a running attempt holds.</summary>
/// <param name="Group">Its group; its study, when it has one.</param>
/// <param name="Cpus">Processor cores.</param>
/// <param name="MemoryBytes">Memory, in bytes; 0 when it asked for none in particular.</param>
/// <param name="CudaDevices">Its graphics processors, as <c>CUDA_VISIBLE_DEVICES</c> names them.</param>
public sealed record Reservation(string Group, double Cpus, long MemoryBytes, IReadOnlyList<string> CudaDevices)
{
    /// <summary>How many cores it may use when it asked for none in particular; null for all that the machine has.</summary>
    public int? MachineCpus { get; init; }

    /// <summary>
    /// How many graphics processors it has. Those of other makers than NVIDIA are counted, but their devices have no CUDA names.
    /// </summary>
    public int GpuCount { get; init; } = CudaDevices.Count;

    /// <summary>What a host gave to its job. The host alone decides about that.</summary>
    public static Reservation Of(IAgentHost host, string group)
    {
        var given = host.Resources;
        return new Reservation(group, given.Cpus, given.MemoryBytes ?? 0, given.CudaDevices)
        {
            MachineCpus = given.Cpus,
            GpuCount = given.GpuCount,
        };
    }

    /// <summary>Two attempts may hold equal parts; each releases its own.</summary>
    public bool Equals(Reservation? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
