namespace Tenfold.Aws.CloudFormation;

/// <summary>What was found where a stack should be.</summary>
public abstract record StackLookup
{
    private StackLookup()
    {
    }

    /// <summary>The stack can be used.</summary>
    /// <param name="Outputs">What the stack offers.</param>
    public sealed record Ready(StackOutputs Outputs) : StackLookup;

    /// <summary>There is no such stack. It was never made, or it was deleted.</summary>
    public sealed record Missing(string Stack, string Region) : StackLookup;

    /// <summary>The stack is being made or deleted, or one of these failed.</summary>
    /// <param name="Stack">The stack's name.</param>
    /// <param name="Region">The region.</param>
    /// <param name="Status">CloudFormation's status, for example <c>ROLLBACK_COMPLETE</c>.</param>
    public sealed record Unusable(string Stack, string Region, string Status) : StackLookup;

    /// <summary>The stack lacks outputs. It is not one of Tenfold's, or an older version of Tenfold made it.</summary>
    /// <param name="Stack">The stack's name.</param>
    /// <param name="Region">The region.</param>
    /// <param name="Outputs">The names of the outputs that it lacks.</param>
    public sealed record Incomplete(string Stack, string Region, IReadOnlyList<string> Outputs) : StackLookup;

    /// <summary>What is wrong, and what to do; null for <see cref="Ready"/>.</summary>
    public string? Problem => this switch
    {
        Missing at => $"there is no stack '{at.Stack}' in {at.Region}: make it ({Apply(at.Stack, at.Region)}), or correct `region` and " +
            "`stack` of the target",
        Unusable { Status: var status } at when StackStatus.IsInProgress(status) =>
            $"the stack '{at.Stack}' in {at.Region} is not ready yet ({status}): wait until it is ({Apply(at.Stack, at.Region)})",
        Unusable at =>
            $"the stack '{at.Stack}' in {at.Region} can't be used ({at.Status}): make it again ({Apply(at.Stack, at.Region)})",
        Incomplete at => $"the stack '{at.Stack}' in {at.Region} has no output {string.Join(", ", at.Outputs)}: update it " +
            $"({Apply(at.Stack, at.Region)}), or correct `stack` if this is another stack",
        _ => null,
    };

    private static string Apply(string stack, string region) => $"tenfold infra apply --region {region} --stack {stack}";
}
