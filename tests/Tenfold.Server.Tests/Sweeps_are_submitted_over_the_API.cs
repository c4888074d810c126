using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Tenfold.App.Access;
using Tenfold.App.Sweeping;
using Tenfold.Core.Keys;
using Tenfold.Core.Queueing;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Server.Tests;

public sealed class Sweeps_are_submitted_over_the_API : IAsyncLifetime
{
    // Nothing that the tests push is trained because of its push.
    private const string Elsewhere = "{ push: { branches: [elsewhere] } }";

    private const string Sweep = "sweep: { parameters: { x: { min: 0.1, max: 0.9 } }, method: sobol, trials: 3 }";

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
    public async Task The_sweep_of_a_commit_is_driven_by_the_server_and_can_be_read_meanwhile()
    {
        var commit = Push();
        Push("exit 1\n");
        var (status, answer) = await PostAsync(
            "studies", $$"""{"repository":"acme/vision","commit":"{{commit[..12]}}","parallel":2,"seed":7,"priority":"high"}""");
        status.ShouldBe(HttpStatusCode.Created, $"{answer}");
        var id = answer.GetProperty("id").GetString()!;
        var study = (await _scene.Services.Studies.FindStudyAsync(id, CancellationToken.None)).ShouldNotBeNull();
        (study.GitCommit, study.GitBranch, study.GitDirty, study.Target).ShouldBe((commit, "main", false, "lab"));
        (study.Spec.Trials, study.Spec.Parallel, study.Spec.Seed, study.Spec.Method).ShouldBe((3, 2, 7, SweepMethod.Sobol));
        (study.Spec.Priority, study.Spec.Work!.User).ShouldBe((RunPriority.High, "ann"));
        var ended = await EndAsync(id);
        ended.GetProperty("trials").GetArrayLength().ShouldBe(3);
        ended.GetProperty("best").GetArrayLength().ShouldBe(3);
        ended.GetProperty("running").GetArrayLength().ShouldBe(0);

        // With more trials, a finished study goes on.
        (status, _) = await PostAsync($"studies/{id}/resume", """{"trials":5}""");
        status.ShouldBe(HttpStatusCode.OK);
        (await EndAsync(id)).GetProperty("trials").GetArrayLength().ShouldBe(5);
        (status, var problem) = await PostAsync($"studies/{id}/resume", """{"trials":5}""");
        (status, problem.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.BadRequest, "bad-input"));
    }

    [Fact]
    public async Task A_request_that_is_sent_again_starts_no_second_study()
    {
        Push();
        const string body = """{"repository":"acme/vision","branch":"main","trials":2,"method":"random","prune":"none"}""";
        var answers = await Task.WhenAll(PostAsync("studies", body, "k1"), PostAsync("studies", body, "k1"));
        answers.Select(one => one.Status).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.Created]);
        answers.Select(one => one.Body.GetProperty("id").GetString()).Distinct().ShouldHaveSingleItem();
        (await PostAsync("studies", body.Replace("\"trials\":2", "\"trials\":9"), "k1")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await PostAsync("studies", body.Replace("random", "grid"), "k1")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await PostAsync("studies", body, "k2")).Status.ShouldBe(HttpStatusCode.Created);
        (await StudiesAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"repository":"acme/other"}""", HttpStatusCode.NotFound, "has no repository acme/other")]
    [InlineData("""{"repository":"acme/vision","target":"moon"}""", HttpStatusCode.BadRequest, "no such target")]
    [InlineData("""{"repository":"acme/vision","trials":0}""", HttpStatusCode.BadRequest, "trials must be")]
    [InlineData("""{"repository":"acme/vision","parallel":10001}""", HttpStatusCode.BadRequest, "parallel must be")]
    [InlineData("""{"repository":"acme/vision","method":"magic"}""", HttpStatusCode.BadRequest, "method must be one of auto, random")]
    [InlineData("""{"repository":"acme/vision","prune":"all"}""", HttpStatusCode.BadRequest, "prune must be one of asha")]
    [InlineData("""{"repository":"acme/vision","seed":-1}""", HttpStatusCode.BadRequest, "seed must be")]
    [InlineData("""{"repository":"acme/vision","budget":{"seconds":1e300}}""", HttpStatusCode.BadRequest, "budget.seconds")]
    [InlineData("""{"repository":"acme/vision","budget":{"usd":0}}""", HttpStatusCode.BadRequest, "budget.usd")]
    [InlineData("""{"repository":"acme/vision","from":"study.db#a"}""", HttpStatusCode.BadRequest, "not from the file")]
    [InlineData("""{"repository":"acme/vision","from":"zzzz"}""", HttpStatusCode.NotFound, "zzzz")]
    [InlineData("""{"repository":"acme/vision","variables":["A=b"]}""", HttpStatusCode.BadRequest, "variables")]
    public async Task A_request_that_can_not_be_met_is_refused_in_plain_words(string body, HttpStatusCode expected, string words)
    {
        Push();
        var (status, problem) = await PostAsync("studies", body);
        status.ShouldBe(expected, $"{problem}");
        problem.GetProperty("detail").GetString()!.ShouldContain(words);
        (await StudiesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Settings_that_no_sweep_may_have_are_refused_as_by_the_command_line()
    {
        Push();
        using var folder = new TemporaryFolder();
        folder.Write("tenfold.yaml", _scene.Project(Elsewhere, Sweep));
        folder.Write("train.sh", TrainingScene.Script("0.9"));
        foreach (var (setting, request) in new[]
        {
            ("\"method\":\"grid\"", new SweepRequest { Method = SweepMethod.Grid }),
            ("\"budget\":{\"usd\":5}", new SweepRequest { Cost = 5 }),
        })
        {
            var here = await new StudyPlanner(_scene.Services).PlanAsync(
                request with { Folder = folder.Path, On = "lab" }, CancellationToken.None);
            var (status, problem) = await PostAsync("studies", $$"""{"repository":"acme/vision",{{setting}}}""");
            status.ShouldBe(HttpStatusCode.BadRequest);
            problem.GetProperty("detail").GetString().ShouldBe(here.Match<string?>(_ => null, refusal => refusal.Message));
        }
    }

    [Fact]
    public async Task Only_a_key_that_may_run_starts_studies_lets_them_go_on_or_adds_repeats()
    {
        Push();
        foreach (var path in new[] { "studies", "studies/aaaabbbb/resume", "groups/aaaabbbb/runs" })
            (await PostAsync(path, "{}", client: _reader)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await StudiesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_study_of_another_home_does_not_go_on_here()
    {
        Push();
        var (_, answer) = await PostAsync("studies", """{"repository":"acme/vision"}""");
        var id = answer.GetProperty("id").GetString()!;
        var own = (await _scene.Services.Studies.FindStudyAsync(id, CancellationToken.None)).ShouldNotBeNull();
        // Another home's key signs it.
        var foreign = own with { Id = "ffffeeee" };
        using var folder = new TemporaryFolder();
        var elsewhere = Tenfold.App.Services.Open(new App.ServiceOptions
        {
            Home = folder.Path,
            Ledger = _scene.Services.LaptopLedger,
            Session = _scene.Services.Session,
        });
        await elsewhere.Studies.AddStudyAsync(foreign, CancellationToken.None);
        var (status, problem) = await PostAsync("studies/ffffeeee/resume", "{}");
        status.ShouldBe(HttpStatusCode.BadRequest, $"{problem}");
        problem.GetProperty("detail").GetString()!.ShouldContain("recorded by another home");
    }

    [Fact]
    public async Task Repeats_are_added_to_a_group_once()
    {
        Push();
        var (_, fit) = await PostAsync("fits", """{"repository":"acme/vision","repeat":2}""");
        var id = fit.GetProperty("group").GetProperty("id").GetString()!;
        for (var sent = 0; sent < 2; sent++)
        {
            var (status, grown) = await PostAsync($"groups/{id}/runs", """{"more":3,"after":2}""");
            status.ShouldBe(HttpStatusCode.OK, $"{grown}");
            grown.GetProperty("runs").GetArrayLength().ShouldBe(5);
        }

        (await PostAsync($"groups/{id}/runs", """{"more":3,"after":3}""")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await PostAsync($"groups/{id}/runs", """{"more":0,"after":5}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync($"groups/{id}/runs", """{"more":10000,"after":5}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    private string Push(string? script = null) => _scene.Origin.Push(
        "main", ("tenfold.yaml", _scene.Project(Elsewhere, Sweep)), ("train.sh", script ?? TrainingScene.Script("0.9")));

    private Task<IReadOnlyList<StudyRecord>> StudiesAsync() => _scene.Services.Studies.ListStudiesAsync(100, CancellationToken.None);

    // Reads how a study stands until the server has finished it.
    private async Task<JsonElement> EndAsync(string id)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            using var answer = await _reader.GetAsync(new Uri($"/api/v1/studies/{id}/progress", UriKind.Relative));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            var progress = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            if (progress.GetProperty("study").GetProperty("state").GetString() == "finished") return progress;
            await Task.Delay(50);
        }
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(
        string path, string json, string? key = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/{path}");
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var answer = await (client ?? _client).SendAsync(request);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }
}
