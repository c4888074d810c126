using Amazon.EC2.Model;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Attempts;

namespace Tenfold.Aws.Ec2;

/// <summary>The tags by which machines are found again. They are the only record of which machine executes which attempt.</summary>
internal static class MachineTags
{
    /// <summary>The tags of an attempt's machine.</summary>
    /// <param name="assignment">The attempt.</param>
    /// <param name="stack">The stack; null for a machine of the user's own, which keeps its name.</param>
    public static IReadOnlyDictionary<string, string> Of(Assignment assignment, string? stack)
    {
        var tags = ResourceTags.Of([assignment], stack).ToDictionary();
        if (stack is not null) tags["Name"] = $"tenfold {assignment.Attempt}";
        return tags;
    }

    /// <summary>A filter for machines with one of the values of a tag.</summary>
    public static Filter Filter(string tag, IEnumerable<string> values) => new($"tag:{tag}", [.. values]);

    /// <summary>The attempt of a machine; null when it has none.</summary>
    public static string? AttemptOf(Instance instance) => Find(instance, ResourceTags.Attempt);

    /// <summary>The value of a machine's tag; null when it has none.</summary>
    public static string? Find(Instance instance, string tag) => (instance.Tags ?? []).FirstOrDefault(found => found.Key == tag)?.Value;

    /// <summary>True for a machine of the user's own, which is stopped and not terminated.</summary>
    public static bool IsBorrowed(Instance instance) => Find(instance, ResourceTags.Stack) is null;
}
