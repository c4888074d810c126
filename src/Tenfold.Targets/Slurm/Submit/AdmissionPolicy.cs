using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Decides by Tenfold's own rules which attempts may be submitted now.</summary>
/// <param name="queue">The jobs that Slurm has.</param>
/// <param name="partitions">The cluster's partitions.</param>
/// <param name="environment">The variables and secrets that jobs get.</param>
internal sealed class AdmissionPolicy(QueueView queue, IReadOnlyList<Partition> partitions, JobEnvironment environment)
{
    private readonly Dictionary<string, int> _liveByGroup = [];
    private readonly HashSet<string> _newGroups = [];
    private int _waiting = queue.Waiting;

    /// <summary>Why an attempt may not be submitted now; null when it may. An attempt that may is counted as submitted.</summary>
    public StartOutcome? Refuse(Assignment assignment)
    {
        if (RefuseForever(assignment, partitions, environment) is { } refusal) return refusal;
        var missing = environment.Missing(assignment.Spec.Secrets);
        if (missing.Count > 0) return new StartOutcome(StartKind.NoCapacity, new Reason.WaitsForSecrets(missing));
        if (JobRequestPlanner.OptionsOf(assignment).MaxQueued is { } limit && _waiting >= limit)
        {
            var words = $"waits until fewer than {limit} jobs wait in Slurm's queue (`max_queued`)";
            return new StartOutcome(
                StartKind.NoCapacity, SlurmReason.OfFact(SlurmFact.MaxQueuedReached, words, null, ("max_queued", $"{limit}")));
        }

        if (assignment.Spec.Parallel is { } parallel && !TryAdd(assignment.Group, parallel))
            return new StartOutcome(StartKind.NoCapacity, new Reason.WaitsForGroup(parallel));
        _waiting++;
        return null;
    }

    /// <summary>Why an attempt can never start; null when it can.</summary>
    public static StartOutcome? RefuseForever(
        Assignment assignment, IReadOnlyList<Partition> partitions, JobEnvironment environment) =>
        PartitionLimits.Refuse(JobRequestPlanner.OptionsOf(assignment), assignment.Spec.Resources, partitions, environment) is { } reason
            ? new StartOutcome(StartKind.Invalid, SlurmReason.OfFact(SlurmFact.RuntimeTooLong, reason)) : null;

    // A group's first array limits by itself how many of its elements run at once. Later attempts become arrays of their own, so they are
    // submitted only as others end.
    private bool TryAdd(string group, int parallel)
    {
        if (!_liveByGroup.TryGetValue(group, out var live))
        {
            live = queue.LiveOf(group);
            if (live == 0) _newGroups.Add(group);
        }

        if (!_newGroups.Contains(group) && live >= parallel) return false;
        _liveByGroup[group] = live + 1;
        return true;
    }
}
