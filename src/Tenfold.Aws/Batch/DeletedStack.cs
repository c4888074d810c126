using Tenfold.Core.Reasons;

namespace Tenfold.Aws.Batch;

/// <summary>
/// Says why runs end whose stack was deleted: its queues are gone, and their jobs with them. Each run ends with that reason, unless its
/// agent has reported another end.
/// </summary>
internal static class DeletedStack
{
    /// <summary>The reason.</summary>
    /// <param name="connection">The connection, which names the stack.</param>
    public static Reason ReasonFor(BatchConnection connection) => BatchReason.Of(
        BatchFact.StackDeleted,
        $"the stack '{connection.Stack}' in {connection.Region} was deleted, and its jobs with it: make it again "
            + $"(tenfold infra apply --region {connection.Region} --stack {connection.Stack}), then `tenfold retry` the run",
        about: ("stack", connection.Stack));
}
