using Microsoft.Data.Sqlite;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class One_push_stops_no_other
{
    private static readonly PushRef Main = new("main"), Seven = new("main") { Number = 7 };

    [Theory]
    [InlineData("http://[")]
    [InlineData("not a url")]
    [InlineData("ftp://example.org/x")]
    public async Task An_address_that_is_none(string url)
    {
        await using var scene = new TrainingScene("", ("SLACK_WEBHOOK_URL", url));
        var commit = Push(scene, "{ push: { repeat: 1 } }", "notify: { slack: '#monitoring' }");
        (await scene.TrainAsync(Main, commit)).State.ShouldBe(PushState.Done);
        (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).Count.ShouldBe(1, "it is sent again later");
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("""[{"id":1,"body":5}]""")]
    public async Task An_answer_that_is_not_as_documented(string comments)
    {
        await using var host = await HostDouble.StartAsync();
        host.OddComments = comments;
        await using var scene = new TrainingScene($", token: HOST_TOKEN, api: \"{host.Url}\"", ("HOST_TOKEN", "token"));
        Push(scene, "{ pull_request: { repeat: 1 } }");
        var head = scene.Origin.PushTo("refs/pull/7/head", ("train.sh", TrainingScene.Script("0.2")));
        (await scene.TrainAsync(Seven, head)).State.ShouldBe(PushState.Done);
        host.StatusesOf(head)[^1].State.ShouldBe("success");
    }

    [Fact]
    public async Task A_push_that_can_not_be_planned_and_is_given_up_after_three_days()
    {
        await using var scene = new TrainingScene();
        var commit = Push(scene, "{ push: { branches: ['**'], repeat: 1 } }");
        // No host names such a commit; it stands for any defect of the planner.
        await scene.DeliverAsync(Main, "abc");
        scene.Origin.Push("other");
        (await scene.TrainAsync(new PushRef("other"), commit)).State.ShouldBe(PushState.Done);
        var push = await FindAsync(scene, Main);
        push.State.ShouldBe(PushState.Waiting);
        var since = push.FailingSince.ShouldNotBeNull();
        await scene.Services.Pushes.SavePushAsync(push with { FailingSince = since.AddDays(-2.9) }, isOpen: true, CancellationToken.None);
        await scene.RoundAsync();
        (await FindAsync(scene, Main)).State.ShouldBe(PushState.Waiting);
        await scene.Services.Pushes.SavePushAsync(push with { FailingSince = since.AddDays(-3.1) }, isOpen: true, CancellationToken.None);
        await scene.RoundAsync();
        await scene.RoundAsync();
        push = await FindAsync(scene, Main);
        push.State.ShouldBe(PushState.Failed);
        push.Detail.ShouldNotBeNull().ShouldStartWith("it failed for three days: ");
        (await scene.Services.Pushes.ListOpenPushesAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"state":"Paused"}""")]
    public async Task A_record_that_can_not_be_read(string record)
    {
        await using var scene = new TrainingScene();
        var commit = Push(scene, "{ push: { repeat: 1 } }");
        await scene.DeliverAsync(Main, commit);
        await using (var database = new SqliteConnection($"Data Source={Path.Combine(scene.Services.ServerHome, "pushes.db")}"))
        {
            await database.OpenAsync();
            await using var change = database.CreateCommand();
            change.CommandText = "UPDATE pushes SET spec = $record";
            change.Parameters.AddWithValue("$record", record);
            (await change.ExecuteNonQueryAsync()).ShouldBe(1);
        }

        // A push to the branch of the unreadable one, which it would supersede.
        (await scene.TrainAsync(Main, commit)).State.ShouldBe(PushState.Done);
    }

    private static async Task<PushRecord> FindAsync(TrainingScene scene, PushRef place) =>
        (await scene.Services.Pushes.ListPushesAsync(TrainingScene.Repository, place, 1, CancellationToken.None))[0];

    private static string Push(TrainingScene scene, string on, string more = "") =>
        scene.Origin.Push("main", ("tenfold.yaml", scene.Project(on, more)), ("train.sh", TrainingScene.Script("0.1")));
}
