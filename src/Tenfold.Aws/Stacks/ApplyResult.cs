namespace Tenfold.Aws.Stacks;

/// <summary>How a change of a stack ended, as far as it could be followed.</summary>
public abstract record ApplyResult
{
    private ApplyResult()
    {
    }

    /// <summary>The stack is as planned.</summary>
    public sealed record Done : ApplyResult;

    /// <summary>Something failed. AWS has taken the stack back to what it was, unless the status says otherwise.</summary>
    /// <param name="Status">CloudFormation's status of the stack.</param>
    /// <param name="First">The first resource that failed; null when AWS names none.</param>
    public sealed record Failed(string Status, StackFailure? First) : ApplyResult;

    /// <summary>The plan can't be carried out any more: another process has changed the stack, or removed the plan.</summary>
    public sealed record Outdated : ApplyResult;

    /// <summary>AWS goes on with its work, but can't be asked about it, for example because the credentials have expired.</summary>
    /// <param name="Fault">Why AWS can't be asked.</param>
    public sealed record Unwatched(string Fault) : ApplyResult;

    /// <summary>Another process has deleted the stack meanwhile.</summary>
    public sealed record Gone : ApplyResult;
}
