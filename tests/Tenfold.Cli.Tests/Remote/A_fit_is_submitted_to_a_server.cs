using System.Text;

namespace Tenfold.Cli.Tests.Remote;

public sealed class A_fit_is_submitted_to_a_server
{
    [Fact]
    public async Task A_pushed_commit_is_trained_and_nothing_else()
    {
        await using var place = new Sandbox().Toy();
        var origin = place.Serve();
        await using var server = await StartedServer.StartAsync(place);
        (await place.Run("fit", "--detach")).With(2).Saying("there is no commit yet");
        place.Commit();
        (await place.Run("fit", "--detach")).With(2).Saying("no remote");
        PushedProject.Git(place.Project, "remote", "add", "origin", origin);
        (await place.Run("fit", "--detach")).With(2).Saying("is not pushed");
        PushedProject.Git(place.Project, "push", "--quiet", "origin", "main");

        (await place.Run("fit", "--detach", "--seed", "7")).With(2).Saying("--seed", "tenfold.yaml");
        (await place.Run("fit", "--detach", "--vary", "seed,hardware")).With(2).Saying("--vary", "tenfold.yaml");
        (await place.Run("fit", "--detach", "train.sh")).With(2).Saying("tenfold.yaml");
        (await place.Run("fit", "--detach", "--on", "moon")).With(2).Saying("no such target");
        var fit = (await place.Run("fit", "--detach", "--json", "--repeat", "2")).With(0).Saying("2 runs of sh train.sh").Json[0];
        fit.Runs().Count.ShouldBe(2);
        fit.Text("group.gitCommit").ShouldBe(PushedProject.Git(place.Project, "rev-parse", "HEAD").Trim());
        (await place.RunsUntilAllEnded()).ShouldAllBe(run => run.State() == "succeeded");

        // Without --detach the command follows the runs, and prints what it prints without a server.
        var followed = (await place.Run("fit", "--repeat", "2")).With(0).Saying("2/2");
        var group = (await place.Json("runs", "--json"))[0].Text("group")!;
        var more = (await place.Run("fit", "--more", "1", group[..6])).With(0).Saying($"{group}: 1 more run, 3 in all", "1/1");
        more.Out.ShouldContain("3 of 3 runs succeeded");
        (await place.Run("fit", "--more", "0", group)).With(2);
        (await place.Run("fit", "--more", "1", "zzzz")).With(3).Saying("zzzz");

        place.Write("train.sh", "exit 1\n");
        (await place.Run("fit", "--detach")).With(2).Saying("not committed");
        place.Commit();
        (await place.Run("fit", "--detach")).With(2).Saying("is not pushed");
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(5);
        await server.DisposeAsync();
        (await place.Run("fit", "--repeat", "2")).With(1);
        PushedProject.Git(place.Project, "checkout", "--quiet", "HEAD~1");
        var here = (await place.Run("fit", "--repeat", "2")).With(0);
        // The first line tells how long it took.
        followed.Out.Split('\n')[1..].ShouldBe(here.Out.Split('\n')[1..]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 504 Gateway Timeout\r\nContent-Type: text/html\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    public async Task A_lost_answer_is_asked_for_again_with_the_same_key(string first)
    {
        var asked = 0;
        await using var server = new ScriptedServer(async (_, stream, cancellationToken) =>
        {
            if (Interlocked.Increment(ref asked) > 1)
                await stream.WriteAsync(ScriptedServer.Answer("""{"id":"x","kind":"run"}"""), cancellationToken);
            else
                await stream.WriteAsync(Encoding.ASCII.GetBytes(first), cancellationToken);
        });
        using var client = server.Client();
        var answer = await client.PostOnceAsync(
            "fits", [], App.Views.ViewJson.Default.IdView, TestContext.Current.CancellationToken);
        answer.Id.ShouldBe("x");
        var keys = server.Requests.Select(head => head.Split("\r\n").Single(line => line.StartsWith(
            "Idempotency-Key: ", StringComparison.OrdinalIgnoreCase))).ToList();
        keys.Count.ShouldBe(2);
        keys[0].Length.ShouldBeGreaterThan(40);
        keys.Distinct().ShouldHaveSingleItem();
    }
}
