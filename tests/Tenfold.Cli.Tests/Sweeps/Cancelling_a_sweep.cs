namespace Tenfold.Cli.Tests.Sweeps;

public sealed class Cancelling_a_sweep
{
    [Fact]
    public async Task All_runs_end_and_resuming_reports_the_cancellation()
    {
        await using var place = new Sandbox();
        place.Sweep($"echo $TENFOLD_RUN >> {place.Outside}/waits\nmkdir {place.Outside}/first || sleep 600\n{place.Script()}");
        using var sweep = place.Start("sweep", "--json", "--trials", "9", "--parallel", "2");
        await Until.True(() => place.Lines("waits").Length == 3 && place.Lines("ran").Length == 1, "one has ended and two work");
        var study = await place.Study();
        (await place.Json("cancel", "--json", study)).Texts("runs").Count.ShouldBe(2);
        var ended = (await sweep.EndAsync()).Json;
        ended.States().Order().ShouldBe(["cancelled", "cancelled", "completed"]);
        ended.Text("study.state").ShouldBe("cancelled");
        (await place.RunsUntilAllEnded()).Count.ShouldBe(3);
        (await place.Run("sweep", "--resume", study))
            .Saying($"{study} is cancelled", $"tenfold sweep --from {study}").Out.ShouldContain("2 cancelled");
        place.Lines("waits").Length.ShouldBe(3, "nothing more is asked");
        (await place.Run("cancel", study)).With(0);
    }

    [Fact]
    public async Task A_sweep_that_no_command_drives_is_cancelled()
    {
        await using var place = new Sandbox();
        place.Sweep($"echo x >> {place.Outside}/waits\nsleep 600\n");
        using (var sweep = place.Start("sweep", "--trials", "9", "--parallel", "2"))
        {
            await Until.True(() => place.Lines("waits").Length == 2, "two work");
            sweep.Kill();
            await sweep.EndAsync();
        }

        var study = await place.Study();
        (await place.Run("cancel", study)).With(0).Saying("cancelling 2 runs");
        await place.RunsUntilAllEnded();
        var shown = await place.Json("show", "--json", study);
        shown.States().ShouldBe(["cancelled", "cancelled"]);
        shown.Text("study.state").ShouldBe("cancelled");
        (await place.Run("sweep", "--resume", study)).With(ExitCodes.RunFailed).Saying("is cancelled");
    }

    [Fact]
    public async Task Confirming_runs_have_time_to_save_their_work()
    {
        await using var place = new Sandbox();
        place.Sweep(
            $"""
            case $TENFOLD_RUN in *-c*)
                trap 'sleep 0.5; echo x >> {place.Outside}/saved; exit 0' TERM
                echo x >> {place.Outside}/waits
                while :; do sleep 0.05; done
            esac
            {place.Script()}
            """,
            "method: sobol, trials: 1, parallel: 2, confirm: { top: 1, repeat: 2 }");
        using var sweep = place.Start("sweep", "--json");
        await Until.True(() => place.Lines("waits").Length == 2, "two fresh runs work");
        (await place.Run("cancel", await place.Study())).With(0).Saying("cancelling 2 runs");
        var study = (await sweep.EndAsync()).Json;
        place.Lines("saved").Length.ShouldBe(2, "the command exits after both have ended");
        study.Text("study.state").ShouldBe("cancelled");
        study.At("confirmation.winner").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task One_trial_is_cancelled_while_the_others_continue()
    {
        await using var place = new Sandbox();
        place.Sweep($"echo $TENFOLD_RUN >> {place.Outside}/waits\nmkdir {place.Outside}/first && sleep 600\n{place.Script()}");
        using var sweep = place.Start("sweep", "--json", "--trials", "3", "--parallel", "1");
        await Until.True(() => place.Lines("waits").Length == 1, "the first works");
        (await place.Run("cancel", $"{await place.Study()}-t1")).With(0).Saying("cancelling 1 run");
        var study = (await sweep.EndAsync()).With(0).Json;
        study.States().ShouldBe(["cancelled", "completed", "completed"]);
        study.Trials().Select(Swept.Settings).ShouldBeUnique();
    }
}
