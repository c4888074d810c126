using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent;

/// <summary>What this machine has, and which part of it is reserved. Not safe for several threads at once.</summary>
/// <param name="cores">Processor cores.</param>
/// <param name="memoryBytes">Memory, in bytes.</param>
/// <param name="cudaDevices">The graphics processors, as <c>CUDA_VISIBLE_DEVICES</c> names them.</param>
public sealed class ResourcePool(double cores, long memoryBytes, IReadOnlyList<string> cudaDevices)
{
    private readonly List<Reservation> _reserved = [];

    /// <summary>The machine's processor cores.</summary>
    public double Cores => cores;

    /// <summary>The machine's memory, in bytes.</summary>
    public long MemoryBytes => memoryBytes;

    /// <summary>The machine's graphics processors.</summary>
    public IReadOnlyList<string> CudaDevices => cudaDevices;

    /// <summary>This machine's resources. Its graphics processors are <c>/dev/nvidia0</c>, <c>/dev/nvidia1</c>, …</summary>
    public static ResourcePool OfThisMachine() =>
        new(Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, GraphicsProcessors.Ids());

    /// <summary>Why the attempt can never run here; null when it can run once enough is free.</summary>
    public Reason.MachineTooSmall? Refusal(Assignment assignment)
    {
        var needs = assignment.Spec.Resources;
        if (needs.Gpus > cudaDevices.Count) return new Reason.MachineTooSmall("gpus", needs.Gpus, cudaDevices.Count);
        if (needs.Cpus > cores) return new Reason.MachineTooSmall("cpus", needs.Cpus.Value, cores);
        return needs.MemoryBytes > memoryBytes ? new Reason.MachineTooSmall("memory", needs.MemoryBytes.Value, memoryBytes) : null;
    }

    /// <summary>Reserves what the attempt needs; null when that is not free now.</summary>
    /// <remarks>
    /// A group with a <c>parallel</c> of its own (or a study, over all of its trials) is bounded by that alone, and not by its cores: so
    /// users can crowd a machine on purpose, or spare it.
    /// </remarks>
    public Reservation? TryReserve(Assignment assignment)
    {
        var (spec, needs) = (assignment.Spec, assignment.Spec.Resources);
        var (needsCpus, needsMemory) = (needs.Cpus ?? 1, needs.MemoryBytes ?? 0);
        var group = RunNames.StudyOf(assignment.Group) ?? assignment.Group;
        if (spec.Parallel is { } parallel && _reserved.Count(reserved => reserved.Group == group) >= parallel) return null;
        var isCrowded = _reserved.Sum(reserved => reserved.Cpus) + needsCpus > cores + 1e-9;
        if (spec.Parallel is null && isCrowded) return null;
        if (_reserved.Sum(reserved => reserved.MemoryBytes) + needsMemory > memoryBytes) return null;
        var free = cudaDevices.Except(_reserved.SelectMany(reserved => reserved.CudaDevices)).Take(needs.Gpus).ToList();
        if (free.Count < needs.Gpus) return null;
        var reservation = new Reservation(group, needsCpus, needsMemory, free);
        _reserved.Add(reservation);
        return reservation;
    }

    /// <summary>Releases a reservation.</summary>
    public void Release(Reservation reservation) => _reserved.Remove(reservation);
}
