using Tenfold.Core.Reasons;

namespace Tenfold.Aws.Batch;

/// <summary>A job queue with its compute environments.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Environments">Its compute environments, in the order in which Batch tries them.</param>
internal sealed record QueueFacts(JobQueue Queue, IReadOnlyList<ComputeEnvironment> Environments)
{
    /// <summary>The queue's name.</summary>
    public string Name => Queue.JobQueueName;

    /// <summary>The queue's ARN.</summary>
    public string Arn => Queue.JobQueueArn;

    /// <summary>True when jobs run on Fargate, where AWS owns the machines.</summary>
    public bool IsFargate => Environments.Count > 0 && Environments.All(one => TypeOf(one).StartsWith("FARGATE", StringComparison.Ordinal));

    /// <summary>True when the queue needs a share identifier.</summary>
    public bool NeedsShare => Queue.SchedulingPolicyArn is { Length: > 0 };

    /// <summary>True for the queue's name or ARN.</summary>
    public bool Is(string name) => name == Name || name == Arn;

    /// <summary>Why no job of the queue can start now, with what to do; null when nothing is known to be wrong.</summary>
    public Reason.OfBackend? Trouble
    {
        get
        {
            if (Queue.State == "DISABLED")
            {
                return BatchReason.Of(
                    BatchFact.QueueDisabled,
                    $"the queue {Name} is disabled: enable it (aws batch update-job-queue --job-queue {Name} --state ENABLED)",
                    about: ("queue", Name));
            }

            if (Queue.Status == "INVALID")
            {
                return BatchReason.Of(
                    BatchFact.QueueInvalid, $"AWS calls the queue {Name} invalid{Because(Queue.StatusReason)}",
                    answer: Queue.StatusReason, about: ("queue", Name));
            }

            if (Environments.Count == 0) return null;
            var (name, reason) = (Environments[0].ComputeEnvironmentName, Environments[0].StatusReason);
            if (Environments.All(one => one.State == "DISABLED"))
            {
                return BatchReason.Of(
                    BatchFact.EnvironmentDisabled,
                    $"the compute environment {name} is disabled: enable it " +
                    $"(aws batch update-compute-environment --compute-environment {name} --state ENABLED)",
                    about: ("environment", name));
            }

            return Environments.All(one => one.Status == "INVALID")
                ? BatchReason.Of(
                    BatchFact.EnvironmentInvalid,
                    $"AWS calls the compute environment {name} invalid{Because(reason)}; " +
                    "correct its role, network or instance types, or run `tenfold infra apply` again",
                    answer: reason, about: ("environment", name))
                : null;
        }
    }

    /// <summary>Why a job waits in a queue with which nothing is wrong: all of its vCPUs are in use; null when that is not known.</summary>
    public Reason.OfBackend? Fullness
    {
        get
        {
            var sizes = Environments.Select(one => one.ComputeResources).OfType<ComputeResources>().ToList();
            return sizes.Count > 0 && sizes.All(one => one is { MaxvCpus: { } most and > 0, DesiredvCpus: { } wanted } && wanted >= most)
                ? BatchReason.Of(
                    BatchFact.QueueFull,
                    $"waits until other jobs end: the queue {Name} has at most {sizes.Sum(one => one.MaxvCpus)} vCPUs, and all are in " +
                    "use; for more, raise the maximum (`tenfold infra apply`)",
                    about: ("queue", Name))
                : null;
        }
    }

    private static string TypeOf(ComputeEnvironment environment) => environment.ComputeResources?.Type ?? "";

    private static string Because(string? reason) => reason is { Length: > 0 } ? $" ({reason.TrimEnd('.')})" : "";
}
