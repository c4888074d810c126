using System.Net;
using System.Text.Json;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class The_verdict_is_posted : IAsyncLifetime
{
    private static readonly PushRef Main = new("main"), Seven = new("main") { Number = 7 };

    private HostDouble _host = null!;

    public async ValueTask InitializeAsync() => _host = await HostDouble.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_push_gets_a_status_while_it_runs_and_another_when_it_has_ended()
    {
        await using var scene = Open();
        var yaml = scene.Project("{ push: { repeat: 2 } }");
        var first = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        await scene.TrainAsync(Main, first);
        var statuses = _host.StatusesOf(first);
        statuses.Select(status => (status.State, status.Context)).ShouldBe([("pending", "tenfold (push)"), ("success", "tenfold (push)")]);
        statuses[1].Description.ShouldStartWith("accuracy 0.9");
        var second = scene.Origin.Push("main", ("tenfold.yaml", scene.Project("{ push: { repeat: 2, paths: [x] } }")));
        await scene.TrainAsync(Main, second, first);
        _host.StatusesOf(second).ShouldHaveSingleItem().ShouldBe(
            ("success", "tenfold (unchanged)", "nothing to train: no file of a project that trains here changed"));
        var other = scene.Origin.Push("other");
        await scene.TrainAsync(new PushRef("other"), other);
        _host.StatusesOf(other).ShouldBeEmpty("no project trains what is pushed to this branch");
        _host.Comments.ShouldBeEmpty("only pull requests get one");
    }

    [Fact]
    public async Task A_pull_request_has_one_comment_that_is_updated()
    {
        await using var scene = Open();
        var head = Submit(scene);
        (await scene.TrainAsync(Seven, head)).Projects[0].Outcome.ShouldBe(PushOutcome.Failure);
        _host.StatusesOf(head)[^1].State.ShouldBe("failure");
        var (id, body) = _host.Comments.ShouldHaveSingleItem();
        body.ShouldContain("worse");
        body.ShouldContain("tenfold compare");
        body.ShouldContain("| n | 6 and 6 |");
        body.ShouldMatch("(?m)^base\n +•.*\n.*mean 0.935 ±", "the picture has the values of both");
        body.ShouldMatch("(?m)^this\n•.*\n.*mean 0.555 ±");
        body.ShouldMatch(@"\| 95 ?% interval \| .+ to .+ \|");
        var better = scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.Script("0.95")));
        await scene.TrainAsync(Seven, better);
        _host.Comments.ShouldHaveSingleItem().Key.ShouldBe(id);
        _host.Comments[id].ShouldContain(better[..10]);
        // Somebody removes the comment.
        _host.Remove(id);
        await scene.TrainAsync(Seven, scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.Script("0.96"))));
        _host.Comments.ShouldHaveSingleItem().Key.ShouldNotBe(id);
    }

    [Fact]
    public async Task Files_that_were_not_fetched_are_told_on_the_commit_and_on_the_runs()
    {
        await using var scene = Open();
        var yaml = scene.Project("{ pull_request: { repeat: 1 } }");
        const string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
        scene.Origin.Push(
            "main", ("tenfold.yaml", yaml), (".gitattributes", "*.bin filter=lfs\n"), ("weights.bin", pointer),
            (".gitmodules", "[submodule \"lib\"]\n\tpath = lib\n\turl = ../lib\n"), ("train.sh", TrainingScene.Script("0.9")));
        var head = scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.Script("0.8")));
        var project = (await scene.TrainAsync(Seven, head)).Projects.ShouldHaveSingleItem();
        const string words = "1 file (weights.bin) of Git LFS is only a pointer, and 1 submodule (lib) is empty: they were not fetched";
        project.Notice.ShouldBe(words);
        _host.StatusesOf(head).ShouldAllBe(status => status.Description.Contains("(1 file (weights.bin)"));
        _host.Comments.ShouldHaveSingleItem().Value.ShouldContain(words);
        var group = await scene.Services.Ledger.FindGroupAsync(project.Group!, CancellationToken.None);
        $"{group!.Spec.Missing}".ShouldBe(words);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "", "")]
    [InlineData(HttpStatusCode.TooManyRequests, "", "")]
    [InlineData(HttpStatusCode.Forbidden, "", "retry-after: 60")]
    [InlineData(HttpStatusCode.Forbidden, "", "x-ratelimit-remaining: 0")]
    [InlineData(HttpStatusCode.Forbidden, """{"message":"You have exceeded a secondary rate limit."}""", "")]
    public async Task A_host_that_fails_holds_up_no_run_and_is_told_later(HttpStatusCode status, string body, string header)
    {
        await using var scene = Open();
        var head = Submit(scene);
        _host.Fail(int.MaxValue, status, body, header is "" ? [] : [(header.Split(": ")[0], header.Split(": ")[1])]);
        (await scene.TrainAsync(Seven, head)).State.ShouldBe(PushState.Done);
        _host.Calls.ShouldBeEmpty();
        _host.Fail(0, default);
        await scene.RoundAsync();
        _host.StatusesOf(head).ShouldHaveSingleItem().State.ShouldBe("failure");
        _host.Comments.Count.ShouldBe(1);
        (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(HttpStatusCode.UnprocessableEntity, """{"message":"Validation Failed"}""")]
    [InlineData(HttpStatusCode.Forbidden, """{"message":"Resource not accessible by personal access token"}""")]
    public async Task A_host_that_refuses_is_not_asked_again(HttpStatusCode status, string body)
    {
        await using var scene = Open();
        var head = Submit(scene);
        _host.Fail(int.MaxValue, status, body, ("x-ratelimit-remaining", "4999"));
        (await scene.TrainAsync(Seven, head)).State.ShouldBe(PushState.Done);
        (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).ShouldBeEmpty();
        var requests = _host.Requests;
        await scene.RoundAsync();
        _host.Requests.ShouldBe(requests);
    }

    [Fact]
    public async Task A_comment_that_was_posted_but_not_recorded_is_found_again()
    {
        await using var scene = Open();
        var head = Submit(scene);
        await scene.TrainAsync(Seven, head);
        var push = (await scene.Services.Pushes.ListPushesAsync(TrainingScene.Repository, Seven, 1, CancellationToken.None))[0];
        await scene.Services.Pushes.SavePushAsync(
            push with { Posted = new Dictionary<string, Posting>() }, isOpen: true, CancellationToken.None);
        await scene.RoundAsync();
        _host.Comments.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_push_to_a_branch_leaves_the_verdict_of_a_pull_request_alone()
    {
        await using var scene = Open();
        var head = Submit(scene);
        await scene.TrainAsync(Seven, head);
        scene.Origin.PushTo("refs/heads/topic");
        await scene.TrainAsync(new PushRef("topic"), head);
        var yaml = scene.Project("{ push: { branches: ['**'], repeat: 2 } }");
        var both = scene.Origin.Push("other", ("tenfold.yaml", yaml), ("sub/tenfold.yaml", yaml), ("sub/train.sh", "exit 1\n"));
        await scene.TrainAsync(new PushRef("other"), both);
        _host.StatusesOf(head).Select(status => (status.State, status.Context)).ShouldBe([("pending", "tenfold"), ("failure", "tenfold")]);
        var contexts = _host.StatusesOf(both).Select(status => status.Context).Distinct();
        contexts.ShouldBe(["tenfold (push)", "tenfold (push)/sub"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_older_push_does_not_replace_the_comment_of_a_newer_one()
    {
        await using var scene = Open();
        var older = Submit(scene);
        await scene.TrainAsync(Seven, older);
        var newer = scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.Script("0.95")));
        await scene.TrainAsync(Seven, newer);
        // As if the runs of the older one had ended only now.
        var push = (await scene.Services.Pushes.ListPushesAsync(TrainingScene.Repository, Seven, 2, CancellationToken.None))[1];
        push.Commit.ShouldBe(older);
        await scene.Services.Pushes.SavePushAsync(
            push with { Posted = new Dictionary<string, Posting>() }, isOpen: true, CancellationToken.None);
        await scene.RoundAsync();
        _host.StatusesOf(older).Count.ShouldBe(3, "its status is its own");
        _host.Comments.ShouldHaveSingleItem().Value.ShouldContain(newer[..10]);
        (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task GitLab_gets_its_own_words()
    {
        await using var scene = new TrainingScene($", host: gitlab, token: HOST_TOKEN, api: \"{_host.Url}\"", ("HOST_TOKEN", "token"));
        var head = Submit(scene, "refs/merge-requests/7/head");
        await scene.TrainAsync(Seven, head);
        _host.StatusesOf(head).Select(status => status.State).ShouldBe(["running", "failed"]);
        _host.Calls.ShouldContain(call => call.Path.EndsWith("/merge_requests/7/notes", StringComparison.Ordinal));
        _host.Comments.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("gitea")]
    [InlineData("forgejo")]
    public async Task Gitea_and_Forgejo_get_GitHubs_words_below_their_own_address(string host)
    {
        var more = $", host: {host}, token: HOST_TOKEN, api: \"{_host.Url}/api/v1\"";
        await using var scene = new TrainingScene(more, ("HOST_TOKEN", "token"));
        var head = Submit(scene);
        await scene.TrainAsync(Seven, head);
        _host.StatusesOf(head).Select(status => (status.State, status.Context)).ShouldBe([("pending", "tenfold"), ("failure", "tenfold")]);
        var id = _host.Comments.ShouldHaveSingleItem().Key;
        await scene.TrainAsync(Seven, scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.Script("0.95"))));
        _host.Comments.ShouldHaveSingleItem().Key.ShouldBe(id);
        _host.Calls.ShouldAllBe(call => call.Path.StartsWith("/api/v1/repos/acme/vision/", StringComparison.Ordinal));
        _host.Calls.ShouldContain(call => call.Method == "POST" && call.Path.EndsWith("/issues/7/comments", StringComparison.Ordinal));
        _host.Calls.ShouldContain(call => call.Method == "PATCH" && call.Path.EndsWith($"/issues/comments/{id}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("github", "refs/pull")]
    [InlineData("gitlab", "refs/merge-requests")]
    public async Task A_fork_that_is_ignored_passes_no_check(string host, string refs)
    {
        await using var scene = new TrainingScene($", host: {host}, token: HOST_TOKEN, api: \"{_host.Url}\"", ("HOST_TOKEN", "token"));
        var yaml = scene.Project("{ pull_request: { repeat: 1, paths: [train.sh] } }");
        var left = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        var head = scene.Origin.PushTo($"{refs}/8/head", ("train.sh", TrainingScene.WorseScript));
        await scene.TrainAsync(new PushRef("main") { Number = 8, IsFromFork = true }, head);
        _host.StatusesOf(head).ShouldHaveSingleItem().ShouldBe((
            "pending", "tenfold",
            "not trained: it comes from a fork; open it from a branch of this repository, or set on.pull_request.forks"));
        scene.Origin.GoTo(left);
        var other = scene.Origin.PushTo($"{refs}/9/head", ("README", "x"));
        await scene.TrainAsync(new PushRef("main") { Number = 9, IsFromFork = true }, other);
        _host.StatusesOf(other).ShouldHaveSingleItem().State.ShouldBe("success", "it changes nothing that would be trained");
        _host.Comments.ShouldBeEmpty();
    }

    [Fact]
    public async Task Slack_gets_a_message_and_a_thread_and_a_failure_of_Slack_stops_nothing()
    {
        await using var scene = new TrainingScene("", ("SLACK_API_TOKEN", "token"), ("SLACK_API_URL", _host.Url));
        var yaml = scene.Project("{ push: { repeat: 2 } }", "notify: { slack: '#monitoring' }");
        _host.Fail(1, HttpStatusCode.TooManyRequests);
        var commit = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        (await scene.TrainAsync(Main, commit)).State.ShouldBe(PushState.Done);
        await scene.RoundAsync();
        var sent = _host.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement).ToList();
        sent.Count.ShouldBe(2);
        sent.ShouldAllBe(message => message.GetProperty("channel").GetString() == "#monitoring");
        sent[0].TryGetProperty("thread_ts", out _).ShouldBeFalse();
        sent[1].GetProperty("thread_ts").GetString().ShouldBe("1700.1");
        sent[1].GetProperty("text").GetString().ShouldNotBeNull().ShouldContain("passed");
    }

    private TrainingScene Open() => new($", token: HOST_TOKEN, api: \"{_host.Url}\"", ("HOST_TOKEN", "token"));

    // A pull request that makes the metric worse, from a base that is not trained yet.
    private static string Submit(TrainingScene scene, string name = "refs/pull/7/head")
    {
        var yaml = scene.Project("{ pull_request: { repeat: 6, fail_on: worse } }");
        scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        return scene.Origin.PushTo(name, ("train.sh", TrainingScene.WorseScript));
    }
}
