using System.Net;
using Tenfold.Core.Keys;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Sql;

namespace Tenfold.Server.Tests;

public sealed class Runs_are_changed_over_the_API(ApiScene scene) : IClassFixture<ApiScene>
{
    [Fact]
    public async Task A_run_is_cancelled_by_the_control_loop_and_tried_again()
    {
        const string run = $"{ApiScene.Live}-1";
        var (status, changed) = await scene.PostAsync("/api/v1/cancel", $$"""{"ids":["{{ApiScene.Live}}"]}""");
        status.ShouldBe(HttpStatusCode.OK);
        changed.GetProperty("runs")[0].GetString().ShouldBe(run);
        await UntilAsync(run, state => state == RunState.Cancelled);
        (status, changed) = await scene.PostAsync("/api/v1/retry", $$"""{"ids":["{{run}}"]}""");
        status.ShouldBe(HttpStatusCode.OK);
        changed.GetProperty("runs")[0].GetString().ShouldBe(run);
        await UntilAsync(run, state => state != RunState.Cancelled);
        await scene.PostAsync("/api/v1/cancel", $$"""{"ids":["{{run}}"]}""");
    }

    [Fact]
    public async Task Work_of_another_home_is_not_started_for_a_key()
    {
        var others = new SqlLedger(scene.Services.Database, WorkKey.New());
        var at = TimeProvider.System.GetUtcNow();
        var (group, runs) = SampleWork.Group("hhhhiiii", 1, at);
        await others.AddGroupAsync(group, runs, CancellationToken.None);
        await others.RequestCancelAsync([runs[0].Id], at, null, CancellationToken.None);
        await others.ApplyAsync(
            [new AttemptChange { Attempt = $"{runs[0].Id}-1", At = at, State = AttemptState.Cancelled, EndedAt = at }], null,
            CancellationToken.None);
        var (status, problem) = await scene.PostAsync("/api/v1/retry", """{"ids":["hhhhiiii"]}""");
        status.ShouldBe(HttpStatusCode.BadRequest);
        problem.GetProperty("detail").GetString()!.ShouldContain("tenfold adopt");
        var run = (await others.ListRunsAsync("hhhhiiii", CancellationToken.None))[0].Run;
        (run.State, run.Attempts).ShouldBe((RunState.Cancelled, 1));
    }

    [Fact]
    public async Task An_unknown_id_changes_nothing_that_is_named_before_it()
    {
        await scene.AddGroupAsync("jjjjkkkk", [null]);
        (await scene.PostAsync("/api/v1/cancel", """{"ids":["jjjjkkkk","zzzz"]}""")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await scene.Services.Ledger.ListEventsAsync("jjjjkkkk-1", CancellationToken.None))
            .ShouldNotContain(one => one.Kind == "cancel-asked");
    }

    [Theory]
    [InlineData("/api/v1/cancel", """{"ids":["zzzz"]}""", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/cancel", """{"ids":[]}""", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/retry", """{"ids":["aaaabbbb"]}""", HttpStatusCode.BadRequest)]
    public async Task A_change_that_is_impossible_is_refused(string path, string body, HttpStatusCode expected) =>
        (await scene.PostAsync(path, body, ServerRole.Run)).Status.ShouldBe(expected);

    private async Task UntilAsync(string run, Func<RunState, bool> isReached)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!isReached((await scene.Services.Ledger.ListRunsAsync(ApiScene.Live, CancellationToken.None))
            .Single(one => one.Run.Id == run).Run.State))
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            await Task.Delay(50);
        }
    }
}
