using System.Text.Json;
using Tenfold.Cli.Tests.Sweeps;

namespace Tenfold.Cli.Tests.Remote;

public sealed class A_sweep_is_run_by_a_server
{
    [Fact]
    public async Task It_prints_what_a_sweep_prints_without_a_server()
    {
        // Appends two digits of the seed to x, so that repeats differ.
        await using var place = new Sandbox().Sweep(
            "echo \"{\\\"metric\\\":\\\"accuracy\\\",\\\"value\\\":$TENFOLD_PARAM_X$((TENFOLD_SEED % 90 + 10))}\"\n",
            "method: sobol, trials: 4, parallel: 1, confirm: { top: 1, repeat: 5 }").Pushed();
        var here = (await place.Run("sweep")).With(0);
        var study = await place.Study();
        var best = (await place.Run("study", "best", study)).With(0);
        var shown = (await place.Run("show", study)).With(0);
        shown.Out.ShouldContain($"tenfold report {study} -o sweep.html   tenfold show {study}-t1");
        await using var server = await StartedServer.StartAsync(place);
        (await place.Run("study", "best", study)).With(0).Out.ShouldBe(best.Out);
        var shownThere = (await place.Run("show", study)).With(0).Out;
        shownThere.ShouldContain("baseline settings");
        shownThere.Split('\n')[^2].ShouldBe(shown.Out.Split('\n')[^2]);
        var there = (await place.Run("sweep")).With(0).Saying("4 trials by sobol, 1 at once on local", "4/4", "confirming");
        there.Out.ShouldBe(here.Out);
        there.Out.ShouldContain("is the winner");
    }

    [Fact]
    public async Task It_goes_on_when_its_user_leaves_and_can_be_followed_extended_and_cancelled()
    {
        await using var place = new Sandbox();
        place.Sweep($"while [ ! -e {place.Outside}/go ]; do sleep 0.02; done\n{place.Script()}").Pushed();
        await using var server = await StartedServer.StartAsync(place);
        string study;
        using (var sweep = place.Start("sweep", "--trials", "4", "--parallel", "2"))
        {
            await place.RunsUntil(runs => runs.Count(run => run.State() == "running") == 2);
            study = await place.Study();
            sweep.Signal(2);
            (await sweep.EndAsync()).With(ExitCodes.Interrupted).Saying("the server goes on", $"tenfold sweep --resume {study}");
        }

        await File.WriteAllTextAsync(Path.Combine(place.Outside, "go"), "");
        await Until.Found(
            async () => (await place.Json("study", "list", "--json"))[0].State() == "finished" ? "" : null, () => "the server goes on");
        (await place.Sweeps("--resume", study[..7])).ShouldBeWhole(place, 4);
        (await place.Sweeps("--resume", study, "--trials", "6")).ShouldBeWhole(place, 6);
        (await place.Run("sweep", "--resume", study, "--trials", "3")).With(2).Saying("has tried 6 points already");
        (await place.Run("sweep", "--resume", study, "--seed", "3")).With(2).Saying("leave out --seed");

        File.Delete(Path.Combine(place.Outside, "go"));
        using var second = place.Start("sweep", "--trials", "4", "--parallel", "2");
        var running = await place.RunsUntil(runs => runs.Count(run => run.State() == "running") == 2);
        var other = (await place.Json("study", "list", "--json"))[0].Id();
        (await place.Run("cancel", other)).With(0).Saying("asks for no more trials");
        (await second.EndAsync()).With(1);
        running.Count.ShouldBe(8);
    }

    [Fact]
    public async Task No_trial_is_lost_or_told_twice_and_limits_hold_when_the_server_is_killed()
    {
        await using var place = new Sandbox();
        place.Sweep(
            $"""
            mkdir {place.Outside}/now || echo $TENFOLD_RUN >> {place.Outside}/exceeded
            sleep 0.2
            {place.Script()}
            rmdir {place.Outside}/now

            """).Pushed("limits: { runs: 1 }\n");
        await using var server = await StartedServer.StartAsync(place);
        using var sweep = place.Start("sweep", "--json", "--trials", "8", "--parallel", "3");
        foreach (var ran in new[] { 1, 3, 6 })
        {
            await Until.True(() => place.Lines("ran").Length >= ran || sweep.HasEnded, $"{ran} trials have run");
            await server.KillAndStartAsync();
        }

        // The command that follows it outlives the server.
        var study = (await sweep.EndAsync()).With(0).Saying("will be tried again").Json;
        study.ShouldBeWhole(place, 8);
        place.Lines("exceeded").ShouldBeEmpty();
        study.Trials().ShouldAllBe(trial => trial.At("values").GetArrayLength() == 1 && trial.At("again").ValueKind == JsonValueKind.Null);
        study.Trials().ShouldAllBe(trial => !HasReplaced(trial));
    }

    [Fact]
    public async Task A_server_refuses_wrong_requests_in_the_words_of_this_machine()
    {
        await using var place = new Sandbox().Sweep().Pushed();
        string[][] wrong =
        [
            ["sweep", "--method", "grid"], ["sweep", "--cost", "-5"], ["sweep", "--on", "moon"], ["sweep", "--method", "gird"],
            ["sweep", "--time", "soon"], ["sweep", "--from", "zzzz"],
        ];
        var here = new List<string>();
        foreach (var command in wrong) here.Add($"{(await place.Run(command)).Error}");
        var key = (await place.Run("server", "keys", "add", "bob", "--role", "read")).With(0).Out.Trim();
        await using var server = await StartedServer.StartAsync(place);
        foreach (var (command, error) in wrong.Zip(here))
        {
            var there = await place.Run(command);
            there.Error.ShouldBe(error);
            there.ExitCode.ShouldNotBe(0);
        }

        (await place.Run("sweep", "-p", "x=0.5")).With(2).Saying("-p", "tenfold.yaml");
        (await place.Run("sweep", "--dry-run")).With(2).Saying("--dry-run");
        (await place.Run("sweep", "--resume", "zzzz")).With(3).Saying("zzzz");
        place.Write("train.sh", "exit 1\n");
        (await place.Run("sweep")).With(2).Saying("not committed");
        (await place.Json("study", "list", "--json")).GetArrayLength().ShouldBe(0);
        PushedProject.Git(place.Project, "checkout", "--quiet", ".");
        place.Variables["TENFOLD_API_KEY"] = key;
        await Until.Found(
            async () => (await place.Run("sweep")).Error.Contains("needs run", StringComparison.Ordinal) ? "" : null,
            () => "the key may read only");
    }

    private static bool HasReplaced(JsonElement trial) => trial.TryGetProperty("replaced", out _);
}
