using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Reasons;
using Tenfold.Core.Requests;
using Tenfold.Core.Tests.Requests;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Tests.Running;

/// <summary>Versions and routes in memory.</summary>
internal sealed class MemoryLedger : IVersionLedger
{
    private readonly Lock _gate = new();
    private readonly List<ModelVersion> _versions = [];
    private readonly List<Route> _routes = [];
    private readonly List<Experiment> _experiments = [];
    private long _revision;

    public bool IsDown { get; set; }

    public void Change(Action<List<ModelVersion>, List<Route>, List<Experiment>> change)
    {
        lock (_gate)
        {
            change(_versions, _routes, _experiments);
            _revision++;
        }
    }

    public Task<long> ReadServingRevisionAsync(CancellationToken cancellationToken) =>
        IsDown ? throw new IOException("the ledger is down") : Read(() => _revision);

    public Task<IReadOnlyList<ModelVersion>> ListVersionsAsync(string? model, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<ModelVersion>>(() => [.. _versions]);

    public Task<IReadOnlyList<Route>> ListRoutesAsync(CancellationToken cancellationToken) =>
        Read<IReadOnlyList<Route>>(() => [.. _routes.GroupBy(route => route.Model).Select(of => of.MaxBy(route => route.Revision)!)]);

    public Task<IReadOnlyList<Experiment>> ListExperimentsAsync(string model, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<Experiment>>(() => [.. _experiments.Where(test => test.Model == model)]);

    public Task<IReadOnlyList<Route>> ListRouteHistoryAsync(string model, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<Route>>(() => [.. _routes.Where(route => route.Model == model).OrderBy(route => route.Revision)]);

    public Task<bool> AddVersionAsync(ModelVersion version, string salt, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<bool> ChangeVersionAsync(
        string model, string version, VersionState state, DateTimeOffset at, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<bool> AddRouteAsync(Route route, CancellationToken cancellationToken)
    {
        var isNext = false;
        Change((_, routes, _) =>
        {
            isNext = routes.Where(one => one.Model == route.Model).Max(one => one.Revision) + 1 == route.Revision;
            if (isNext) routes.Add(route);
        });
        return Task.FromResult(isNext);
    }

    public Task<int?> AddExperimentAsync(Experiment experiment, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> EndExperimentAsync(
        string model, int number, DateTimeOffset at, Reason reason, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private Task<T> Read<T>(Func<T> read)
    {
        lock (_gate) return Task.FromResult(read());
    }
}

/// <summary>Replicas that the tests declare ready.</summary>
internal sealed class TestReplicas : IReplicaHost
{
    private readonly ConcurrentDictionary<string, Set> _sets = new();

    public ConcurrentBag<string> Ended { get; } = [];

    public void SetReady(string version, params Uri[] addresses)
    {
        SetOf(version).IsCrashLooping = false;
        SetOf(version).Ready = addresses;
    }

    public void SetCrashing(string version)
    {
        SetReady(version);
        SetOf(version).IsCrashLooping = true;
    }

    public Task<Outcome<IReplicaSet>> StartAsync(ModelVersion version, CancellationToken cancellationToken) =>
        Task.FromResult(Outcome.Of<IReplicaSet>(SetOf(version.Version)));

    private Set SetOf(string version) => _sets.GetOrAdd(version, _ => new Set(() => Ended.Add(version)));

    private sealed class Set(Action ended) : IReplicaSet
    {
        public IReadOnlyList<Uri> Ready { get; set; } = [];

        public string? Fault => IsCrashLooping ? "it ended with exit code 1" : null;

        public bool IsCrashLooping { get; set; }

        public ValueTask DisposeAsync()
        {
            ended();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Records in memory, which can be listed at once.</summary>
internal sealed class MemoryLog() : StubRequestLog(() => new NotSupportedException()), IRequestRecorder
{
    private readonly ConcurrentQueue<LoggedRequest> _requests = new();

    public ConcurrentQueue<Feedback> Feedback { get; } = new();

    public bool IsRefusing { get; set; }

    /// <summary>What the next appends give.</summary>
    public AppendOutcome Gives { get; set; }

    public IReadOnlyList<LoggedRequest> Requests => [.. _requests];

    public LoggedRequest Of(HttpResponseMessage reply) =>
        _requests.Single(request => request.Id == Guid.Parse(reply.Headers.GetValues("Tenfold-Request-Id").Single()));

    public ValueTask<AppendOutcome> AppendAsync(LoggedRequest request, CancellationToken cancellationToken)
    {
        if (Gives == AppendOutcome.Recorded)
            _requests.Enqueue(request with { RequestBody = request.RequestBody.ToArray(), ReplyBody = request.ReplyBody.ToArray() });
        return ValueTask.FromResult(Gives);
    }

    public ValueTask<AppendOutcome> AppendAsync(Feedback feedback, CancellationToken cancellationToken)
    {
        Feedback.Enqueue(feedback);
        return ValueTask.FromResult(Gives);
    }

    public Task LoadAllAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async IAsyncEnumerable<LoggedRequest> ReadAsync(
        RequestQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var request in _requests)
            if (request.Model == query.Model && request.ClientId == query.ClientId) yield return request;
    }
}
