using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch;

/// <summary>
/// The target of runs whose stack was deleted: its queues are gone, and their jobs with them. Each run ends with that reason, unless its
/// agent has reported another end.
/// </summary>
/// <param name="stack">The stack's name.</param>
/// <param name="region">The region.</param>
internal sealed class DeletedStack(string stack, string region) : ITarget
{
    private readonly Core.Reasons.Reason _reason = BatchReason.Of(
        BatchFact.StackDeleted,
        $"the stack '{stack}' in {region} was deleted, and its jobs with it: make it again "
            + $"(tenfold infra apply --region {region} --stack {stack}), then `tenfold retry` the run",
        about: ("stack", stack));

    /// <inheritdoc/>
    public TargetCapabilities Capabilities { get; } = new("batch", CallsPerHundred.None) { HasSpot = true, HasGpus = true };

    /// <inheritdoc/>
    public Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StartOutcome>>([.. assignments.Select(_ => new StartOutcome(StartKind.Invalid, _reason))]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<BackendState>>(
            [.. attempts.Select(_ => new BackendState(BackendKind.Gone, _reason, Ending.NotStarted))]);

    /// <inheritdoc/>
    public Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);
}
