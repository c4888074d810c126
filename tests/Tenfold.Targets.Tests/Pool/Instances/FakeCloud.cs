using Tenfold.Core.Pools;

namespace Tenfold.Targets.Tests.Pool.Instances;

/// <summary>A cloud in memory. A call begins to start or stop an instance, and the test says when that has happened.</summary>
internal sealed class FakeCloud : IPoolInstances
{
    private readonly Dictionary<string, PoolInstance> _instances = [];

    /// <summary>The calls that change something, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>How often the instances were listed.</summary>
    public int Listings { get; private set; }

    /// <summary>What a start of an instance answers; without an entry it starts.</summary>
    public Dictionary<string, InstanceRefusal> Refusals { get; } = [];

    /// <summary>The instances that a shutdown deletes.</summary>
    public HashSet<string> Deleted { get; } = [];

    /// <summary>Thrown by each call; null for none.</summary>
    public Exception? Fault { get; set; }

    /// <summary>At which step the controller is killed: each call has one before and one after it. Null for never.</summary>
    public int? KilledAt { get; set; }

    /// <summary>How many steps there were.</summary>
    public int Steps { get; private set; }

    public PoolInstance this[string id]
    {
        get => _instances.GetValueOrDefault(id, new PoolInstance(id, InstanceState.Missing));
        set => _instances[id] = value;
    }

    public void Set(string id, InstanceState state, TimeSpan? age = null) =>
        this[id] = this[id] with { State = state, StartedAt = DateTimeOffset.UtcNow - (age ?? TimeSpan.FromMinutes(1)) };

    public Task<IReadOnlyList<PoolInstance>> ListAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (Fault is { } fault) throw fault;
        Listings++;
        Step();
        return Task.FromResult<IReadOnlyList<PoolInstance>>([.. ids.Select(id => this[id])]);
    }

    public Task<InstanceRefusal?> StartAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync($"start {id}", id, InstanceState.Starting);

    public Task<InstanceRefusal?> StopAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync($"stop {id}", id, InstanceState.Stopping);

    public Task<bool?> IsDeletedByShutdownAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult<bool?>(Deleted.Contains(id));

    private Task<InstanceRefusal?> ChangeAsync(string call, string id, InstanceState state)
    {
        if (Fault is { } fault) throw fault;
        Step();
        Calls.Add(call);
        if (Refusals.TryGetValue(id, out var refusal)) return Task.FromResult<InstanceRefusal?>(refusal);
        Set(id, state);
        Step();
        return Task.FromResult<InstanceRefusal?>(null);
    }

    private void Step()
    {
        if (Steps++ == KilledAt) throw new KilledException();
    }
}

/// <summary>The controller is gone.</summary>
internal sealed class KilledException : Exception;
