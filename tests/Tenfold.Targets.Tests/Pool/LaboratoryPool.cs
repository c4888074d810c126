using System.Runtime.CompilerServices;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Targets.Tests.Pool;

/// <summary>The pool <c>lab</c>, whose machines are records that a test writes.</summary>
internal sealed class LaboratoryPool : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LaboratoryPool()
    {
        Store = new InterruptedStore(new FolderStore(_folder["store"]));
        Target = new PoolTarget("lab", Store, "controller", Time);
    }

    public InterruptedStore Store { get; }

    /// <summary>The controller's clock.</summary>
    public FrozenClock Time { get; } = new();

    public PoolTarget Target { get; }

    public void Dispose() => _folder.Dispose();

    /// <summary>An attempt that waits in the queue.</summary>
    public async Task<Assignment> SubmitAsync()
    {
        var assignment = (await Work.AssignAsync(Store, _folder, "true", 1))[0];
        await Target.StartAsync([assignment], CancellationToken.None);
        return assignment;
    }

    /// <summary>Starts an agent, or writes its next sign of life.</summary>
    public async Task BeatAsync(string session, IReadOnlyList<string>? running = null)
    {
        var machine = new PoolMachine
        {
            Session = session,
            Machine = session.Split('-')[0],
            StartedAt = DateTimeOffset.UnixEpoch,
            Cpus = 4,
            MemoryBytes = 1L << 34,
            Gpus = 1,
            Running = running ?? [],
        };
        await Store.WriteAsync(
            PoolKeys.Machine("lab", session), JsonSerializer.SerializeToUtf8Bytes(machine, PoolJson.Default.PoolMachine),
            CancellationToken.None);
        // However long the test takes, the agent is live.
        SetAge(session, TimeSpan.FromHours(-1));
    }

    /// <summary>Makes an agent's last sign of life an hour old.</summary>
    public void Silence(string session) => SetAge(session, TimeSpan.FromHours(1));

    /// <summary>An agent claims an attempt, and removes its entry.</summary>
    public async Task ClaimAsync(Assignment assignment, string session)
    {
        await ClaimAsync(assignment.Attempt, session);
        await Store.DeleteAsync(PoolKeys.Entry("lab", assignment), CancellationToken.None);
    }

    /// <summary>An agent claims an attempt.</summary>
    public async Task ClaimAsync(string attempt, string session)
    {
        var claim = new AttemptClaim { Token = "x", Host = "ws1", Process = 1, Job = session, At = DateTimeOffset.UnixEpoch };
        await Store.WriteAsync(
            AttemptKeys.Claim(attempt), JsonSerializer.SerializeToUtf8Bytes(claim, AttemptJson.Default.AttemptClaim),
            CancellationToken.None);
    }

    public async Task<BackendState> ObserveAsync(Assignment assignment) =>
        (await Target.ObserveAsync([assignment.Attempt], CancellationToken.None))[0];

    private void SetAge(string session, TimeSpan age) =>
        File.SetLastWriteTimeUtc(_folder[$"store/{PoolKeys.Machine("lab", session)}"], DateTime.UtcNow - age);
}

/// <summary>A store during whose listings something happens, or that can't be used.</summary>
internal sealed class InterruptedStore(IStore inner) : IStore
{
    public string Url => inner.Url;

    public bool IsDown { get; set; }

    /// <summary>How many objects have been read.</summary>
    public int Reads { get; private set; }

    /// <summary>Called with the folder after a listing.</summary>
    public Func<string, Task>? Listed { get; set; }

    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        Reads++;
        return Up().ReadAsync(key, cancellationToken);
    }

    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Up().WriteAsync(key, content, cancellationToken);

    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Up().TryCreateAsync(key, content, cancellationToken);

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken) => Up().OpenReadAsync(key, cancellationToken);

    public Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken) =>
        Up().PutFileAsync(key, path, move, cancellationToken);

    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken) => Up().ExistsAsync(key, cancellationToken);

    public async IAsyncEnumerable<StoreEntry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in Up().ListAsync(folder, cancellationToken)) yield return entry;
        if (Listed is { } listed) await listed(folder);
    }

    public Task DeleteAsync(string folder, CancellationToken cancellationToken) => Up().DeleteAsync(folder, cancellationToken);

    public ISegmentWriter AppendSegments(string folder) => Up().AppendSegments(folder);

    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken) =>
        Up().OpenSegmentsAsync(folder, offset, cancellationToken);

    private IStore Up() => IsDown ? throw new StoreException($"{Url} can't be used: connection refused") : inner;
}
