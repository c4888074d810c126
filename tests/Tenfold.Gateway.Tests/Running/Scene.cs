using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;

namespace Tenfold.Gateway.Tests.Running;

/// <summary>A real gateway with two real model servers: <c>iris</c> 1.0.0, which has all traffic, and 1.1.0.</summary>
public sealed class Scene : IAsyncLifetime
{
    public const string Schema =
        """{"type":"object","properties":{"length":{"type":"number","minimum":0},"name":{"type":"string"}},"required":["length"]}""";

    private WebApplication? _gateway;

    internal MemoryLedger Ledger { get; } = new();

    internal TestReplicas Replicas { get; } = new();

    internal MemoryLog Log { get; } = new();

    internal Model Old { get; private set; } = null!;

    internal Model New { get; private set; } = null!;

    public TemporaryFolder Home { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => new(_gateway!.Urls.First());

    public async ValueTask InitializeAsync()
    {
        (Old, New) = (await Model.StartAsync("old"), await Model.StartAsync("new"));
        Replicas.SetReady("1.0.0", Old.Address);
        Replicas.SetReady("1.1.0", New.Address);
        Ledger.Change((versions, routes, _) =>
        {
            versions.AddRange([Version("1.0.0"), Version("1.1.0")]);
            routes.Add(RouteTo(1, ("1.0.0", BucketRanges.Buckets)));
        });
        _gateway = GatewayHost.Create(
            new GatewayOptions { Url = "http://127.0.0.1:0", Home = Home.Path, PollPause = TimeSpan.FromMilliseconds(10) },
            new GatewayParts { Ledger = Ledger, Replicas = Replicas, Recorder = Log, Log = Log });
        await _gateway.StartAsync();
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
        await UntilAsync(async () => (await Client.GetAsync("/v2/models/iris/ready")).IsSuccessStatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _gateway!.StopAsync();
        await _gateway.DisposeAsync();
        await Old.DisposeAsync();
        await New.DisposeAsync();
        Home.Dispose();
    }

    /// <summary>Posts to the model; <paramref name="what"/> is the behaviour of the model server.</summary>
    public Task<HttpResponseMessage> PostAsync(
        string body, string? what = null, string path = "/models/iris/invocations", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (what is not null) request.Headers.Add("X-Do", what);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends bytes on a connection of their own, and reads until the gateway closes it or the time is over.</summary>
    public async Task<string> SendRawAsync(string bytes, TimeSpan? limit = null)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.Latin1.GetBytes(bytes));
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(10), TimeProvider.System);
        var (reply, buffer) = (new StringBuilder(), new byte[65536]);
        try
        {
            while (await socket.ReceiveAsync(buffer, deadline.Token) is > 0 and var read)
                reply.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // What came until then is the reply.
        }

        return reply.ToString();
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Address.Host, Address.Port);
        return socket;
    }

    public static ModelVersion Version(string name, ServingLimits? limits = null, string model = "iris", string? schema = Schema) => new()
    {
        Model = model,
        Version = name,
        DeployedAt = DateTimeOffset.UnixEpoch,
        DeployedBy = "me@here",
        ChangedAt = DateTimeOffset.UnixEpoch,
        InputSchema = schema,
        Limits = limits ?? new ServingLimits { MaxBodyBytes = 100_000, Timeout = TimeSpan.FromSeconds(30) },
    };

    public static Route RouteTo(long revision, params (string Version, int Count)[] shares) =>
        RouteOf("iris", revision, null, shares);

    public static Route RouteOf(string model, long revision, string? shadow, params (string Version, int Count)[] shares)
    {
        var from = 0;
        var ranges = new List<BucketRange>();
        foreach (var (version, count) in shares)
        {
            ranges.Add(new BucketRange(from, count, version));
            from += count;
        }

        return new Route
        {
            Model = model,
            Revision = revision,
            At = DateTimeOffset.UnixEpoch,
            By = "me@here",
            Reason = new Reason.Note("a test"),
            Ranges = ranges,
            Shadow = shadow,
            Salt = "pepper",
        };
    }

    /// <summary>Puts a route into force, with the next revision, and waits until it is.</summary>
    public async Task RouteAsync(string? shadow, params (string Version, int Count)[] shares)
    {
        var revision = 0L;
        Ledger.Change((_, routes, _) =>
        {
            revision = routes.Where(route => route.Model == "iris").Max(route => route.Revision) + 1;
            routes.Add(RouteOf("iris", revision, shadow, shares));
        });
        await UntilAsync(async () =>
        {
            using var reply = await PostAsync("""{"length": 1}""");
            return Log.Of(reply).RouteRevision == revision;
        });
    }

    public static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await isTrue())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Eventually.Deadline) throw new TimeoutException("it did not become true");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
