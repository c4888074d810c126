using System.Diagnostics;
using System.Text;

namespace Tenfold.Cli.Tests.Remote;

public sealed class A_fit_is_submitted_to_a_server
{
    [Fact]
    public async Task A_pushed_commit_is_trained_and_nothing_else()
    {
        await using var place = new Sandbox().Toy();
        var origin = Path.Combine(place.Outside, "origin.git");
        Git(place.Outside, "init", "--quiet", "--bare", "--initial-branch=main", origin);
        Git(place.Project, "init", "--quiet", "--initial-branch=main");
        Directory.CreateDirectory(place.Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(
            Path.Combine(place.Home, "server.yaml"), $"repositories: {{ acme/toy: {{ secret: HOOK_SECRET, url: {origin} }} }}\n");
        place.Variables["HOOK_SECRET"] = "x";
        await using var server = await StartedServer.StartAsync(place);
        (await place.Run("fit", "--detach")).With(2).Saying("there is no commit yet");
        Commit(place);
        (await place.Run("fit", "--detach")).With(2).Saying("no remote");
        Git(place.Project, "remote", "add", "origin", origin);
        (await place.Run("fit", "--detach")).With(2).Saying("is not pushed");
        Git(place.Project, "push", "--quiet", "origin", "main");

        (await place.Run("fit")).With(2).Saying("add --detach");
        (await place.Run("fit", "--detach", "--seed", "7")).With(2).Saying("--seed", "tenfold.yaml");
        (await place.Run("fit", "--detach", "--vary", "seed,hardware")).With(2).Saying("--vary", "tenfold.yaml");
        (await place.Run("fit", "--detach", "train.sh")).With(2).Saying("tenfold.yaml");
        (await place.Run("fit", "--detach", "--on", "moon")).With(2).Saying("no such target");
        var fit = (await place.Run("fit", "--detach", "--json", "--repeat", "2")).With(0).Saying("2 runs of sh train.sh").Json[0];
        fit.Runs().Count.ShouldBe(2);
        fit.Text("group.gitCommit").ShouldBe(Git(place.Project, "rev-parse", "HEAD").Trim());
        (await place.RunsUntilAllEnded()).ShouldAllBe(run => run.State() == "succeeded");

        place.Write("train.sh", "exit 1\n");
        (await place.Run("fit", "--detach")).With(2).Saying("not committed");
        Commit(place);
        (await place.Run("fit", "--detach")).With(2).Saying("is not pushed");
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(2);
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

    private static void Commit(Sandbox place)
    {
        Git(place.Project, "add", "--all");
        Git(place.Project, "commit", "--quiet", "--message=change");
    }

    private static string Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        git.ExitCode.ShouldBe(0, string.Join(' ', arguments));
        return output;
    }
}
