using Tenfold.Core.Pools;
using Tenfold.Core.Runs;

namespace Tenfold.Targets.Pool.Instances;

/// <summary>Room on a machine, into which waiting attempts are packed as an agent would start them.</summary>
/// <param name="room">What is free; null when that isn't known, and then it has room for one attempt.</param>
/// <remarks>The rules are those of the agent's own resource pool.</remarks>
internal sealed class RunPacking(PoolRoom? room)
{
    private readonly Dictionary<string, int> _runsOf = [];
    private double _cpus = room?.Cpus ?? 0;
    private long _memory = room?.MemoryBytes ?? 0;
    private int _gpus = room?.Gpus ?? 0;
    private bool _isUsed;

    /// <summary>True when an attempt fits on an empty machine of this size.</summary>
    public static bool Fits(PoolRoom? size, WorkSpec work) => new RunPacking(size).TryAdd("", work);

    /// <summary>Reserves what an attempt needs; false when that is not free.</summary>
    /// <param name="group">The attempt's group.</param>
    /// <param name="work">What its runs are.</param>
    public bool TryAdd(string group, WorkSpec work)
    {
        var needs = work.Resources;
        if (room is null)
        {
            if (_isUsed) return false;
            return _isUsed = true;
        }

        var runs = _runsOf.GetValueOrDefault(RunNames.StudyOf(group) ?? group);
        if (work.Parallel is { } parallel && runs >= parallel) return false;
        if (needs.Cpus > room.Cpus || (work.Parallel is null && (needs.Cpus ?? 1) > _cpus + 1e-9)) return false;
        if ((needs.MemoryBytes ?? 0) > _memory || needs.Gpus > _gpus) return false;
        _cpus -= needs.Cpus ?? 1;
        _memory -= needs.MemoryBytes ?? 0;
        _gpus -= needs.Gpus;
        _runsOf[RunNames.StudyOf(group) ?? group] = runs + 1;
        return true;
    }
}
