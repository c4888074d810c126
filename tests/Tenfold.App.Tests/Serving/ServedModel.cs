using Tenfold.Core.Reasons;
using Tenfold.Core.Requests;
using Tenfold.Core.Versions;

namespace Tenfold.App.Tests.Serving;

/// <summary>The model iris with deployed versions, and its requests in a real request log.</summary>
internal sealed class ServedModel : IDisposable
{
    public static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Workspace _workspace = new();
    private readonly List<LoggedRequest> _requests = [];
    private readonly List<Feedback> _feedback = [];
    private SpoolPosition? _position;

    public Services Services => _workspace.Services;

    /// <summary>Deploys versions, the first of which gets all traffic.</summary>
    public async Task DeployAsync(params string[] versions)
    {
        foreach (var version in versions)
        {
            await Services.Versions.AddVersionAsync(
                new()
                {
                    Model = "iris",
                    Version = version,
                    DeployedAt = Start,
                    DeployedBy = "ann@laptop",
                    ChangedAt = Start,
                    Address = new Uri("http://127.0.0.1:1"),
                },
                "salt", CancellationToken.None);
        }
    }

    /// <summary>Divides the traffic.</summary>
    public async Task DivideAsync(params (string Version, int Percent)[] shares)
    {
        var route = await RouteAsync();
        (await Services.Versions.AddRouteAsync(
            route with
            {
                Revision = route.Revision + 1,
                At = Start,
                Reason = new Reason.TrafficSet(),
                Ranges = BucketRanges.Reassign(route.Ranges, shares.ToDictionary(one => one.Version, one => one.Percent * 100)),
            },
            CancellationToken.None)).ShouldBeTrue();
    }

    public async Task<Route> RouteAsync() => (await Services.Versions.ListRoutesAsync(CancellationToken.None)).Single();

    /// <summary>Notes a request for <see cref="LoadAsync"/>.</summary>
    public LoggedRequest Add(LoggedRequest request, double? reward = null)
    {
        _requests.Add(request);
        if (reward is { } value) _feedback.Add(new() { RequestId = request.Id, Metric = "reward", Value = value, At = request.At });
        return request;
    }

    /// <summary>A request by a user, as the route assigns it, answered with 200.</summary>
    public static LoggedRequest Request(Route route, string key, DateTimeOffset at, string baseline = "1.0.0", string body = "{}")
    {
        var version = BucketRanges.VersionOf(route.Ranges, BucketRanges.BucketOf(route.Salt, key));
        return new()
        {
            Id = Guid.CreateVersion7(at),
            At = at,
            Model = "iris",
            Version = version,
            Arm = version == baseline ? "baseline" : "candidate",
            RouteRevision = route.Revision,
            Key = key,
            Status = 200,
            Outcome = RequestOutcome.Answered,
            Latency = TimeSpan.FromMilliseconds(5),
            RequestBody = System.Text.Encoding.UTF8.GetBytes(body),
            ReplyBody = System.Text.Encoding.UTF8.GetBytes("{}"),
        };
    }

    /// <summary>Loads what was noted into the request log.</summary>
    public async Task LoadAsync()
    {
        var to = new SpoolPosition(1, (_position?.Offset ?? 0) + 1);
        var result = await Services.Requests.LoadAsync(
            new() { Spool = "test", From = _position, To = to, Requests = _requests, Feedback = _feedback }, CancellationToken.None);
        (result.IsLoaded, result.Refused).ShouldBe((true, 0));
        _position = to;
        _requests.Clear();
        _feedback.Clear();
    }

    public void Dispose() => _workspace.Dispose();
}
