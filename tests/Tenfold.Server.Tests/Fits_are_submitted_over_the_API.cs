using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Tenfold.App.Access;
using Tenfold.Core.Keys;
using Tenfold.Core.Queueing;
using Tenfold.Core.Runs;

namespace Tenfold.Server.Tests;

public sealed class Fits_are_submitted_over_the_API : IAsyncLifetime
{
    // Nothing that the tests push is trained because of its push.
    private const string Elsewhere = "{ push: { branches: [elsewhere] } }";

    private readonly TrainingScene _scene = new();
    private readonly HttpClient _client = new(), _reader = new();
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await ApiScene.StartAsync(_scene.Services, _scene.File);
        var desk = new ServerKeyDesk(_scene.Services);
        foreach (var (client, name, role) in new[] { (_client, "ann", ServerRole.Run), (_reader, "bob", ServerRole.Read) })
        {
            client.BaseAddress = new Uri(_app.Urls.First());
            client.DefaultRequestHeaders.Authorization = new("Bearer", (await desk.AddAsync(name, role, CancellationToken.None)).Value());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _reader.Dispose();
        await _app.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_of_a_branch_is_trained_exactly_as_it_is()
    {
        var commit = _scene.Origin.Push("main", ("tenfold.yaml", _scene.Project(Elsewhere)), ("train.sh", TrainingScene.Script("0.9")));
        _scene.Origin.Push("main", ("train.sh", "exit 1\n"));
        var (status, answer) = await PostAsync(
            $$"""{"repository":"{{TrainingScene.Repository}}","commit":"{{commit[..12]}}","repeat":2,"priority":"high"}""");
        status.ShouldBe(HttpStatusCode.Created, $"{answer}");
        var id = answer.GetProperty("group").GetProperty("id").GetString()!;
        answer.GetProperty("runs").GetArrayLength().ShouldBe(2);
        var group = (await _scene.Services.Ledger.FindGroupAsync(id, CancellationToken.None)).ShouldNotBeNull();
        (group.GitCommit, group.GitBranch, group.GitDirty, group.Target).ShouldBe((commit, "main", false, "lab"));
        (group.Priority, group.Spec.User).ShouldBe((RunPriority.High, "ann"));
        // The server's control loop and the pool's machine.
        var since = TimeProvider.System.GetTimestamp();
        while (!(await _scene.Services.Ledger.ListRunsAsync(id, CancellationToken.None)).All(run => run.Run.State == RunState.Succeeded))
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            await Task.Delay(50);
        }
    }

