using Tenfold.Core.Hosts;

namespace Tenfold.Agent.Tests.Nodes;

/// <summary>A host that gives what a test says.</summary>
internal sealed class FakeHost(IReadOnlyDictionary<string, string> environment) : IAgentHost
{
    public IReadOnlyDictionary<string, string> Environment => environment;

    public string? Job { get; set; }

    public int Restarts { get; set; }

    public int Cpus { get; set; } = System.Environment.ProcessorCount;

    public HostResources Resources => HostResources.From(Cpus, memoryBytes: null, Environment);

    public IReadOnlyList<string> Siblings { get; set; } = [];

    /// <summary>Answers why the job is ended.</summary>
    public Func<StopCause> Cause { get; set; } = () => StopCause.MachineLost;

    /// <summary>Takes the attempts whose jobs are to be cancelled.</summary>
    public Action<IReadOnlyList<string>> Cancel { get; set; } = _ => { };

    /// <summary>The secrets; null for those among its variables.</summary>
    public HostSecrets? Secrets { get; set; }

    public Task<HostSecrets> ReadSecretsAsync(string group, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        Task.FromResult(Secrets ?? HostSecrets.From(Environment, names));

    public Task<StopCause> WhyStoppedAsync(CancellationToken cancellationToken) => Task.FromResult(Cause());

    public Task CancelAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        Cancel(attempts);
        return Task.CompletedTask;
    }
}
