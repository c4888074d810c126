using Tenfold.Core.Reasons;

namespace Tenfold.Aws.Batch.Observe;

/// <summary>Says why a job is RUNNABLE and does not run, in plain words with a next step.</summary>
/// <remarks>Source: Batch user guide, "Jobs stuck in a RUNNABLE status". Batch gives a reason only for the first job of a queue.</remarks>
internal static class WaitingReasons
{
    private static readonly (string Code, string Words)[] Known =
    [
        ("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
            "AWS has no machine of the queue's types at the moment; allow more instance types or zones (`tenfold infra apply`), or wait"),
        ("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
            "the run needs more than the queue's maximum of vCPUs allows: lower `cpus`, or raise the maximum (`tenfold infra apply`)"),
        // Batch says so also while the first machine of an idle queue starts.
        ("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
            "its machine is starting, or no machine type of the queue has the cores, memory and GPUs of the run: if it still waits in a "
            + "quarter of an hour, lower `resources`, or allow larger machines (`tenfold infra apply`)"),
        ("MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED",
            "the queue's instance types can't be started in its subnets or zones: change them (`tenfold infra apply`)"),
        ("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS",
            "Batch's own role may not start machines: correct the service role (`tenfold infra apply`)"),
        ("ACTION_REQUIRED", "AWS asks for an action in the account: see its text"),
    ];

    /// <summary>The reason of a job that waits without a reason of Batch's own.</summary>
    public static Reason.OfBackend Plain { get; } = BatchReason.Of(BatchFact.WaitsForMachine, "waits for a machine", "RUNNABLE");

    /// <summary>The reason in plain words.</summary>
    /// <param name="statusReason">Batch's reason, <c>CODE - text</c>; empty for none.</param>
    public static Reason.OfBackend Of(string statusReason) =>
        statusReason.Length == 0 ? Plain : BatchReason.Of(
            BatchFact.QueueBlocked, $"waits: {Words(statusReason)}", CodeOf(statusReason), statusReason);

    /// <summary>Batch's reason in plain words, with its own text.</summary>
    public static string Words(string statusReason)
    {
        foreach (var (code, words) in Known)
            if (statusReason.StartsWith(code, StringComparison.OrdinalIgnoreCase)) return $"{words} (AWS: {statusReason.TrimEnd('.')})";
        return $"AWS says: {statusReason.TrimEnd('.')}";
    }

    private static string CodeOf(string statusReason)
    {
        var end = statusReason.IndexOf(" - ", StringComparison.Ordinal);
        return end > 0 ? statusReason[..end] : "RUNNABLE";
    }
}
