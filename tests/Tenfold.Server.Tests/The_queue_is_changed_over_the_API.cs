using System.Net;
using System.Text.Json;
using Tenfold.App.Queueing;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;
using Tenfold.Core.Runs;
using Tenfold.Sql;

namespace Tenfold.Server.Tests;

public sealed class The_queue_is_changed_over_the_API(ApiScene scene) : IClassFixture<ApiScene>
{
    [Fact]
    public async Task The_waiting_runs_are_those_that_the_command_line_prints()
    {
        var here = await new QueueDesk(scene.Services).ListAsync(CancellationToken.None);
        var printed = JsonSerializer.SerializeToElement(
            [.. here.Select(WaitingRunView.Of)], ViewJson.Default.IReadOnlyListWaitingRunView);
        var told = await scene.GetAsync("/api/v1/queue");
        told.EnumerateArray().Select(one => one.GetProperty("run").GetString()).ShouldContain($"{ApiScene.Live}-1");
        // The reasons change from round to round of the control loop.
        told.EnumerateArray().Select(one => one.GetProperty("run").GetString())
            .ShouldBe(printed.EnumerateArray().Select(one => one.GetProperty("run").GetString()));
        (await scene.GetAsync("/api/v1/queue?limit=1")).GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_group_that_waits_gets_another_priority()
    {
        await scene.AddGroupAsync("mmmmnnnn", [null, null]);
        var (status, moved) = await scene.PostAsync("/api/v1/queue/move", """{"group":"mmmm","priority":"high"}""");
        status.ShouldBe(HttpStatusCode.OK, $"{moved}");
        moved.GetProperty("group").GetString().ShouldBe("mmmmnnnn");
        moved.GetProperty("priority").GetString().ShouldBe("high");
        moved.GetProperty("waiting").GetInt32().ShouldBe(2);
        (await scene.Services.Ledger.FindGroupAsync("mmmmnnnn", CancellationToken.None))!.Priority.ShouldBe(RunPriority.High);
        (await scene.GetAsync("/api/v1/queue")).EnumerateArray().Where(one => one.GetProperty("group").GetString() == "mmmmnnnn")
            .ShouldAllBe(one => one.GetProperty("priority").GetString() == "high");
    }

    [Fact]
    public async Task Runs_of_another_home_keep_their_place_at_their_target()
    {
        var others = new SqlLedger(scene.Services.Database, WorkKey.New());
        var at = TimeProvider.System.GetUtcNow();
        var (group, runs) = SampleWork.Group("ppppqqqq", 1, at);
        await others.AddGroupAsync(group, runs, CancellationToken.None);
        await others.ApplyAsync(
            [new AttemptChange { Attempt = $"{runs[0].Id}-1", At = at, State = AttemptState.Queued }], null, CancellationToken.None);
        var (status, moved) = await scene.PostAsync("/api/v1/queue/move", """{"group":"ppppqqqq","priority":"low"}""");
        status.ShouldBe(HttpStatusCode.OK, $"{moved}");
        moved.GetProperty("kept").GetInt32().ShouldBe(1);
        moved.GetProperty("why").GetString().ShouldBe("another home has submitted them");
    }

    [Theory]
    [InlineData("""{"group":"zzzz","priority":"high"}""", HttpStatusCode.NotFound)]
    [InlineData($$"""{"group":"{{ApiScene.Baseline}}","priority":"high"}""", HttpStatusCode.NotFound)]
    [InlineData($$"""{"group":"{{ApiScene.Live}}","priority":"urgent"}""", HttpStatusCode.BadRequest)]
    [InlineData($$"""{"group":"{{ApiScene.Live}}","priority":"2"}""", HttpStatusCode.BadRequest)]
    [InlineData($$"""{"group":"{{ApiScene.Live}}"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"group":"../x","priority":"high"}""", HttpStatusCode.BadRequest)]
    public async Task A_move_that_is_impossible_is_refused(string body, HttpStatusCode expected) =>
        (await scene.PostAsync("/api/v1/queue/move", body)).Status.ShouldBe(expected);

    [Fact]
    public async Task Only_a_key_that_may_run_moves() => (await scene.PostAsync(
        "/api/v1/queue/move", $$"""{"group":"{{ApiScene.Live}}","priority":"high"}""", ServerRole.Read)).Status
        .ShouldBe(HttpStatusCode.Forbidden);
}
