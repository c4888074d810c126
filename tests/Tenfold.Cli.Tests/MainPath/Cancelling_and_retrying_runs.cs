namespace Tenfold.Cli.Tests.MainPath;

public sealed class Cancelling_and_retrying_runs
{
    [Fact]
    public async Task Cancel_ends_running_and_waiting_runs()
    {
        await using var place = new Sandbox();
        place.Toy(
            $"""
            trap 'echo saved >> {place.Outside}/saved; exit 0' TERM
            echo $TENFOLD_RUN >> {place.Outside}/ran
            while :; do sleep 0.05; done
            """);
        var fit = (await place.Run("fit", "--detach", "--json", "--repeat", "3", "--parallel", "1")).With(0).Json[0];
        await Until.True(() => place.Lines("ran").Length == 1, "the first run has started");
        (await place.Json("cancel", "--json", fit.Group())).Texts("runs").Count.ShouldBe(3);
        var runs = await place.RunsUntilAllEnded();
        runs.ShouldAllBe(run => run.State() == "cancelled");
        place.Lines("ran").ShouldBe([fit.Runs()[0].Id()]);
        place.Lines("saved").ShouldBe(["saved"]);
        runs.Single(run => run.Number("repeat") == 3).Text("reason").ShouldBe("cancelled before it started");
        await place.AgentExits();
        place.Processes().ShouldBeEmpty();
        (await place.Run("cancel", fit.Group())).With(0).Saying("nothing to cancel");
    }

    [Fact]
    public async Task One_waiting_run_can_be_cancelled_while_the_others_continue()
    {
        await using var place = new Sandbox();
        var go = Path.Combine(place.Outside, "go");
        place.Toy($"while [ ! -e {go} ]; do sleep 0.05; done\n{Sandbox.SeedScript}");
        var fit = (await place.Run("fit", "--detach", "--json", "--repeat", "3", "--parallel", "1")).With(0).Json[0];
        await place.RunsUntil(runs => runs.Any(run => run.State() == "running"));
        (await place.Run("cancel", fit.Runs()[1].Id())).With(0).Saying("cancelling 1 run");
        await File.WriteAllTextAsync(go, "");
        (await place.RunsUntilAllEnded()).OrderBy(run => run.Number("repeat")).Select(run => run.State())
            .ShouldBe(["succeeded", "cancelled", "succeeded"]);
    }

    [Fact]
    public async Task Retry_resumes_a_failed_run_with_the_same_seed_from_its_checkpoint()
    {
        await using var place = new Sandbox();
        place.Toy(
            $"""
            echo "$TENFOLD_RUN $TENFOLD_SEED" >> {place.Outside}/ran
            if [ $TENFOLD_REPEAT != 1 ] && [ ! -e $TENFOLD_CHECKPOINT_DIR/half ]; then
                touch $TENFOLD_CHECKPOINT_DIR/half
                echo not today >&2
                exit 4
            fi
            {Sandbox.SeedScript}
            """);
        var fit = await place.Fit(ExitCodes.RunFailed, "--repeat", "2");
        var failed = fit.Runs()[1];
        failed.State().ShouldBe("failed");
        failed.Text("reason").ShouldBe("exit code 4\nnot today");

        var retried = (await place.Run("retry", "--json", fit.Group())).With(0).Saying($"retrying 1 run: {failed.Id()}").Json[0];
        retried.Runs().ShouldAllBe(run => run.State() == "succeeded");
        retried.Runs().Select(run => run.Number("attempts")).ShouldBe([1, 2]);
        place.Lines("ran").Count(line => line == $"{failed.Id()} {failed.At("seed")}").ShouldBe(2);
        (await place.Run("logs", failed.Id(), "--attempt", "1")).With(0).Out.ShouldContain("not today");
        (await place.Run("logs", failed.Id(), "--attempt", "3")).With(ExitCodes.NotFound).Saying("2 attempts");
        (await place.Run("retry", fit.Group())).With(ExitCodes.BadInput).Saying("nothing to retry");
    }

    [Fact]
    public async Task A_cancelled_run_can_be_retried()
    {
        await using var place = new Sandbox();
        place.Toy($"[ -e {place.Outside}/go ] || sleep 600\n{Sandbox.SeedScript}");
        var fit = (await place.Run("fit", "--detach", "--json")).With(0).Json[0];
        await place.RunsUntil(runs => runs[0].State() == "running");
        (await place.Run("cancel", fit.Group())).With(0);
        (await place.RunsUntilAllEnded())[0].State().ShouldBe("cancelled");
        await File.WriteAllTextAsync(Path.Combine(place.Outside, "go"), "");
        (await place.Run("retry", fit.Group())).With(0);
        var run = (await place.Json("runs", "--json"))[0];
        (run.State(), run.Number("attempts")).ShouldBe(("succeeded", 2));
    }

    [Fact]
    public async Task The_agent_retries_as_often_as_the_project_says()
    {
        await using var place = new Sandbox();
        place.Toy($"echo $TENFOLD_SEED >> {place.Outside}/ran\n[ $(wc -l < {place.Outside}/ran) -ge 3 ]\n", "resources: { retries: 2 }");
        var fit = await place.Fit(ExitCodes.RunFailed); // accuracy never appears
        (fit.Runs()[0].State(), fit.Runs()[0].Number("attempts")).ShouldBe(("succeeded", 3));
        place.Lines("ran").Distinct().Count().ShouldBe(1);
        fit.Texts("statistics.notes").ShouldContain(note => note.Contains("never appeared"));
    }
}
