namespace Tenfold.Core.Hosts;

/// <summary>A machine without a scheduler. It gives all its resources, and starts one attempt at a time.</summary>
/// <param name="environment">The agent's environment variables.</param>
public sealed class PlainHost(IReadOnlyDictionary<string, string> environment) : IAgentHost
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <inheritdoc/>
    public string? Job => null;

    /// <inheritdoc/>
    public int Restarts => 0;

    /// <inheritdoc/>
    public HostResources Resources { get; } = HostResources.From(System.Environment.ProcessorCount, memoryBytes: null, environment);

    /// <inheritdoc/>
    public IReadOnlyList<string> Siblings => [];

    /// <inheritdoc/>
    public Task<StopCause> WhyStoppedAsync(CancellationToken cancellationToken) => Task.FromResult(StopCause.MachineLost);

    /// <inheritdoc/>
    public Task CancelAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) => Task.CompletedTask;
}
