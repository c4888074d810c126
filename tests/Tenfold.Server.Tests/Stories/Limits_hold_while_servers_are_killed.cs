using System.Net;
using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;
using Tenfold.Sql.Tests;

namespace Tenfold.Server.Tests.Stories;

/// <summary>Two published servers over one home and one ledger in PostgreSQL, of which one after the other is killed.</summary>
public sealed class Limits_hold_while_servers_are_killed
{
    private const int Kills = 8, Limit = 2, Repeat = 12;

    // Each run counts itself in and out, and says when there are too many.
    private const string Counting =
        """
        mkdir -p PLACE/now
        : > PLACE/now/$TENFOLD_RUN
        if [ $(ls PLACE/now | wc -l) -gt LIMIT ]; then echo $TENFOLD_RUN >> PLACE/exceeded; fi
        sleep 0.5
        echo $TENFOLD_RUN >> PLACE/ran
        rm PLACE/now/$TENFOLD_RUN

        """;

    [Fact]
    public async Task No_more_runs_than_the_limit_are_at_their_target_and_each_run_succeeds_once()
    {
        using var cluster = PostgresCluster.Start();
        var url = cluster.Url(cluster.Create());
        await using var scene = new TrainingScene(new Uri(url));
        await File.WriteAllTextAsync(
            Path.Combine(scene.Services.Home, "server.yaml"),
            $"repositories: {{ {TrainingScene.Repository}: {{ secret: HOOK_SECRET, url: \"{scene.Origin.Url}\" }} }}\n" +
            $"limits: {{ runs: {Limit} }}\n");
        var place = scene.Outside("place");
        var script = Counting.Replace("PLACE", place).Replace("LIMIT", $"{Limit}");
        var yaml = scene.Project($"{{ push: {{ repeat: {Repeat} }} }}");
        var commit = scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", script + TrainingScene.Script("0.9")));
        var variables = new Dictionary<string, string> { ["TENFOLD_HOME"] = scene.Services.Home, ["TENFOLD_LEDGER"] = url };
        await using var first = new ServerProgram(variables);
        await using var second = new ServerProgram(variables);
        await first.StartAsync();
        await second.StartAsync();
        (await first.DeliverAsync("push", StoryPayloads.Push(commit, new string('0', 40)), "1")).ShouldBe(HttpStatusCode.Accepted);
        for (var killed = 0; killed < Kills; killed++)
        {
            // After each run that has ended, wherever exactly the servers are then.
            var count = killed;
            await Eventually.ShouldBeAsync(() => Ran(place).Count > count, "runs go on");
            var server = killed % 2 == 0 ? first : second;
            await server.KillAsync();
            await server.StartAsync();
        }

        PushRecord? push = null;
        var since = TimeProvider.System.GetTimestamp();
        while (push is not { State: PushState.Done })
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            await Task.Delay(50);
            push = (await scene.Services.Pushes.ListPushesAsync(TrainingScene.Repository, new PushRef("main"), 1, default)).Single();
        }

        push.Projects.ShouldHaveSingleItem().Outcome.ShouldBe(PushOutcome.Success, push.Projects[0].Detail);
        var runs = await scene.Services.Ledger.ListRunsAsync(push.Projects[0].Group!, CancellationToken.None);
        runs.Select(run => (run.Run.State, run.Run.Attempts)).ShouldBe(Enumerable.Repeat((RunState.Succeeded, 1), Repeat));
        Ran(place).Order().ShouldBe(runs.Select(run => run.Run.Id).Order());
        File.Exists(Path.Combine(place, "exceeded")).ShouldBeFalse();
    }

    private static IReadOnlyList<string> Ran(string place) =>
        File.Exists($"{place}/ran") ? [.. File.ReadAllLines($"{place}/ran").Where(line => line.Length > 0)] : [];
}