    [Fact]
    public async Task A_request_that_is_sent_again_starts_nothing_again()
    {
        _scene.Origin.Push("main", ("tenfold.yaml", _scene.Project(Elsewhere)), ("train.sh", TrainingScene.Script("0.9")));
        var body = $$"""{"repository":"{{_scene.Origin.Url}}","branch":"main","repeat":1}""";
        var answers = await Task.WhenAll(PostAsync(body, "k1"), PostAsync(body, "k1"), PostAsync(body, "k1"));
        answers.Select(one => one.Status).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Created]);
        var id = answers.Select(one => one.Body.GetProperty("group").GetProperty("id").GetString()).Distinct().ShouldHaveSingleItem();
        // The branch has gone on. The answer that was lost is that of the first request all the same.
        _scene.Origin.Push("main", ("train.sh", TrainingScene.Script("0.8")));
        var (status, again) = await PostAsync(body, "k1");
        (status, again.GetProperty("group").GetProperty("id").GetString()).ShouldBe((HttpStatusCode.OK, id));
        (await _scene.GroupsAsync()).Count.ShouldBe(1);

        (status, var problem) = await PostAsync(body.Replace("\"repeat\":1", "\"repeat\":5"), "k1");
        (status, problem.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.Conflict, "already-exists"));
        // Without a key, or with another one, it is another request.
        (await PostAsync(body, "k2")).Status.ShouldBe(HttpStatusCode.Created);
        (await PostAsync(body)).Status.ShouldBe(HttpStatusCode.Created);
        (await _scene.GroupsAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Others_submit_while_a_target_does_not_answer()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var moon = $"moon: {{ kind: slurm, partition: gpu, rest: \"http://{silent.LocalEndpoint}\" }}";
        var project = _scene.Project("{ push: { branches: [elsewhere], target: lab } }").Replace(
            "lab: { kind: pool }", $"lab: {{ kind: pool }}, {moon}");
        _scene.Origin.Push("main", ("tenfold.yaml", project), ("train.sh", TrainingScene.Script("0.9")));
        var listing = PostAsync($$"""{"repository":"{{TrainingScene.Repository}}"}""", path: "targets");
        var asked = silent.AcceptTcpClientAsync();
        (await Task.WhenAny(asked, listing)).ShouldBe(asked, listing.IsCompleted ? $"{(await listing).Body}" : null);
        using (await asked)
        {
            var (status, answer) = await PostAsync($$"""{"repository":"{{TrainingScene.Repository}}","target":"lab"}""");
            status.ShouldBe(HttpStatusCode.Created, $"{answer}");
            listing.IsCompleted.ShouldBeFalse();
        }

        silent.Stop();
        var (listed, targets) = await listing.WaitAsync(Eventually.Deadline);
        listed.ShouldBe(HttpStatusCode.OK, $"{targets}");
        targets.EnumerateArray().Select(one => one.GetProperty("name").GetString()).ShouldBe(["local", "lab", "moon"]);
    }

    [Fact]
    public async Task A_commit_that_no_branch_has_is_not_trained()
    {
        var first = _scene.Origin.Push("main", ("tenfold.yaml", _scene.Project(Elsewhere)), ("train.sh", TrainingScene.Script("0.9")));
        var others = _scene.Origin.PushTo("refs/pull/7/head", ("train.sh", "touch /tmp/owned\n"));
        _scene.Origin.GoTo(first);
        var removed = _scene.Origin.Push("main", ("train.sh", TrainingScene.Script("0.1")));
        _scene.Origin.GoTo(first);
        _scene.Origin.Push("main", ("train.sh", TrainingScene.Script("0.2")));
        foreach (var commit in new[] { others, removed, new string('a', 40) })
        {
            var (status, problem) = await PostAsync(
                $$"""{"repository":"{{TrainingScene.Repository}}","branch":"main","commit":"{{commit}}"}""");
            status.ShouldBe(HttpStatusCode.NotFound);
            problem.GetProperty("detail").GetString()!.ShouldContain("push it first");
        }

        (await _scene.GroupsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"repository":"acme/other"}""", HttpStatusCode.NotFound, "has no repository acme/other")]
    [InlineData("""{"repository":"acme/vision","branch":"none"}""", HttpStatusCode.NotFound, "no branch none")]
    [InlineData("""{"repository":"acme/vision","branch":"--upload-pack=x"}""", HttpStatusCode.NotFound, "no branch")]
    [InlineData("""{"repository":"acme/vision","commit":"--all"}""", HttpStatusCode.BadRequest, "hexadecimal")]
    [InlineData("""{"repository":"acme/vision","project":"../.."}""", HttpStatusCode.NotFound, "no tenfold.yaml in '../..'")]
    [InlineData("""{"repository":"acme/vision","project":"c"}""", HttpStatusCode.NotFound, "it has one in: a, b")]
    [InlineData("""{"repository":"acme/vision"}""", HttpStatusCode.BadRequest, "several projects")]
    [InlineData("""{"repository":"acme/vision","project":"a","target":"moon"}""", HttpStatusCode.BadRequest, "no such target")]
    [InlineData("""{"repository":"acme/vision","project":"a","repeat":0}""", HttpStatusCode.BadRequest, "repeat")]
    [InlineData("""{"repository":"acme/vision","project":"a","priority":"urgent"}""", HttpStatusCode.BadRequest, "priority")]
    [InlineData("""{"repository":"acme/vision","project":"a","parameters":{"x":1}}""", HttpStatusCode.BadRequest, "parameters")]
    [InlineData("""{"branch":"main"}""", HttpStatusCode.BadRequest, "the body has no member 'repository', which is required")]
    [InlineData("""{"repository":"acme/vision","repaet":3}""", HttpStatusCode.BadRequest,
        "the body has an unknown member 'repaet'; did you mean repeat?")]
    [InlineData("""{"repository":"acme/vision","repeat":"three"}""", HttpStatusCode.BadRequest, "the value at $.repeat has the wrong type")]
    [InlineData("""{"repository":"acme/vision","repeat":1,"repeat":2}""", HttpStatusCode.BadRequest, "a member occurs twice")]
    [InlineData("""{"repository":""", HttpStatusCode.BadRequest, "the body is not JSON: see line 1, byte ")]
    [InlineData("[]", HttpStatusCode.BadRequest, "the body must be an object")]
    public async Task A_request_that_can_not_be_met_is_refused_in_plain_words(string body, HttpStatusCode expected, string words)
    {
        _scene.Origin.Push(
            "main", ("a/tenfold.yaml", _scene.Project(Elsewhere)), ("a/train.sh", ""), ("b/tenfold.yaml", _scene.Project(Elsewhere)),
            ("b/train.sh", ""));
        var (status, problem) = await PostAsync(body, "k1");
        status.ShouldBe(expected, $"{problem}");
        problem.GetProperty("detail").GetString()!.ShouldContain(words);
        problem.GetProperty("detail").GetString()!.ShouldNotContain(".NET");
        (await _scene.GroupsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_faults_of_a_project_have_their_places()
    {
        _scene.Origin.Push("main", ("tenfold.yaml", _scene.Project(Elsewhere) + "repaet: 3\n"), ("train.sh", ""));
        var (status, problem) = await PostAsync($$"""{"repository":"{{TrainingScene.Repository}}"}""");
        status.ShouldBe(HttpStatusCode.BadRequest);
        var fault = problem.GetProperty("faults").EnumerateArray().ShouldHaveSingleItem();
        fault.GetProperty("path").GetString().ShouldBe("tenfold.yaml");
        fault.GetProperty("line").GetInt32().ShouldBeGreaterThan(1);
        fault.GetProperty("message").GetString()!.ShouldContain("repaet");
        fault.GetProperty("suggestion").GetString().ShouldBe("repeat");
    }

    [Fact]
    public async Task Only_a_key_that_may_run_starts_runs()
    {
        using var content = new StringContent("""{"repository":"acme/vision"}""", Encoding.UTF8, "application/json");
        using var answer = await _reader.PostAsync(new Uri("/api/v1/fits", UriKind.Relative), content);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_key_of_a_request_is_short_and_plain()
    {
        foreach (var key in new[] { "a b", new string('k', 201) })
        {
            var (status, problem) = await PostAsync("""{"repository":"acme/vision"}""", key);
            status.ShouldBe(HttpStatusCode.BadRequest);
            problem.GetProperty("detail").GetString()!.ShouldStartWith("Idempotency-Key must have");
        }
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string json, string? key = null, string path = "fits")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/{path}");
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var answer = await _client.SendAsync(request);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }
}
