namespace Tenfold.Cli.Tests.BadInput;

public sealed class Failing_scripts
{
    [Fact]
    public async Task A_missing_script_is_refused_before_anything_is_recorded()
    {
        await using var place = new Sandbox();
        (await place.Run("fit", "train.py")).With(ExitCodes.BadInput).Saying("train.py", "no such script");
        place.Write("tenfold.yaml", "name: toy\ntrain:\n  script: train.py\n");
        (await place.Run("fit")).With(ExitCodes.BadInput).Saying("train.py is not in", "tenfold.yaml");
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task An_excluded_script_is_refused_with_the_way_to_include_it()
    {
        await using var place = new Sandbox();
        place.Write("tenfold.yaml", "name: toy\ntrain:\n  script: train.py\n");
        place.Write("train.py", "");
        place.Write(".gitignore", "*.py\n");
        (await place.Run("fit")).With(ExitCodes.BadInput).Saying("left out of the snapshot", "exclude: [ \"!train.py\" ]");
        place.Write("tenfold.yaml", "name: toy\ntrain:\n  script: train.py\n  exclude: [ \"!train.py\" ]\n");
        (await place.Run("fit")).With(0);
    }

    [Fact]
    public async Task An_unreadable_script_is_refused_before_anything_is_recorded()
    {
        await using var place = new Sandbox().Toy();
        OwnUser.Give(place);
        File.SetUnixFileMode(Path.Combine(place.Project, "train.sh"), UnixFileMode.None);
        (await place.Run("fit")).With(ExitCodes.BadInput).Saying("train.sh", "permission");
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_command_whose_script_is_missing_fails_with_the_shells_error()
    {
        await using var place = new Sandbox().Toy();
        File.Delete(Path.Combine(place.Project, "train.sh"));
        var run = (await place.Fit(ExitCodes.RunFailed)).Runs()[0];
        run.State().ShouldBe("failed");
        run.Text("reason")!.ShouldContain("train.sh");
        run.Text("reason")!.ShouldStartWith("exit code ");
    }

    [Fact]
    public async Task The_exit_code_and_the_last_errors_are_the_reason()
    {
        await using var place = new Sandbox().Toy("for i in $(seq 100); do echo line $i >&2; done\nexit 3\n");
        var fit = (await place.Run("fit", "--json")).With(ExitCodes.RunFailed).Saying("failed", "exit code 3", "line 100");
        var reason = fit.Json[0].Text("runs.0.reason")!;
        reason.ShouldStartWith("exit code 3\n");
        reason.ShouldEndWith("line 99\nline 100");
        reason.ShouldNotContain("line 1\n");
        (await place.Json("show", "--json", fit.Json[0].Runs()[0].Id())).Number("attempts.0.exitCode").ShouldBe(3);
        (await place.Run("runs")).With(0).Out.ShouldContain("exit code 3");
        (await place.Run("runs", "--state", "failed")).With(0).Out.ShouldContain("exit code 3");
        (await place.Run("fetch", fit.Json[0].Group())).With(0);
    }

    [Fact]
    public async Task The_signal_that_killed_the_script_is_the_reason()
    {
        await using var place = new Sandbox().Toy("kill -9 $PPID; sleep 5\n");
        var fit = await place.Fit(ExitCodes.RunFailed);
        fit.Text("runs.0.reason")!.ShouldStartWith("killed by SIGKILL (out of memory?");
        var attempt = (await place.Json("show", "--json", fit.Runs()[0].Id())).At("attempts.0");
        attempt.Number("signal").ShouldBe(9);
    }

    [Fact]
    public async Task A_line_of_ten_megabytes_is_logged_completely()
    {
        await using var place = new Sandbox().Toy($"head -c 10000000 /dev/zero | tr '\\0' x\necho\n{Sandbox.SeedScript}");
        var fit = await place.Fit();
        var lines = (await place.Run("logs", fit.Group())).With(0).Out.Split('\n');
        lines.Length.ShouldBe(3);
        lines[0].Length.ShouldBe(10_000_000);
        lines[0].All(c => c == 'x').ShouldBeTrue();
        fit.Number("statistics.n").ShouldBe(1);
    }

    [Fact]
    public async Task Invalid_UTF_8_does_no_harm()
    {
        await using var place = new Sandbox().Toy(
            $$"""
            printf 'a\377\376b\n'
            printf 'bad \200 end\n' >&2
            printf '{"metric":"x\377","value":1}\n'
            {{Sandbox.SeedScript}}
            exit 2
            """);
        var fit = await place.Fit(ExitCodes.RunFailed);
        fit.Text("runs.0.reason")!.ShouldStartWith("exit code 2\nbad \uFFFD end\nwarning: 1 metric line was not understood");
        // Standard error may have been read first.
        (await place.Run("logs", fit.Group())).With(0).Out.Split('\n').ShouldContain("a\uFFFD\uFFFDb");
        (await place.Run("show", fit.Runs()[0].Id())).With(0);
        (await place.Run("logs", "--json", fit.Group())).With(0);
    }

    [Fact]
    public async Task Terminal_escapes_and_line_ends_in_a_reason_do_not_break_a_listing()
    {
        await using var place = new Sandbox().Toy("printf 'red\\033[31m\\ttab\\r\\n' >&2\nexit 1\n");
        await place.Fit(ExitCodes.RunFailed);
        var table = (await place.Run("runs")).With(0).Out;
        table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        table.ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task Malformed_metric_lines_are_reported_and_the_others_count()
    {
        await using var place = new Sandbox().Toy(
            $$"""
            echo '{"metric":"accuracy","value":"high"}'
            echo '{"metric":1,"value":2}'
            {{Sandbox.SeedScript}}
            """);
        var fit = await place.Fit();
        fit.Number("runs.0.metrics.0.count").ShouldBe(1);
        fit.Text("runs.0.reason")!.ShouldContain("2 metric lines were not understood");
    }

    [Fact]
    public async Task A_run_that_exceeds_its_time_limit_is_stopped_with_that_reason()
    {
        await using var place = new Sandbox().Toy("sleep 1000\n", "resources: { max_runtime: 1s }");
        var fit = await place.Fit(ExitCodes.RunFailed);
        fit.Text("runs.0.reason")!.ShouldContain("time limit of 1 s");
    }

    [Fact]
    public async Task An_unknown_goal_of_a_metric_is_refused_with_its_position()
    {
        await using var place = new Sandbox().Toy();
        place.Write("tenfold.yaml", "name: toy\ntrain:\n  command: sh train.sh\n  metric: { name: accuracy, goal: maximise }\n");
        (await place.Run("fit")).With(ExitCodes.BadInput).Saying("tenfold.yaml:4:", "maximise", "maximize");
        (await place.Run("doctor")).With(ExitCodes.RunFailed).Out.ShouldContain("maximise");
        place.Toy();
        (await place.Run("fit", "--metric", "accuracy:up")).With(ExitCodes.BadInput).Saying("accuracy:maximize or accuracy:minimize");
    }
}
