using Tenfold.Core.Attempts;

namespace Tenfold.Aws.Jobs;

/// <summary>The tags of everything that Tenfold makes in AWS, by which `tenfold gc` and people find it.</summary>
internal static class ResourceTags
{
    /// <summary>The stack that the thing belongs to.</summary>
    public const string Stack = "tenfold:stack";

    /// <summary>The ledger that submitted the attempt.</summary>
    public const string Ledger = "tenfold:ledger";

    /// <summary>The attempt; of an array of jobs, the first.</summary>
    public const string Attempt = "tenfold:attempt";

    /// <summary>The group of the attempts.</summary>
    public const string Group = "tenfold:group";

    /// <summary>The project's name.</summary>
    public const string Project = "tenfold:project";

    private const int MaxValue = 256;

    /// <summary>The tags of a job.</summary>
    /// <param name="assignments">The attempts that the job executes.</param>
    /// <param name="stack">The stack; null for none.</param>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyList<Assignment> assignments, string? stack)
    {
        var first = assignments[0];
        var tags = new Dictionary<string, string>
        {
            [Ledger] = first.Ledger,
            [Attempt] = first.Attempt,
            [Project] = ToValue(first.Spec.Project),
        };
        if (assignments.All(assignment => assignment.Group == first.Group)) tags[Group] = first.Group;
        if (stack is not null) tags[Stack] = stack;
        return tags.Where(tag => tag.Value.Length > 0).ToDictionary();
    }

    /// <summary>A text as the value of a tag, in which AWS allows letters, digits, blanks and a few signs.</summary>
    public static string ToValue(string text)
    {
        var value = string.Concat(text.Select(c => char.IsLetterOrDigit(c) || " _.:/=+-@".Contains(c) ? c : '_')).Trim();
        return value.Length <= MaxValue ? value : value[..MaxValue];
    }
}
