using System.Diagnostics;
using System.Text.Json;

namespace Tenfold.Cli.Tests.Crashes;

public sealed class The_fit_command_is_killed
{
    private const int Repeats = 6;

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    [InlineData(140)]
    [InlineData(160)]
    [InlineData(200)]
    [InlineData(300)]
    [InlineData(450)]
    public async Task Every_recorded_run_executes_once_after_a_kill_at(int milliseconds)
    {
        await using var place = new Sandbox();
        place.Toy($"echo $TENFOLD_ATTEMPT >> {place.Outside}/ran\n{Sandbox.SeedScript}");
        using (var fit = place.Start("fit", "--repeat", $"{Repeats}"))
        {
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed.TotalMilliseconds < milliseconds) await Task.Delay(1);
            fit.Kill();
            await fit.EndAsync();
        }

        await EachRecordedRunExecutedOnce(place);
    }

    [Theory]
    [InlineData("the ledger is there", "ledger.db")]
    [InlineData("the snapshot is there", "store/snapshots/*.json")]
    [InlineData("the first run is queued", "local/queue/waiting/*.json")]
    [InlineData("the agent is there", "local/queue/agent.lock")]
    [InlineData("the first run is taken up", "local/queue/running/*.json")]
    [InlineData("the first run has begun", "store/attempts/*/state.json")]
    public async Task Every_recorded_run_executes_once_after_a_kill_as_soon_as(string what, string pattern)
    {
        await using var place = new Sandbox();
        var go = Path.Combine(place.Outside, "go");
        place.Toy($"while [ ! -e {go} ]; do sleep 0.02; done\necho $TENFOLD_ATTEMPT >> {place.Outside}/ran\n{Sandbox.SeedScript}");
        using (var fit = place.Start("fit", "--repeat", $"{Repeats}"))
        {
            await Until.True(() => Exists(place.Home, pattern.Split('/')), what);
            fit.Kill();
            (await fit.EndAsync()).ExitCode.ShouldBe(128 + OwnProcesses.SigKill, "no run has ended, so the command was still watching");
        }

        await File.WriteAllTextAsync(go, "");
        await EachRecordedRunExecutedOnce(place);
    }

    [Fact]
    public async Task Every_run_executes_once_when_fit_fails_right_after_recording()
    {
        await using var place = new Sandbox();
        place.Toy($"echo $TENFOLD_ATTEMPT >> {place.Outside}/ran\n{Sandbox.SeedScript}");
        // A file in place of the queue's folder: the command records its runs and then fails.
        Directory.CreateDirectory(Path.Combine(place.Home, "local"));
        await File.WriteAllTextAsync(Path.Combine(place.Home, "local", "queue"), "in the way");
        (await place.Run("fit", "--repeat", $"{Repeats}")).With(ExitCodes.CannotWrite);
        File.Delete(Path.Combine(place.Home, "local", "queue"));
        var runs = await EachRecordedRunExecutedOnce(place);
        runs.Count.ShouldBe(Repeats);
        runs.ShouldAllBe(run => run.State() == "succeeded");
    }

    [Fact]
    public async Task A_killed_detached_fit_loses_no_run()
    {
        await using var place = new Sandbox();
        place.Toy($"echo $TENFOLD_ATTEMPT >> {place.Outside}/ran\n{Sandbox.SeedScript}");
        using (var fit = place.Start("fit", "--detach", "--repeat", $"{Repeats}"))
        {
            await Until.True(() => Exists(place.Home, ["local", "queue", "waiting", "*.json"]) || fit.HasEnded, "a run is queued");
            if (!fit.HasEnded) fit.Kill();
            await fit.EndAsync();
        }

        (await EachRecordedRunExecutedOnce(place)).Count.ShouldBe(Repeats);
    }

    private static async Task<IReadOnlyList<JsonElement>> EachRecordedRunExecutedOnce(Sandbox place)
    {
        var runs = await place.RunsUntilAllEnded();
        await place.AgentExits();
        new[] { 0, Repeats }.ShouldContain(runs.Count, "a group is recorded completely or not at all");
        runs.ShouldAllBe(run => run.State() == "succeeded");
        place.Lines("ran").Order().ShouldBe(runs.Select(run => $"{run.Id()}-1").Order());
        return runs;
    }

    // Files may appear and disappear meanwhile.
    private static bool Exists(string folder, string[] pattern)
    {
        try
        {
            if (pattern.Length == 1) return Directory.Exists(folder) && Directory.EnumerateFiles(folder, pattern[0]).Any();
            return Directory.Exists(folder) && Directory.EnumerateDirectories(folder, pattern[0]).Any(inner => Exists(inner, pattern[1..]));
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }
}
