using Tenfold.Aws.Jobs;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Aws.Batch.Submit;

/// <summary>
/// Refuses runs that could never start in their queue. Batch accepts most of them, and they wait for ever.
/// </summary>
internal static class QueueLimits
{
    private const int FargateDays = 14;

    /// <summary>Each reason why a run can never start, with what to do; empty when nothing is known to be in its way.</summary>
    /// <param name="resources">What the run needs.</param>
    /// <param name="options">The target's options.</param>
    /// <param name="place">The place.</param>
    /// <param name="queues">The place's queues.</param>
    public static IEnumerable<Reason.OfBackend> FaultsOf(
        ResourceSpec resources, BatchOptions options, BatchPlace place, IReadOnlyList<QueueFacts> queues)
    {
        if (StartVariables.RefuseSetup(options.Setup) is { } setup)
            yield return BatchReason.Of(BatchFact.SetupTooLong, setup.TrimEnd('.'));
        if (place.QueueFor(resources, options) is not { } name)
        {
            var kind = $"{((options.Spot ?? resources.Spot) ? "spot " : "")}machines{(resources.Gpus > 0 ? " with GPUs" : "")}";
            yield return BatchReason.Of(
                BatchFact.QueueNotInStack,
                $"the stack '{place.Stack}' has no queue of {kind}: add one (`tenfold infra apply`), or change `resources`");
            yield break;
        }

        var queue = queues.First(one => one.Is(name));
        if (queue.NeedsShare && options.Share is null)
        {
            yield return Refuse(queue, BatchFact.ShareMissing,
                "has fair-share scheduling: set the target's `share` to your share identifier");
        }

        if (!queue.NeedsShare && options.Share is not null)
            yield return Refuse(queue, BatchFact.ShareNotUsed, "has no fair-share scheduling: remove the target's `share`");
        if ((options.JobRole ?? place.JobRole) is null)
        {
            yield return BatchReason.Of(
                BatchFact.JobRoleMissing, "jobs need a role that may read and write the store: set the target's `job_role`");
        }

        if ((queue.IsFargate ? RefuseOnFargate(resources, options, place, queue) : RefuseOnMachines(resources, queue)) is { } fault)
            yield return fault;
    }

    /// <summary>Each reason why an attempt can never start; empty when nothing is known to be in its way.</summary>
    public static IEnumerable<Reason.OfBackend> FaultsOf(Assignment assignment, BatchPlace place, IReadOnlyList<QueueFacts> queues) =>
        FaultsOf(assignment.Spec.Resources, BatchOptions.Of(assignment), place, queues);

    private static Reason.OfBackend? RefuseOnFargate(ResourceSpec resources, BatchOptions options, BatchPlace place, QueueFacts queue)
    {
        if (resources.Gpus > 0)
            return Refuse(queue, BatchFact.GpuNotFound, "is on Fargate, which has no GPUs: use a queue with GPU machines");
        if ((options.ExecutionRole ?? place.ExecutionRole) is null)
        {
            return Refuse(queue, BatchFact.ExecutionRoleMissing,
                "is on Fargate, where jobs need a role that pulls the image: set the target's `execution_role`");
        }

        if (resources.MaxRuntime > TimeSpan.FromDays(FargateDays))
        {
            return Refuse(queue, BatchFact.RuntimeTooLong,
                $"is on Fargate, where a job may take {FargateDays} days: shorten `max_runtime`");
        }

        var memory = resources.MemoryBytes is { } bytes ? (int)Math.Min(int.MaxValue, (bytes + (1 << 20) - 1) >> 20) : (int?)null;
        return FargateSizes.Fit(resources.Cpus ?? 1, memory) is null
            ? Refuse(queue, BatchFact.JobTooLarge,
                "is on Fargate, which has at most 16 cores and 120 GiB of memory: lower `cpus` or `memory`")
            : null;
    }

    private static Reason.OfBackend? RefuseOnMachines(ResourceSpec resources, QueueFacts queue)
    {
        var shape = JobShape.Of(resources, isFargate: false);
        var machines = queue.Environments.Select(one => one.ComputeResources).OfType<ComputeResources>().ToList();
        // An unmanaged environment says nothing about its machines.
        if (machines.Count == 0 || machines.Count < queue.Environments.Count) return null;
        var most = machines.Max(one => one.MaxvCpus ?? int.MaxValue);
        if (shape.Cpus > most)
        {
            return BatchReason.Of(
                BatchFact.QueueTooSmall,
                $"`cpus` is {shape.Cpus:0.##}, but the queue {queue.Name} has at most {most} vCPUs in all: lower `cpus`, " +
                "or raise the maximum (`tenfold infra apply`)",
                about: ("queue", queue.Name));
        }

        var types = machines.SelectMany(one => one.InstanceTypes).ToList();
        if (types.Count == 0) return null;
        if (shape.Gpus > 0 && !types.Any(InstanceTypes.HasGpu))
        {
            return BatchReason.Of(
                BatchFact.GpuNotFound,
                $"the run needs {shape.Gpus} GPU{(shape.Gpus > 1 ? "s" : "")}, but no machine of the queue {queue.Name} has one " +
                $"({string.Join(", ", types)}): use a queue of machines with GPUs",
                about: ("queue", queue.Name));
        }

        var sizes = types.Select(InstanceTypes.Cpus).ToList();
        return sizes.All(size => size < shape.Cpus)
            ? BatchReason.Of(
                BatchFact.JobTooLarge,
                $"`cpus` is {shape.Cpus:0.##}, but the largest machine of the queue {queue.Name} has {sizes.Max()} vCPUs " +
                $"({string.Join(", ", types)}): lower `cpus`, or allow larger machines (`tenfold infra apply`)",
                about: ("queue", queue.Name))
            : null;
    }

    private static Reason.OfBackend Refuse(QueueFacts queue, BatchFact fact, string words) =>
        BatchReason.Of(fact, $"the queue {queue.Name} {words}", about: ("queue", queue.Name));
}
