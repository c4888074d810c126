using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;

namespace Tenfold.Agent;

/// <summary>What this machine has, and what of it is taken. Not safe for several threads at once.</summary>
/// <param name="cores">Processor cores.</param>
/// <param name="memoryBytes">Memory.</param>
/// <param name="gpus">The ids of the graphics processors, as <c>CUDA_VISIBLE_DEVICES</c> takes them.</param>
public sealed class Capacity(double cores, long memoryBytes, IReadOnlyList<string> gpus)
{
    private readonly List<Reservation> _taken = [];

    /// <summary>This machine's. Graphics processors are those of <c>/dev/nvidia0</c>, <c>/dev/nvidia1</c>, …</summary>
    public static Capacity OfThisMachine() => new(Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, GraphicsProcessors.Ids());

    /// <summary>Why the attempt can never run here; null when it can once there is room.</summary>
    public string? Refusal(Assignment assignment)
    {
        var needs = assignment.Spec.Resources;
        if (needs.Gpus > gpus.Count) return $"it needs {needs.Gpus} GPUs, and this machine has {gpus.Count}; lower resources.gpus or choose another target";
        if (needs.Cpus > cores) return $"it needs {needs.Cpus} cores, and this machine has {cores}; lower resources.cpus or choose another target";
        if (needs.MemoryBytes > memoryBytes)
            return $"it needs {needs.MemoryBytes / 1e9:0.#} GB of memory, and this machine has {memoryBytes / 1e9:0.#} GB; lower resources.memory or choose another target";
        return null;
    }

    /// <summary>Takes what the attempt needs; null when there is no room now.</summary>
    /// <remarks>
    /// A group's own <c>parallel</c> (a study's, over all of its trials) is taken at its word: it alone bounds the group's cores, so that a user can
    /// crowd or spare a machine.
    /// </remarks>
    public Reservation? TryReserve(Assignment assignment)
    {
        var (spec, needs) = (assignment.Spec, assignment.Spec.Resources);
        var group = RunNames.StudyOf(assignment.Group) ?? assignment.Group;
        if (spec.Parallel is { } parallel && _taken.Count(taken => taken.Group == group) >= parallel) return null;
        var crowded = _taken.Sum(taken => taken.Cpus) + (needs.Cpus ?? 1) > cores + 1e-9;
        if (spec.Parallel is null && crowded) return null;
        if (_taken.Sum(taken => taken.MemoryBytes) + (needs.MemoryBytes ?? 0) > memoryBytes) return null;
        var free = gpus.Except(_taken.SelectMany(taken => taken.Gpus)).Take(needs.Gpus).ToList();
        if (free.Count < needs.Gpus) return null;
        var reservation = new Reservation(group, needs.Cpus ?? 1, needs.MemoryBytes ?? 0, free);
        _taken.Add(reservation);
        return reservation;
    }

    /// <summary>Gives it back.</summary>
    public void Release(Reservation reservation) => _taken.Remove(reservation);
}

/// <summary>What a running attempt holds.</summary>
/// <param name="Group">Its group; its study, when it has one.</param>
/// <param name="Cpus">Cores.</param>
/// <param name="MemoryBytes">Memory.</param>
/// <param name="Gpus">The ids of its graphics processors.</param>
public sealed record Reservation(string Group, double Cpus, long MemoryBytes, IReadOnlyList<string> Gpus)
{
    /// <summary>What a backend gave to a job, which it alone decides.</summary>
    public static Reservation Of(NodeFacts node, string group) => new(group, node.Cpus, 0, node.Gpus) { MachineCpus = node.Cpus, GpuCount = node.GpuCount };

    /// <summary>Cores that it may use when it asked for none in particular; null for all that the machine has.</summary>
    public int? MachineCpus { get; init; }

    /// <summary>How many graphics processors it has. Their ids are known only where CUDA takes them: what the backend set for others is theirs to read.</summary>
    public int GpuCount { get; init; } = Gpus.Count;

    /// <summary>Two reservations are never the same one.</summary>
    public bool Equals(Reservation? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
