using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Reasons;

namespace Tenfold.Agent.Pools;

/// <summary>A machine of a pool, as the host of one of the attempts that it runs.</summary>
/// <param name="session">The agent's process, see <see cref="Core.Pools.PoolMachine.Session"/>.</param>
/// <param name="options">What the machine's owner lets runs have.</param>
/// <param name="variables">The environment variables of the agent's process.</param>
/// <param name="reservation">What the attempt may use of the machine.</param>
internal sealed class PoolHost(
    string session, PoolOptions options, IReadOnlyDictionary<string, string> variables, Reservation reservation) : IAgentHost
{
    /// <inheritdoc/>
    /// <remarks>
    /// Anybody who may push to a repository decides what runs here. So a run gets the harmless variables, and what the machine's owner
    /// names; never a token that the agent happens to have.
    /// </remarks>
    public IReadOnlyDictionary<string, string> Environment { get; } = Pass(options, variables);

    /// <inheritdoc/>
    public string? Job => session;

    /// <inheritdoc/>
    public int Restarts => 0;

    /// <inheritdoc/>
    public HostResources Resources { get; } = new(
        Math.Max(1, (int)Math.Ceiling(reservation.Cpus)), reservation.MemoryBytes > 0 ? reservation.MemoryBytes : null,
        reservation.CudaDevices, reservation.GpuCount);

    /// <inheritdoc/>
    public IReadOnlyList<string> Siblings => [];

    /// <inheritdoc/>
    public Task<HostSecrets> ReadSecretsAsync(string group, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        Task.FromResult(HostSecrets.From(variables, [.. names.Intersect(options.Secrets)]));

    /// <inheritdoc/>
    public Task<StopCause> WhyStoppedAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new StopCause(Ending.Lost, new Reason.AgentStopped()));

    /// <inheritdoc/>
    public Task CancelAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) => Task.CompletedTask;

    private static Dictionary<string, string> Pass(PoolOptions options, IReadOnlyDictionary<string, string> variables)
    {
        var all = variables.ToDictionary();
        var passed = ShellVariables.ToRecord(all).Concat(ShellVariables.ToPassOn(all)).ToDictionary();
        foreach (var name in options.Variables)
            if (variables.TryGetValue(name, out var value)) passed[name] = value;
        return passed;
    }
}
