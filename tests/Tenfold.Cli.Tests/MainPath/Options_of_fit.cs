namespace Tenfold.Cli.Tests.MainPath;

public sealed class Options_of_fit
{
    [Fact]
    public async Task A_dry_run_records_and_starts_nothing()
    {
        await using var place = new Sandbox();
        place.Toy($"echo ran >> {place.Outside}/ran\n{Sandbox.SeedScript}");
        var dry = (await place.Run("fit", "--dry-run", "--repeat", "4")).With(0);
        dry.Out.ShouldContain("nothing was recorded or started");
        dry.Out.Split('\n').Single(line => line.StartsWith("seeds", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(5);
        var seeds = (await place.Fit("--dry-run", "--repeat", "4")).Runs().Select(run => run.Number("seed")).ToList();
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
        place.Agents().ShouldBeEmpty();
        place.Lines("ran").ShouldBeEmpty();
        (await place.Fit("--repeat", "4")).Runs().Select(run => run.Number("seed")).ShouldBe(seeds);
    }

    [Fact]
    public async Task A_detached_fit_continues_and_later_commands_show_its_state()
    {
        await using var place = new Sandbox();
        var go = Path.Combine(place.Outside, "go");
        place.Toy($"while [ ! -e {go} ]; do sleep 0.05; done\n{Sandbox.SeedScript}");
        var fit = (await place.Run("fit", "--detach", "--json", "--repeat", "3", "--parallel", "1")).With(0).Saying("submitted").Json[0];
        fit.Runs().ShouldAllBe(run => run.State() == "queued");
        var running = await place.RunsUntil(runs => runs.Any(run => run.State() == "running"));
        running.Count(run => run.State() == "running").ShouldBe(1);
        (await place.Run("fetch", running[0].Id())).With(ExitCodes.NotFound).Saying("has not ended yet");
        await File.WriteAllTextAsync(go, "");
        (await place.RunsUntilAllEnded()).ShouldAllBe(run => run.State() == "succeeded");
    }

    [Fact]
    public async Task A_script_needs_no_tenfold_yaml()
    {
        await using var place = new Sandbox();
        place.Write(
            "train.py",
            """
            import argparse, json
            parser = argparse.ArgumentParser()
            parser.add_argument("--rate", type=float)
            print(json.dumps({"metric": "loss", "value": parser.parse_args().rate}))
            """);
        var fit = await place.Fit("train.py", "-p", "rate=0.25", "--metric", "loss:minimize");
        fit.Text("group.script").ShouldBe("train.py");
        fit.Number("runs.0.value").ShouldBe(0.25);
        fit.Text("statistics.goal").ShouldBe("minimize");
        File.Exists(Path.Combine(place.Project, "tenfold.yaml")).ShouldBeFalse();
        (await place.Run("fit", "train.py", "-p", "rate=0.5")).With(0).Out.ShouldContain("no metric is named to judge the runs by");
    }

    [Fact]
    public async Task A_script_beside_a_tenfold_yaml_is_refused()
    {
        await using var place = new Sandbox().Toy();
        place.Write("train.py", "");
        (await place.Run("fit", "train.py")).With(ExitCodes.BadInput).Saying("belongs to the project", "tenfold.yaml");
    }

    [Fact]
    public async Task Like_repeats_a_group_although_the_project_has_changed()
    {
        await using var place = new Sandbox().Toy(Sandbox.SeedScript + "echo $TENFOLD_PARAM_RATE\n", "  params: { rate: 1 }");
        var first = await place.Fit("--repeat", "2", "--seed", "7", "-p", "rate=3");
        place.Write("train.sh", "exit 9\n");
        File.Delete(Path.Combine(place.Project, "tenfold.yaml"));

        var again = (await place.RunIn(place.Outside, "fit", "--json", "--like", first.Group())).With(0).Json[0];
        again.Text("group.like").ShouldBe(first.Group());
        again.Text("group.snapshot").ShouldBe(first.Text("group.snapshot"));
        again.Runs().Select(run => (run.Number("seed"), run.Number("value")))
            .ShouldBe(first.Runs().Select(run => (run.Number("seed"), run.Number("value"))));

        var second = first.Runs()[1];
        var one = (await place.Run("fit", "--json", "--like", second.Id(), "-p", "rate=4")).With(0).Json[0];
        one.Runs().Single().Number("seed").ShouldBe(second.Number("seed"));
        one.Runs().Single().Number("repeat").ShouldBe(2);
        one.Number("group.parameters.rate").ShouldBe(4);
        (await place.Run("logs", one.Group())).With(0).Out.ShouldEndWith("\n4\n");
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_runs_running()
    {
        await using var place = new Sandbox();
        var go = Path.Combine(place.Outside, "go");
        place.Toy($"while [ ! -e {go} ]; do sleep 0.05; done\n");
        using var fit = place.Start("fit", "--metric", "accuracy:maximize");
        await place.RunsUntil(runs => runs.Count == 1 && runs[0].State() == "running");
        fit.Signal(2);
        (await fit.EndAsync()).With(ExitCodes.Interrupted).Saying("the runs continue", "tenfold cancel");
        await File.WriteAllTextAsync(go, "");
        (await place.RunsUntilAllEnded())[0].State().ShouldBe("succeeded");
    }

    [Fact]
    public async Task The_question_after_Ctrl_C_ends_with_the_runs()
    {
        await using var place = new Sandbox();
        var (running, go) = (Path.Combine(place.Outside, "running"), Path.Combine(place.Outside, "go"));
        place.Toy($"touch {running}; while [ ! -e {go} ]; do sleep 0.05; done\n{Sandbox.SeedScript}");
        // Types Ctrl-C on a terminal, and lets the run end once the question is there.
        place.Before =
        [
            "/usr/bin/python3", "-c",
            $"""
            import os, pty, sys, time
            child, terminal = pty.fork()
            if child == 0:
                os.execv(sys.argv[1], sys.argv[1:])
            while not os.path.exists("{running}"):
                time.sleep(0.02)
            os.write(terminal, b"\x03")
            seen = b""
            while True:
                try:
                    seen += os.read(terminal, 65536)
                except OSError:
                    break
                if b"type cancel" in seen and not os.path.exists("{go}"):
                    open("{go}", "w").close()
            print(seen.decode(errors="replace"))
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """,
        ];
        (await place.Run("fit", "--metric", "accuracy:maximize")).With(0).Out.ShouldContain("type cancel");
        place.Before = [];
        (await place.RunsUntilAllEnded())[0].State().ShouldBe("succeeded");
    }

    [Fact]
    public async Task Parallel_limits_concurrent_runs()
    {
        await using var place = new Sandbox();
        // Each run writes down how many runs have a folder at that moment.
        place.Toy(
            $"""
            mkdir {place.Outside}/in.$TENFOLD_REPEAT
            ls -d {place.Outside}/in.* | wc -l >> {place.Outside}/count
            sleep 0.1
            rmdir {place.Outside}/in.$TENFOLD_REPEAT
            {Sandbox.SeedScript}
            """);
        await place.Fit("--repeat", "4", "--parallel", "1");
        place.Lines("count").Select(line => line.Trim()).ShouldBe(["1", "1", "1", "1"]);
    }
}
