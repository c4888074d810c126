namespace Tenfold.Cli.Tests.Sweeps;

public sealed class Failing_trials
{
    [Fact]
    public async Task Do_not_end_the_sweep()
    {
        await using var place = new Sandbox();
        place.Sweep(
            $"""
            case $TENFOLD_PARAM_KIND in
                error) echo "no such layer" >&2; exit 1;;
                nan) echo "accuracy is nan"; {Print("NaN")}; exit 0;;
                memory) kill -9 $$;;
                silent) exit 0;;
            esac
            {Print("0.7")}
            """,
            "method: grid, parallel: 3", "kind: { values: [error, nan, memory, silent, fine] }");
        var ended = (await place.Run("sweep", "--json")).With(0).Saying("failed", "no such layer");
        var why = ended.Json.Trials().ToDictionary(trial => trial.Text("parameters.kind")!, trial => (trial.State(), trial.Text("why")));
        why["error"].ShouldBe(("failed", "exit code 1\nno such layer"));
        why["nan"].ShouldBe(("failed", "accuracy is NaN"));
        why["memory"].ShouldBe(("failed", "exit code 137 (SIGKILL; out of memory? see `dmesg`)\nKilled"));
        why["silent"].ShouldBe(("failed", "it exited with code 0, but never printed accuracy"));
        why["fine"].ShouldBe(("completed", null));
        ended.Json.At("best").GetArrayLength().ShouldBe(1);
        (await place.Run("show", await place.Study())).With(0).Out.ShouldSatisfyAllConditions(
            text => text.ShouldContain("4 failed"), text => text.ShouldContain("accuracy is NaN"));
    }

    [Fact]
    public async Task Fail_the_sweep_when_no_trial_succeeds()
    {
        await using var place = new Sandbox().Sweep(
            "echo broken >&2; exit 3\n", "method: random, trials: 3, parallel: 3, confirm: { top: 2, repeat: 2 }");
        var ended = (await place.Run("sweep")).With(ExitCodes.RunFailed).Saying("broken");
        ended.Out.ShouldContain("3 trials: 3 failed");
        ended.Out.ShouldContain("exit code 3");
        var study = await place.Study();
        (await place.Run("study", "best", study)).With(ExitCodes.NotFound).Saying("no completed trial");
        (await place.Run("sweep", "--from", study)).With(ExitCodes.BadInput).Saying("nothing to learn");
        (await place.Run("sweep", "--resume", study)).With(ExitCodes.RunFailed).Saying("is finished");
    }

    [Fact]
    public async Task Stop_the_sweep_when_the_first_ones_all_fail_alike()
    {
        await using var place = new Sandbox();
        place.Sweep($"echo x >> {place.Outside}/tries\n", "method: random, trials: 30, parallel: 2");
        var ended = (await place.Run("sweep")).With(ExitCodes.RunFailed).Saying(
            "trials all failed alike", """{"metric": "accuracy", "value": 0.93}""", "tenfold sweep --resume");
        place.Lines("tries").Length.ShouldBeInRange(5, 6);
        var study = await place.Study();
        (await place.Json("show", "--json", study)).Text("study.reasonCode").ShouldBe("first-trials-failed");
        // The user insists.
        (await place.Run("sweep", "--resume", study, "--trials", "9")).With(ExitCodes.RunFailed);
        place.Lines("tries").Length.ShouldBe(9);
    }

    [Fact]
    public async Task Go_on_when_one_of_the_first_trials_completes()
    {
        await using var place = new Sandbox();
        place.Sweep(
            $"echo x >> {place.Outside}/tries\n[ $(wc -l < {place.Outside}/tries) = 3 ] || exit 1\n{Print("0.5")}\n",
            "method: random, trials: 8, parallel: 1");
        var study = (await place.Run("sweep", "--json")).With(0).Json;
        study.Trials().Count.ShouldBe(8);
        study.Text("study.reasonCode").ShouldBe("all-trials-asked");
    }

    private static string Print(string value) => $"echo '{{\"metric\":\"accuracy\",\"value\":{value}}}'";
}
