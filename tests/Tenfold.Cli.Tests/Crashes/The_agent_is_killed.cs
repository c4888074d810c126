namespace Tenfold.Cli.Tests.Crashes;

public sealed class The_agent_is_killed
{
    // A run's first attempt saves a checkpoint and never ends. The next attempt finds the checkpoint and succeeds.
    private static string Resumable(Sandbox place) =>
        $"""
        echo "$TENFOLD_RUN $TENFOLD_SEED" >> {place.Outside}/ran
        if [ ! -e $TENFOLD_CHECKPOINT_DIR/step ]; then
            echo 41 > $TENFOLD_CHECKPOINT_DIR/step
            sleep 1000 & setsid sleep 1001 &
            echo $TENFOLD_RUN >> {place.Outside}/waits
            wait
        fi
        echo "from $(cat $TENFOLD_CHECKPOINT_DIR/step)"
        {Sandbox.SeedScript}
        """;

    [Fact]
    public async Task Lost_runs_resume_with_the_same_seed_and_leftover_processes_are_ended()
    {
        await using var place = new Sandbox();
        place.Toy(Resumable(place));
        var fit = (await place.Run("fit", "--detach", "--json", "--repeat", "3", "--parallel", "2")).With(0).Json[0];
        await Until.True(() => Sleeping(place).Count == 4, "two runs work, each with its two children");
        OwnProcesses.Signal(place.Agents().Single(), OwnProcesses.SigKill);
        await place.AgentExits();
        var leftovers = Sleeping(place);
        leftovers.Count.ShouldBe(4);

        (await place.Run("runs")).With(0);
        place.Processes().Select(process => process.Id).Intersect(leftovers).ShouldBeEmpty("the next command ends leftover processes");

        // The third run had not started. Its first attempt starts now, and its agent is killed too.
        await Until.Found(
            async () => (await place.Run("runs")).ExitCode == 0 && place.Lines("waits").Length == 3 ? place : null,
            () => "the third run works");
        OwnProcesses.Signal(place.Agents().Single(), OwnProcesses.SigKill);
        var runs = await place.RunsUntilAllEnded();
        runs.ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 2);
        place.Lines("ran").Order().ShouldBe(fit.Runs().SelectMany(run => Enumerable.Repeat($"{run.Id()} {run.At("seed")}", 2)).Order());

        var shown = await place.Json("show", "--json", fit.Runs()[0].Id());
        shown.At("attempts").EnumerateArray().Select(attempt => attempt.State()).ShouldBe(["lost", "succeeded"]);
        shown.Text("attempts.0.reason")!.ShouldContain("its agent stopped reporting");
        (await place.Run("logs", fit.Runs()[0].Id())).With(0).Out.ShouldStartWith("from 41\n");
    }

    [Fact]
    public async Task A_watching_command_starts_the_agent_again()
    {
        await using var place = new Sandbox();
        place.Toy(Resumable(place));
        using var fit = place.Start("fit", "--json");
        await Until.True(() => place.Lines("waits").Length == 1, "the run works");
        OwnProcesses.Signal(place.Agents().Single(), OwnProcesses.SigKill);
        var ended = (await fit.EndAsync()).With(0).Json[0];
        ended.Runs()[0].Number("attempts").ShouldBe(2);
        place.Lines("ran").Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task SIGTERM_stops_the_agent_gracefully_and_the_next_command_resumes_the_run()
    {
        await using var place = new Sandbox();
        place.Toy(
            $"""
            if [ ! -e $TENFOLD_CHECKPOINT_DIR/saved ]; then
                trap 'touch $TENFOLD_CHECKPOINT_DIR/saved; exit 0' TERM
                echo $TENFOLD_RUN >> {place.Outside}/waits
                while :; do sleep 0.02; done
            fi
            echo resumed
            {Sandbox.SeedScript}
            """);
        var fit = (await place.Run("fit", "--detach", "--json")).With(0).Json[0];
        await Until.True(() => place.Lines("waits").Length == 1, "the run works");
        OwnProcesses.Signal(place.Agents().Single(), OwnProcesses.SigTerm);
        await place.AgentExits();
        place.Processes().ShouldBeEmpty();

        var run = (await place.RunsUntilAllEnded())[0];
        (run.State(), run.Number("attempts"), run.Number("seed")).ShouldBe(("succeeded", 2, fit.Runs()[0].Number("seed")));
        (await place.Run("logs", run.Id())).With(0).Out.ShouldStartWith("resumed\n");
        (await place.Json("show", "--json", run.Id())).Text("attempts.0.state").ShouldBe("lost");
    }

    [Fact]
    public async Task A_run_that_kills_its_agent_again_and_again_fails()
    {
        await using var place = new Sandbox();
        // The agent is the shell's parent, and the shell the script's.
        place.Toy($"echo x >> {place.Outside}/ran\nread _ _ _ agent _ < /proc/$PPID/stat\nkill -9 $agent\nsleep 1000\n");
        using var fit = place.Start("fit", "--json");
        var run = (await fit.EndAsync()).With(ExitCodes.RunFailed).Json[0].Runs()[0];
        run.State().ShouldBe("failed");
        run.Text("reason")!.ShouldContain("its agent stopped reporting");
        place.Lines("ran").Length.ShouldBe((int)run.Number("attempts"));
        run.Number("attempts").ShouldBe(4);
        (await place.Run("show", run.Id())).With(0).Out.ShouldContain(
            "4 lost attempts: resources.lost_retries (3) allows no more");
    }

    private static List<int> Sleeping(Sandbox place) =>
        [.. place.Processes().Where(process => process.Command.StartsWith("sleep", StringComparison.Ordinal))
            .Select(process => process.Id)];
}
