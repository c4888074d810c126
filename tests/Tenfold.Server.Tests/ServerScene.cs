using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Tenfold.App;
using Tenfold.Core.Hosts;
using Tenfold.Core.Pushes;
using Tenfold.Projects;

namespace Tenfold.Server.Tests;

/// <summary>A server in this process, with a home of its own, that listens on a free port.</summary>
public sealed class ServerScene : IAsyncLifetime
{
    /// <summary>The repository of GitHub's examples.</summary>
    public const string ExampleRepository = "codertocat/hello-world";

    public const string Secret = "It's a Secret to Everybody", OtherSecret = "another secret";

    // Less than one body of the greatest length needs, so that one that stalls leaves no room.
    public const int MaxBodies = 2_000_000;

    private const string Repositories =
        """
        repositories:
          acme/vision: { secret: HOOK_SECRET }
          acme/old: { secret: HOOK_SECRET, sha1: true }
          acme/other: { secret: OTHER_SECRET }
          acme/each: { secret: HOOK_SECRET, coalesce: false }
          codertocat/hello-world: { secret: HOOK_SECRET, url: /nowhere }
          acme/open: { secret: EMPTY_SECRET }
          acme/lab: { host: gitlab, secret: HOOK_SECRET }
          acme/tea: { host: gitea, secret: HOOK_SECRET, url: "https://tea.example/acme/tea.git" }
          acme/forge: { host: forgejo, secret: HOOK_SECRET, url: "https://forge.example/acme/forge.git" }
        """;

    private readonly TemporaryFolder _folder = new();
    private WebApplication? _app;

    /// <summary>Where the server finds git.</summary>
    public string SearchPath { get; init; } = "/usr/bin:/bin";

    public HttpClient Client { get; } = new(new SocketsHttpHandler { Expect100ContinueTimeout = Eventually.Deadline });

    public Services Services { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Services = Services.Open(new ServiceOptions
        {
            Home = _folder["home"],
            Session = new UserSession
            {
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = SearchPath,
                    ["HOOK_SECRET"] = Secret,
                    ["OTHER_SECRET"] = OtherSecret,
                    ["EMPTY_SECRET"] = "",
                },
                User = "ann",
                Machine = "server",
            },
        });
        var file = ServerReader.Read(Repositories, "server.yaml").Match(
            read => read, faults => throw new InvalidOperationException(string.Join('\n', faults)));
        var options = new ServerOptions { Url = "http://127.0.0.1:0", MaxBodyBytes = 1 << 20, MaxBodiesBytes = MaxBodies };
        _app = ServerHost.Create(options, new ServerParts(Services, file.Repositories));
        await _app.StartAsync();
        Client.BaseAddress = new Uri(_app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Delivers a body as GitHub does.</summary>
    public Task<HttpStatusCode> DeliverAsync(
        string body, string id, string @event = "push", string secret = Secret, string path = "/hooks", string type = "application/json") =>
        SendAsync(
            body, path, type, ("X-GitHub-Event", @event), ("X-GitHub-Delivery", id),
            ("X-Hub-Signature-256", $"sha256={Sign(secret, body)}"));

    /// <summary>Delivers a body as GitHub does, and returns the whole answer.</summary>
    public async Task<HttpResponseMessage> PostAsync(string body, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/hooks")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-GitHub-Event", "push");
        request.Headers.Add("X-GitHub-Delivery", id);
        request.Headers.Add("X-Hub-Signature-256", $"sha256={Sign(Secret, body)}");
        return await Client.SendAsync(request);
    }

    public async Task<HttpStatusCode> SendAsync(string body, string path, string type, params (string Name, string Value)[] headers)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        // A server that refuses a long body may close the connection while it is still sent: the client waits for its leave.
        request.Headers.ExpectContinue = true;
        using var answer = await Client.SendAsync(request);
        return answer.StatusCode;
    }

    public static string Sign(string secret, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)));

    /// <summary>The delivery with an id, once it has been read.</summary>
    public async Task<Delivery> ReadAsync(string id)
    {
        Delivery? found = null;
        var since = TimeProvider.System.GetTimestamp();
        while (found is null or { State: DeliveryState.Waiting })
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            found = await FindAsync(id);
            await Task.Delay(5);
        }

        return found;
    }

    public async Task<Delivery?> FindAsync(string id) =>
        (await Services.Pushes.FindDeliveriesAsync(id, CancellationToken.None)).FirstOrDefault(delivery => delivery.Id == id);

    /// <summary>A push to a branch of a repository.</summary>
    public static string Push(string repository = "acme/vision", string branch = "refs/heads/main", char commit = '1') =>
        JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["ref"] = branch,
            ["before"] = new string('a', 40),
            ["after"] = new string(commit, 40),
            ["repository"] = new Dictionary<string, object> { ["id"] = 1, ["full_name"] = repository },
        });
}
