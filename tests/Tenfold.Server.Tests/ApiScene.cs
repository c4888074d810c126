using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tenfold.App;
using Tenfold.App.Access;
using Tenfold.Core.Hosts;
using Tenfold.Core.Keys;
using Tenfold.Core.Store;
using Tenfold.Projects;

namespace Tenfold.Server.Tests;

/// <summary>
/// A server with two groups that have ended, and one that waits. Everything is real but the runs: their records and logs are
/// written by the test.
/// </summary>
public sealed class ApiScene : IAsyncLifetime
{
    public const string Baseline = "aaaabbbb", Candidate = "ccccdddd", Live = "eeeeffff";

    private readonly TemporaryFolder _folder = new();
    private WebApplication? _app;

    public Uri Address { get; private set; } = null!;

    public Services Services { get; private set; } = null!;

    public FolderStore Store { get; private set; } = null!;

    /// <summary>The routes of the server, as <c>GET /path</c>.</summary>
    public IReadOnlyList<string> Routes =>
    [
        .. _app!.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(
                method => $"{method} /{route.RoutePattern.RawText!.Trim('/')}")),
    ];

    /// <summary>Keys by role.</summary>
    public Dictionary<ServerRole, string> Keys { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Services = Open();
        Store = new FolderStore(Directory.CreateDirectory(_folder["store"]).FullName);
        foreach (var role in Enum.GetValues<ServerRole>()) Keys[role] = await AddKeyAsync($"{role}".ToLowerInvariant(), role);
        await AddGroupAsync(Baseline, [0.71, 0.72, 0.70, 0.73, 0.715]);
        await AddGroupAsync(Candidate, [0.81, 0.826, 0.803, 0.829, 0.817]);
        await AddGroupAsync(Live, [null]);
        _app = await StartAsync(Services);
        Address = new Uri(_app.Urls.First());
    }

    /// <summary>Starts a server on a free port.</summary>
    public static async Task<WebApplication> StartAsync(Services services, ServerFile? file = null)
    {
        var options = new ServerOptions { Url = "http://127.0.0.1:0" };
        var app = ServerHost.Create(options, new ServerParts(services, (file ?? new ServerFile()).Repositories));
        await app.StartAsync();
        return app;
    }

    /// <summary>Opens the services of this home.</summary>
    public Services Open(string? ledger = null, string home = "home") => Services.Open(new ServiceOptions
    {
        Home = _folder[home],
        Ledger = ledger,
        Session = new UserSession
        {
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
            User = "ann",
            Machine = "server",
        },
    });

    public async Task<string> AddKeyAsync(string name, ServerRole role) =>
        (await new ServerKeyDesk(Services).AddAsync(name, role, CancellationToken.None)).Value();

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A client that sends a key.</summary>
    public HttpClient Client(string? key, Uri? address = null)
    {
        var client = new HttpClient { BaseAddress = address ?? Address };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public HttpClient Client(ServerRole role) => Client(Keys[role]);

    /// <summary>Gets JSON with a key that may read.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var client = Client(ServerRole.Read);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Posts JSON, and returns the status and the answer.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(
        string path, string json, ServerRole role = ServerRole.Run, string type = "application/json")
    {
        using var client = Client(role);
        using var content = new StringContent(json, Encoding.UTF8, type);
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>Adds a group whose runs have ended with these values; null: the run is queued.</summary>
    public async Task AddGroupAsync(string id, IReadOnlyList<double?> values)
    {
        var at = TimeProvider.System.GetUtcNow();
        var (group, runs) = SampleWork.Group(id, values.Count, at, _folder["store"]);
        await Services.Ledger.AddGroupAsync(group, runs, CancellationToken.None);
        foreach (var (run, value) in runs.Zip(values))
            if (value is { } number) await SampleWork.EndAsync(Services, run, number, at);
    }
}
