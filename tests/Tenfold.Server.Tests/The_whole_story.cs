using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;

namespace Tenfold.Server.Tests;

/// <summary>
/// A push over git and HTTP, a signed delivery to the server's own process, a machine of a pool, and the verdict on the pull request. Then
/// the server is killed again and again while that happens.
/// </summary>
public sealed class The_whole_story : IAsyncLifetime
{
    private const string Secret = "x";

    private readonly TrainingScene _scene = new();
    private HostDouble _host = null!;
    private GitOverHttp _git = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await HostDouble.StartAsync();
        _git = await GitOverHttp.StartAsync(Path.GetDirectoryName(_scene.Origin.Url)!);
        await File.WriteAllTextAsync(
            Path.Combine(_scene.Services.Home, "server.yaml"),
            $"repositories: {{ {TrainingScene.Repository}: {{ secret: HOOK_SECRET, token: HOST_TOKEN, api: \"{_host.Url}\", " +
            $"url: \"{_git.Url}/origin.git\" }} }}\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _git.DisposeAsync();
        await _host.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task A_pull_request_gets_its_verdict_however_often_the_server_is_killed()
    {
        const int kills = 4;
        var yaml = _scene.Project("{ pull_request: { repeat: 6, fail_on: worse } }");
        var left = _scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        var head = _scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.WorseScript));
        var server = await StartAsync();
        var body = Payload(head);
        (await DeliverAsync(server.Port, body, "delivery", "wrong")).ShouldBe(HttpStatusCode.BadRequest);
        for (var i = 0; i < 5; i++)
            (await DeliverAsync(server.Port, body, "delivery", Secret)).ShouldBe(i == 0 ? HttpStatusCode.Accepted : HttpStatusCode.OK);
        var steps = new HashSet<string>();
        for (var killed = 0; ; await Task.Delay(10))
        {
            var push = await PushesAsync() is [var newest, ..] ? newest : null;
            var open = await _scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None);
            if (push is { State: PushState.Done } && open.Count == 0) break;
            // At each step that has not been seen before, wherever exactly the server is then.
            if (killed == kills || !steps.Add(await StepAsync(push))) continue;
            killed++;
            server.Process.Kill();
            await server.Process.WaitForExitAsync();
            server.Process.Dispose();
            server = await StartAsync();
        }

        server.Process.Kill();
        await server.Process.WaitForExitAsync();
        var project = (await PushesAsync()).ShouldHaveSingleItem().Projects.ShouldHaveSingleItem();
        (project.Outcome, project.BaselineCommit).ShouldBe((PushOutcome.Failure, left));
        var groups = await _scene.GroupsAsync();
        groups.Select(group => group.Id).ShouldBe([project.Group!, project.Baseline!], ignoreOrder: true);
        foreach (var group in groups)
        {
            var runs = await _scene.Services.Ledger.ListRunsAsync(group.Id, CancellationToken.None);
            runs.Select(run => (run.Run.State, run.Run.Attempts)).ShouldBe(Enumerable.Repeat((RunState.Succeeded, 1), 6));
        }

        _host.StatusesOf(head)[^1].State.ShouldBe("failure");
        _host.Comments.ShouldHaveSingleItem().Value.ShouldContain("worse");
        _git.Refused.ShouldBe(0);
        // The token is in no file of the server.
        Directory.EnumerateFiles(Path.Combine(_scene.Services.Home, "server"), "config", SearchOption.AllDirectories)
            .ShouldAllBe(file => !File.ReadAllText(file).Contains("token") && !File.ReadAllText(file).Contains("Basic"));
    }

    private async Task<string> StepAsync(PushRecord? push)
    {
        if (push is null) return "delivered";
        var groups = (await _scene.GroupsAsync()).Count;
        var project = push.Projects is [var first, ..] ? first : null;
        return $"{push.State} {push.Projects.Count} {groups} {project?.Outcome} {push.Posted.Count}";
    }

    private Task<IReadOnlyList<PushRecord>> PushesAsync() => _scene.Services.Pushes.ListPushesAsync(
        TrainingScene.Repository, new PushRef("main") { Number = 7 }, 10, CancellationToken.None);

    private static string Payload(string head)
    {
        object repository = new { id = 1, full_name = TrainingScene.Repository };
        return JsonSerializer.Serialize(new
        {
            action = "opened",
            number = 7,
            repository,
            pull_request = new { head = new { sha = head, repo = repository }, @base = new { @ref = "main" } },
        });
    }

    private static async Task<HttpStatusCode> DeliverAsync(int port, string body, string id, string secret)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/hooks")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-GitHub-Event", "pull_request");
        request.Headers.Add("X-GitHub-Delivery", id);
        request.Headers.Add("X-Hub-Signature-256", $"sha256={ServerScene.Sign(secret, body)}");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<(Process Process, int Port)> StartAsync()
    {
        var port = FreePort.Find();
        var start = new ProcessStartInfo(Program(), ["--url", $"http://127.0.0.1:{port}"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        start.Environment["TENFOLD_HOME"] = _scene.Services.Home;
        start.Environment["HOOK_SECRET"] = Secret;
        start.Environment["HOST_TOKEN"] = "token";
        start.Environment.Remove("TENFOLD_LEDGER");
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        await Eventually.ShouldBeAsync(() => process.HasExited || IsOpen(port), "the server listens");
        process.HasExited.ShouldBeFalse();
        return (process, port);
    }

    // The published program, which ./build makes.
    private static string Program()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Tenfold.slnx"))) continue;
            var program = Path.Combine(folder.FullName, "artifacts", "app", "tenfold-server");
            return File.Exists(program) ? program : throw new FileNotFoundException("run ./build first", program);
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no repository");
    }

    private static bool IsOpen(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
