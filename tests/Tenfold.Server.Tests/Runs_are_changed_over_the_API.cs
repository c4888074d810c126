using System.Net;
using Tenfold.Core.Keys;
using Tenfold.Core.Runs;

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
