using System.Diagnostics;
using System.Text.Json;

namespace Tenfold.Cli.Tests.Sweeps;

public sealed class A_sweep_is_killed
{
    [Theory]
    [InlineData(50)]
    [InlineData(150)]
    [InlineData(250)]
    [InlineData(400)]
    [InlineData(700)]
    [InlineData(1100)]
    public async Task It_can_be_resumed_after_a_kill_at(int milliseconds)
    {
        await using var place = new Sandbox().Sweep();
        using (var sweep = place.Start("sweep", "--trials", "5", "--parallel", "2"))
        {
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed.TotalMilliseconds < milliseconds) await Task.Delay(1);
            sweep.Kill();
            await sweep.EndAsync();
        }

        var studies = await place.Json("study", "list", "--json");
        if (studies.GetArrayLength() == 0) place.Lines("ran").ShouldBeEmpty("no trial runs before its study is recorded");
        else (await place.Sweeps("--resume", studies[0].Id())).ShouldBeWhole(place, 5);
    }

    [Fact]
    public async Task It_tries_equal_points_after_any_number_of_kills()
    {
        // The first ten points come from a sequence, and the others depend on the results of those.
        string[] arguments = ["--method", "thompson", "--trials", "12", "--parallel", "1", "--seed", "3"];
        await using var whole = new Sandbox().Sweep();
        await using var place = new Sandbox().Sweep();
        var expected = await whole.Sweeps(arguments);
        expected.ShouldBeWhole(whole, 12);

        string? study = null;
        foreach (var ran in new[] { 1, 5, 11 })
        {
            using var sweep = study is null ? place.Start(["sweep", .. arguments]) : place.Start("sweep", "--resume", study);
            await Until.True(() => place.Lines("ran").Length >= ran || sweep.HasEnded, $"{ran} trials have run");
            if (!sweep.HasEnded) sweep.Kill();
            await sweep.EndAsync();
            study ??= await place.Study();
        }

        var resumed = await place.Sweeps("--resume", study!);
        resumed.ShouldBeWhole(place, 12);
        resumed.Trials().Select(Describe).ShouldBe(expected.Trials().Select(Describe));
    }

    [Fact]
    public async Task Its_confirmation_can_be_resumed()
    {
        await using var place = new Sandbox();
        place.Sweep(
            $"""
            case $TENFOLD_RUN in *-c*)
                echo $TENFOLD_ATTEMPT >> {place.Outside}/confirms
                while [ ! -e {place.Outside}/go ]; do sleep 0.02; done
            esac
            {place.Script()}
            """,
            "method: sobol, trials: 2, parallel: 2, confirm: { top: 1, repeat: 2 }");
        using (var sweep = place.Start("sweep"))
        {
            await Until.True(() => place.Lines("confirms").Length > 0, "a fresh run works");
            sweep.Kill();
            await sweep.EndAsync();
        }

        await File.WriteAllTextAsync(Path.Combine(place.Outside, "go"), "");
        var study = await place.Sweeps("--resume", await place.Study());
        study.Text("study.state").ShouldBe("finished");
        study.Number("confirmation.finalists.0.n").ShouldBe(2);
        place.Lines("confirms").Length.ShouldBe(2);
        place.Lines("ran").Length.ShouldBe(4);
    }

    [Fact]
    public async Task Two_commands_can_resume_it_at_once()
    {
        await using var place = new Sandbox().Sweep();
        using (var sweep = place.Start("sweep", "--trials", "8", "--parallel", "3"))
        {
            await Until.True(() => place.Lines("ran").Length >= 1, "a trial has run");
            sweep.Kill();
            await sweep.EndAsync();
        }

        var study = await place.Study();
        Command[] commands = [place.Start("sweep", "--json", "--resume", study), place.Start("sweep", "--json", "--resume", study)];
        foreach (var command in commands)
        {
            (await command.EndAsync()).With(0).Json.ShouldBeWhole(place, 8);
            command.Dispose();
        }
    }

    [Fact]
    public async Task Its_trials_continue_in_a_new_attempt_when_the_agent_is_killed()
    {
        await using var place = new Sandbox();
        place.Sweep(
            $"""
            if [ ! -e $TENFOLD_CHECKPOINT_DIR/step ]; then
                touch $TENFOLD_CHECKPOINT_DIR/step
                echo $TENFOLD_RUN >> {place.Outside}/waits
                [ $(wc -l < {place.Outside}/waits) -gt 2 ] || sleep 600
            fi
            {place.Script()}
            """);
        using var sweep = place.Start("sweep", "--json", "--trials", "3", "--parallel", "2");
        await Until.True(() => place.Lines("waits").Length == 2, "two trials work");
        OwnProcesses.Signal(place.Agents().Single(), OwnProcesses.SigKill);
        var study = (await sweep.EndAsync()).With(0).Json;
        study.States().ShouldBe(["completed", "completed", "completed"]);
        study.Trials().ShouldAllBe(trial => trial.At("again").ValueKind == JsonValueKind.Null);
        place.Lines("ran").Select(line => line.Split(' ')[0]).Order().ShouldBe(
            study.Trials().Select(trial => $"{trial.Text("group")}-1-{(trial.Number("number") < 3 ? 2 : 1)}").Order(),
            "each run continues in its next attempt");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(OwnProcesses.SigTerm)]
    public async Task It_says_how_to_resume_after_a_signal(int signal)
    {
        await using var place = new Sandbox();
        place.Sweep($"while [ ! -e {place.Outside}/go ]; do sleep 0.02; done\n{place.Script()}");
        using var sweep = place.Start("sweep", "--trials", "4", "--parallel", "2");
        await place.RunsUntil(runs => runs.Count(run => run.State() == "running") == 2);
        sweep.Signal(signal);
        var study = await place.Study();
        (await sweep.EndAsync()).With(ExitCodes.Interrupted).Saying("running trials continue", $"tenfold sweep --resume {study}");
        await File.WriteAllTextAsync(Path.Combine(place.Outside, "go"), "");
        await place.RunsUntil(runs => runs.Count(run => run.State() == "succeeded") == 2);
        // No process drives the study now, but `show` records the results of its runs.
        (await place.Json("show", "--json", study)).States().ShouldBe(["completed", "completed"]);
        (await place.Sweeps("--resume", study)).ShouldBeWhole(place, 4);
    }

    private static string Describe(JsonElement trial) =>
        $"{trial.Number("number")} {trial.Settings()} {trial.Text("method")} {trial.Text("reason")} {trial.Number("seed")} " +
        $"{trial.Number("value")}";
}
