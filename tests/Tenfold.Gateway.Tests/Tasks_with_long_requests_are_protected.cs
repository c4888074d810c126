using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Routing;
using Tenfold.Gateway.Watching;

namespace Tenfold.Gateway.Tests;

public sealed class Tasks_with_long_requests_are_protected : IAsyncLifetime
{
    private readonly Tasks _tasks = new();
    private readonly VersionEndpoint _endpoint;
    private readonly LongRequests _watch;

    public Tasks_with_long_requests_are_protected()
    {
        var version = new ModelVersion
        {
            Model = "iris",
            Version = "1.0.0",
            DeployedAt = default,
            DeployedBy = "me@here",
            ChangedAt = default,
            Service = "iris-1-0-0-abc",
        };
        _endpoint = new VersionEndpoint(version, _tasks, null, TimeProvider.System);
        var route = new Route
        {
            Model = "iris",
            Revision = 1,
            At = default,
            By = "me@here",
            Reason = new Reason.FirstVersion("1.0.0"),
            Ranges = [new BucketRange(0, BucketRanges.Buckets, "1.0.0")],
            Salt = "salt",
        };
        var routes = new RouteTable();
        routes.Replace(new Dictionary<string, ModelRoute>
        {
            ["iris"] = new(route, new Dictionary<string, VersionEndpoint> { ["1.0.0"] = _endpoint }, experiment: null, pending: null),
        });
        _watch = new LongRequests(routes, TimeProvider.System, NullLogger<LongRequests>.Instance);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _endpoint.DisposeAsync();
    }

    [Fact]
    public async Task A_task_is_protected_as_long_as_a_long_request_lasts_and_no_longer()
    {
        var busy = _endpoint.Choose()!;
        var began = busy.Begin();
        (await ProtectedAsync(1)).ShouldBeEmpty("the request began within this period");
        for (var round = 0; round < 3; round++) (await ProtectedAsync(2)).ShouldBe([busy.Uri], "the other task has no request");
        busy.End(began);
        (await ProtectedAsync(4)).ShouldBeEmpty();
        busy.InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task A_task_that_is_always_busy_with_short_requests_is_not()
    {
        var busy = _endpoint.Choose()!;
        var before = busy.Begin();
        for (var round = 0; round < 10; round++)
        {
            (await ProtectedAsync(1)).ShouldBeEmpty();
            var next = busy.Begin();
            busy.End(before);
            before = next;
            busy.InFlight.ShouldBe(1);
        }

        busy.End(before);
    }

    [Fact]
    public async Task A_refused_protection_stops_nothing()
    {
        _tasks.IsDenied = true;
        var busy = _endpoint.Choose()!;
        var began = busy.Begin();
        (await ProtectedAsync(4)).ShouldBeEmpty();
        busy.End(began);
    }

    private async Task<List<Uri>> ProtectedAsync(int periods)
    {
        _tasks.Protected.Clear();
        for (var period = 0; period < periods; period++) await _watch.ProtectAsync(CancellationToken.None);
        return [.. _tasks.Protected];
    }

    private sealed class Tasks : IReplicaSet
    {
        public List<Uri> Protected { get; } = [];

        public bool IsDenied { get; set; }

        public IReadOnlyList<Uri> Ready { get; } = [new("http://127.0.0.1:1"), new("http://127.0.0.1:2")];

        public string? Fault => null;

        public bool IsCrashLooping => false;

        public Task ProtectAsync(IReadOnlyList<Uri> addresses, CancellationToken cancellationToken)
        {
            if (IsDenied) throw new IOException("not allowed");
            Protected.AddRange(addresses);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
