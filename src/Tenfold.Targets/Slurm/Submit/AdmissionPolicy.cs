using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Which attempts may be submitted now, by our own rules.</summary>
/// <param name="queue">What is there already.</param>
/// <param name="partitions">The cluster's partitions.</param>
internal sealed class AdmissionPolicy(QueueView queue, IReadOnlyList<Partition> partitions)
{
    private readonly Dictionary<string, int> _groups = [];
    private readonly HashSet<string> _fresh = [];
    private int _waiting = queue.Waiting;

    /// <summary>Why an attempt must wait outside; null when it may be submitted, and it is then counted.</summary>
    public StartOutcome? Refuse(Assignment assignment)
    {
        if (RefuseForever(assignment, partitions) is { } refusal) return refusal;
        var missing = JobEnvironment.Missing(assignment.Spec.Secrets);
        if (missing.Count > 0)
            return new StartOutcome(StartKind.NoCapacity, new Reason.WaitsForSecrets(missing));
        if (JobRequestPlanner.OptionsOf(assignment).MaxQueued is { } most && _waiting >= most)
            return new StartOutcome(
                StartKind.NoCapacity, SlurmReason.Of($"waits until fewer than {most} jobs wait in Slurm's queue (`max_queued`)"));
        if (assignment.Spec.Parallel is { } parallel && !Fits(assignment.Group, parallel))
            return new StartOutcome(StartKind.NoCapacity, new Reason.WaitsForGroup(parallel));
        _waiting++;
        return null;
    }

    /// <summary>Why an attempt can never start; null when it can.</summary>
    public static StartOutcome? RefuseForever(Assignment assignment, IReadOnlyList<Partition> partitions) =>
        PartitionLimits.Refuse(JobRequestPlanner.OptionsOf(assignment), assignment.Spec.Resources, partitions) is { } reason
            ? new StartOutcome(StartKind.Invalid, SlurmReason.Of(reason)) : null;

    // A group's first array bounds by itself how many of it run at once. What comes later is an array of its own, and so comes only as
    // there is room.
    private bool Fits(string group, int parallel)
    {
        if (!_groups.TryGetValue(group, out var live)) live = queue.LiveOf(group);
        if (live == 0 && !_groups.ContainsKey(group)) _fresh.Add(group);
        if (!_fresh.Contains(group) && live >= parallel) return false;
        _groups[group] = live + 1;
        return true;
    }
}
