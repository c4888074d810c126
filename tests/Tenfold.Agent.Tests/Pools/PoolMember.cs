using Tenfold.Agent.Pools;
using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Pools;

/// <summary>A machine that serves the pool <c>lab</c> in this process, with a home of its own.</summary>
internal sealed class PoolMember : IAsyncDisposable
{
    public const string Pool = "lab";

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _drain = new(), _stop = new();
    private AgentSettings _settings;
    private Task<bool>? _serving;

    public PoolMember(IStore store, string name, params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string> { ["PATH"] = Machine.SystemPath, ["HOME"] = _folder.Path };
        foreach (var (variable, value) in variables) environment[variable] = value;
        _settings = new AgentSettings
        {
            Home = _folder["home"],
            Store = store,
            Machine = name,
            Variables = environment,
            PollInterval = TimeSpan.FromMilliseconds(20),
            Heartbeat = TimeSpan.FromMilliseconds(50),
            StoreTimeout = Eventually.Deadline,
            CheckpointInterval = TimeSpan.FromMilliseconds(100),
        };
    }

    public string Home => _settings.Home;

    /// <summary>The home of another member, which this one uses too.</summary>
    public string Shares
    {
        init => _settings = _settings with { Home = value };
    }

    /// <summary>The machine's clock.</summary>
    public TimeProvider Time
    {
        init => _settings = _settings with { Time = value };
    }

    /// <summary>A folder whose programs come first.</summary>
    public string Programs
    {
        init => _settings = _settings with
        {
            Variables = new Dictionary<string, string>(_settings.Variables) { ["PATH"] = $"{value}:{Machine.SystemPath}" },
        };
    }

    /// <summary>Why the agent ended.</summary>
    public PoolEnding? Ending { get; private set; }

    public PoolOptions Options { get; init; } = new(Pool);

    public ResourcePool Resources { get; init; } = new(4, 1L << 34, []);

    /// <summary>Puts an attempt into the queue, as the target does.</summary>
    public static async Task SubmitAsync(IStore store, Assignment assignment)
    {
        await Nodes.Node.SubmitAsync(store, assignment);
        await store.WriteAsync(PoolKeys.Entry(Pool, assignment), ReadOnlyMemory<byte>.Empty, CancellationToken.None);
    }

    public PoolMember Start()
    {
        _serving = Task.Run(ServeAsync);
        return this;
    }

    public void Drain() => _drain.Cancel();

    public void Stop() => _stop.Cancel();

    public bool HasEnded => _serving!.IsCompleted;

    public Task<bool> EndAsync() => _serving!.WaitAsync(Eventually.Deadline);

    public async Task<PoolMachine?> RecordAsync() =>
        (await new PoolRoster(_settings.Store, Pool).ReadAsync(CancellationToken.None))
            .FirstOrDefault(seen => seen.Machine.Machine == _settings.Machine)?.Machine;

    private async Task<bool> ServeAsync()
    {
        using var server = new PoolServer(Options, _settings, Resources);
        var served = await server.RunAsync(_drain.Token, _stop.Token);
        Ending = server.Ending;
        return served;
    }

    public async ValueTask DisposeAsync()
    {
        await _drain.CancelAsync();
        await _stop.CancelAsync();
        if (_serving is not null) await EndAsync();
        _folder.Dispose();
    }
}
