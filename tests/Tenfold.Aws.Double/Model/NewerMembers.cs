using System.Text.RegularExpressions;

namespace Tenfold.Aws.Double.Model;

/// <summary>
/// Members, operations and values that our records know and the models of Debian's botocore 1.29.27 (2022) lack. Source of each:
/// the service model in botocore 1.43.11.
/// </summary>
internal static partial class NewerMembers
{
    private static readonly HashSet<string> Members =
    [
        // Batch: who ended a job, when an array's summary was made, and what a queue does with jobs that wait too long.
        "batch JobDetail isCancelled",
        "batch JobDetail isTerminated",
        "batch ArrayPropertiesDetail statusSummaryLastUpdatedAt",
        "batch JobQueueDetail jobStateTimeLimitActions",
        // Batch: disk space on Fargate.
        "batch ContainerProperties ephemeralStorage",
        // CloudFormation: forced deletion, and retained resources of a stack that could not be created.
        "cloudformation DeleteStackInput DeletionMode",
        "cloudformation ExecuteChangeSetInput RetainExceptOnCreate",
    ];

    private static readonly HashSet<string> Operations = ["sagemaker DeleteTrainingJob"];

    // The last two are a stack's status, which its own events have as the status of a resource.
    private static readonly HashSet<string> Values =
    [
        "Deleting", "FORCE_DELETE_STACK", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ];

    public static bool Contains(string service, string shape, string member) => Members.Contains($"{service} {shape} {member}");

    public static bool ContainsOperation(string service, string operation) => Operations.Contains($"{service} {operation}");

    /// <summary>Whether a value is newer than the models. AWS adds instance types all the time, so these are not listed.</summary>
    public static bool ContainsValue(string value) => Values.Contains(value) || InstanceType().IsMatch(value);

    [GeneratedRegex(@"^(ml\.)?[a-z]+[0-9][a-z0-9-]*\.(nano|micro|small|medium|metal|[0-9]*x?large)$")]
    private static partial Regex InstanceType();

    /// <summary>The entries that the installed model has after all, so that the list shrinks when Debian's package grows.</summary>
    public static IEnumerable<string> Obsolete()
    {
        foreach (var entry in Members)
        {
            var parts = entry.Split(' ');
            if (ServiceModel.Of(parts[0]).Shape(parts[1]).GetProperty("members").TryGetProperty(parts[2], out _)) yield return entry;
        }
        foreach (var entry in Operations)
            if (ServiceModel.Of(entry.Split(' ')[0]).Operation(entry.Split(' ')[1]) is not null) yield return entry;
    }
}
