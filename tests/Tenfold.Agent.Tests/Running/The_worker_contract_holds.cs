using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;

namespace Tenfold.Agent.Tests.Running;

public sealed class The_worker_contract_holds : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Every_variable_is_set()
    {
        var data = _machine.Folder.Write("data/iris.csv", "1,2\n");
        var report = await _machine.RunAsync(
            "env", spec => spec with { Data = new Dictionary<string, DataSpec> { ["train-set"] = Data(data) } },
            """{"learning_rate":0.01,"name":"a \"b\" c","flag":true,"layers":[1,2]}""");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        var seen = (await _machine.PrintedAsync()).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var expected = new Dictionary<string, string>
        {
            ["TENFOLD_ATTEMPT"] = _machine.Attempt(),
            ["TENFOLD_RUN"] = $"{_machine.Group}-1",
            ["TENFOLD_GROUP"] = _machine.Group,
            ["TENFOLD_SEED"] = "1001",
            ["TENFOLD_REPEAT"] = "1",
            ["TENFOLD_PARAM_LEARNING_RATE"] = "0.01",
            ["TENFOLD_PARAM_NAME"] = "a \"b\" c",
            ["TENFOLD_PARAM_FLAG"] = "true",
            ["TENFOLD_PARAM_LAYERS"] = "[1,2]",
            ["TENFOLD_DATA_TRAIN_SET"] = data,
            ["SM_CHANNEL_TRAIN_SET"] = Path.GetDirectoryName(data)!,
            ["SM_CHANNELS"] = """["train-set"]""",
            ["SM_HP_LEARNING_RATE"] = "0.01",
            ["SM_HP_NAME"] = "a \"b\" c",
            ["SM_HP_FLAG"] = "true",
            ["SM_HP_LAYERS"] = "[1,2]",
            ["SM_NUM_GPUS"] = "0",
            ["SM_CURRENT_HOST"] = "algo-1",
            ["SM_HOSTS"] = """["algo-1"]""",
            ["PYTHONUNBUFFERED"] = "1",
            ["PATH"] = Machine.SystemPath,
            ["SM_MODEL_DIR"] = seen["TENFOLD_MODEL_DIR"],
            ["SM_OUTPUT_DATA_DIR"] = seen["TENFOLD_OUTPUT_DIR"],
        };
        foreach (var (name, value) in expected) seen.GetValueOrDefault(name).ShouldBe(value, name);
        JsonDocument.Parse(seen["SM_HPS"]).RootElement.GetProperty("name").GetString().ShouldBe("a \"b\" c");
        JsonDocument.Parse(seen["SM_USER_ARGS"]).RootElement.EnumerateArray().Select(text => text.GetString()).ShouldBe(
            ["--learning_rate", "0.01", "--name", "a \"b\" c", "--flag", "true", "--layers", "[1,2]"]);
        seen.Keys.ShouldContain("TENFOLD_CHECKPOINT_DIR");
        seen.Keys.ShouldContain("TENFOLD_PARAMS");
        int.Parse(seen["SM_NUM_CPUS"]).ShouldBeGreaterThan(0);
    }

    [Theory]
    // One value that no variable can hold.
    [InlineData(131_100, 1, "long0 has 131,100 bytes", "SM_HPS SM_HP_LONG0 SM_USER_ARGS TENFOLD_PARAM_LONG0")]
    // Each fits, and all of them together do not.
    [InlineData(1_500, 100, "long0 has 1,500 bytes", "SM_HPS SM_USER_ARGS")]
    [InlineData(100_000, 6, "long", "SM_HPS")]
    public async Task A_parameter_too_long_for_a_variable_is_in_the_file_and_named(int length, int count, string said, string leftOut)
    {
        var values = Enumerable.Range(0, count).Select(i => $"\"long{i}\":\"{new string('x', length)}\"");
        var report = await _machine.RunAsync(
            "env | cut -d= -f1 | sort; "
                + "python3 -c 'import json, os; print(len(json.load(open(os.environ[\"TENFOLD_PARAMS\"]))[\"long0\"]))'",
            parameters: $"{{\"short\":1,{string.Join(',', values)}}}");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        var warning = report.Warnings.OfType<Warning.VariablesLeftOut>().ShouldHaveSingleItem();
        warning.ToString().ShouldStartWith(said);
        warning.ToString().ShouldEndWith("from the JSON file that $TENFOLD_PARAMS names");
        var printed = await _machine.PrintedAsync();
        printed[^1].ShouldBe($"{length}");
        printed.ShouldContain("TENFOLD_PARAM_SHORT");
        foreach (var name in leftOut.Split(' '))
        {
            warning.Variables.ShouldContain(name);
            printed.ShouldNotContain(name);
        }
    }

    [Fact]
    public async Task The_projects_variables_override_the_shells()
    {
        var report = await _machine.RunAsync(
            "echo \"$LANG|$EMPTY|${NOT-absent}|$X\"",
            spec => spec with
            {
                Shell = new Dictionary<string, string>(spec.Shell) { ["LANG"] = "of the shell" },
                Variables = new Dictionary<string, string> { ["LANG"] = "of the project", ["EMPTY"] = "", ["X"] = "a 'b' $c\n" },
            });
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync()).ShouldBe(["of the project||absent|a 'b' $c", ""]);
    }

    [Fact]
    public async Task Nothing_else_of_the_agents_environment_is_visible()
    {
        _machine.SetVariable("TENFOLD_TEST_PASSWORD", "in the agent only");
        await _machine.RunAsync("env");
        (await _machine.PrintedAsync()).ShouldNotContain(line => line.Contains("TENFOLD_TEST_PASSWORD"));
    }

    [Fact]
    public async Task The_parameters_are_in_a_file_and_in_the_command()
    {
        await _machine.RunAsync("cat $TENFOLD_PARAMS; echo {rate} {name} {seed}", parameters: """{"rate":0.5,"name":"a b"}""");
        var printed = await _machine.PrintedAsync();
        JsonDocument.Parse(printed[0]).RootElement.GetProperty("rate").GetDouble().ShouldBe(0.5);
        printed[^1].ShouldBe("0.5 a b 1001");
    }

    [Fact]
    public async Task The_command_runs_in_a_copy_of_the_snapshot_with_the_data_linked_in()
    {
        _machine.Write("lib/code.txt", "pinned\n");
        var data = _machine.Folder.Write("elsewhere/iris.csv", "1,2\n");
        var report = await _machine.RunAsync(
            "cat lib/code.txt data/iris.csv; readlink data/iris.csv; echo changed > lib/code.txt",
            spec => spec with { Data = new Dictionary<string, DataSpec> { ["train"] = Data(data) with { Link = "data/iris.csv" } } });
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync()).ShouldBe(["pinned", "1,2", data]);
        File.ReadAllText(_machine.Folder["project/lib/code.txt"]).ShouldBe("pinned\n");
        (await _machine.KeptAsync("work/lib/code.txt")).ShouldBe("changed\n");
        (await _machine.ManifestAsync()).Files.Select(file => file.Path).ShouldBe(["work/lib/code.txt"]);
    }

    [Fact]
    public async Task Data_that_has_changed_is_refused()
    {
        var data = _machine.Folder.Write("elsewhere/iris.csv", "1,2\n");
        var spec = await _machine.SpecAsync("echo started") with { Data = new Dictionary<string, DataSpec> { ["train"] = Data(data) } };
        File.WriteAllText(data, "1,2,3\n");
        var report = await _machine.RunAsync(spec);
        (report.State, report.Ending).ShouldBe((AttemptState.Failed, Ending.NotStarted));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("has changed");
        (await _machine.PrintedAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, AttemptState.Succeeded)]
    [InlineData(3, AttemptState.Failed)]
    public async Task Artifacts_are_stored_with_their_checksums_even_when_the_run_fails(int code, AttemptState state)
    {
        var report = await _machine.RunAsync(
            $"""
            printf weights > $TENFOLD_MODEL_DIR/w.bin; mkdir $TENFOLD_OUTPUT_DIR/deep; echo result > "$TENFOLD_OUTPUT_DIR/deep/a b.txt"
            echo here > model.pkl; mkdir __pycache__; echo no > __pycache__/x.pyc; echo no > skip.ckpt; exit {code}
            """, spec => spec with { Exclude = ["*.ckpt"] });
        (report.State, report.ExitCode).ShouldBe((state, code));
        report.Warnings.ShouldBeEmpty();
        var manifest = await _machine.ManifestAsync();
        manifest.Files.Select(file => file.Path).ShouldBe(["model/w.bin", "output/deep/a b.txt", "work/model.pkl"]);
        foreach (var file in manifest.Files)
        {
            var content = Encoding.UTF8.GetBytes((await _machine.KeptAsync(file.Path)).ShouldNotBeNull());
            file.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));
            file.SizeBytes.ShouldBe(content.Length);
        }

        (await _machine.KeptAsync("model/w.bin")).ShouldBe("weights");
        Directory.Exists(_machine.Folder["home/work/"] + _machine.Attempt()).ShouldBeFalse();
    }

    [Fact]
    public async Task The_next_attempt_sees_a_checkpoint()
    {
        var report = await _machine.RunAsync(
            "cat $TENFOLD_CHECKPOINT_DIR/state && exit 0; echo epoch 5 > $TENFOLD_CHECKPOINT_DIR/state; exit 1",
            spec => spec with { Resources = new ResourceSpec { Retries = 1 } });
        (report.State, report.IsRetried).ShouldBe((AttemptState.Failed, true));
        (await _machine.ReportAsync(_machine.Attempt(2))).State.ShouldBe(AttemptState.Succeeded);
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldBe(["epoch 5"]);
    }

    [Fact]
    public async Task An_exit_code_and_the_last_lines_of_standard_error_are_the_reason()
    {
        var report = await _machine.RunAsync("echo out; i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i >&2; done; exit 42");
        (report.State, report.Ending, report.ExitCode, report.Signal).ShouldBe((AttemptState.Failed, Ending.Exited, 42, null));
        var lines = report.Reason.Words().ShouldNotBeNull().Split('\n');
        lines[0].ShouldBe("exit code 42");
        lines[^1].ShouldBe("line 30");
        lines.ShouldNotContain("line 1");
        lines.ShouldNotContain("out");
    }

    [Fact]
    public async Task The_reason_names_a_signal()
    {
        var report = await _machine.RunAsync("kill -SEGV $$");
        (report.State, report.Ending, report.ExitCode, report.Signal).ShouldBe((AttemptState.Failed, Ending.Signalled, null, 11));
        report.Reason.Words().ShouldBe("killed by SIGSEGV");
    }

    [Fact]
    public async Task The_reason_quotes_the_shell_about_a_missing_command()
    {
        var report = await _machine.RunAsync("no-such-program --lr 1");
        (report.State, report.ExitCode).ShouldBe((AttemptState.Failed, 127));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("no-such-program");
    }

    [Fact]
    public async Task The_report_has_the_machine_the_times_and_the_usage()
    {
        var before = DateTimeOffset.UtcNow;
        var report = await _machine.RunAsync("exec /usr/bin/python3 -c 'x = bytearray(50_000_000)'");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        report.Host.ShouldBe(Environment.MachineName);
        report.AgentProcess.ShouldBe(Environment.ProcessId);
        report.StartedAt.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(before.AddMilliseconds(-1));
        report.EndedAt.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(report.StartedAt.Value);
        // Where this process took more itself, Linux doesn't tell.
        if (report.PeakMemoryBytes is { } peak) peak.ShouldBeInRange(50_000_000, 500_000_000);
        else OwnPeak().ShouldBeGreaterThan(47_000_000);
        report.CpuSeconds.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Metrics_are_taken_from_standard_output()
    {
        await _machine.RunAsync(
            """for i in 1 2 3; do echo "{\"metric\":\"loss\",\"value\":$i}"; done; echo '{"metric":"acc","value":NaN}'; echo '{"metric":}'""");
        var metrics = await _machine.MetricsAsync();
        (metrics["loss"].Count, metrics["loss"].Last, metrics["acc"].NonFinite).ShouldBe((3, 3, 1));
        (await _machine.ReportAsync()).Warnings.ShouldHaveSingleItem().ToString().ShouldContain("1 metric line was not understood");
    }

    [Fact]
    public async Task A_line_of_ten_megabytes_and_invalid_UTF8_do_no_harm()
    {
        var report =
            await _machine.RunAsync(
                """/usr/bin/python3 -c 'import sys; sys.stdout.buffer.write(b"x" * 10_000_000 + b"\n\xff\xfe\n")'; echo after""");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        var log = (await _machine.LogAsync()).Where(line => line.Source == 'o').ToList();
        log[^1].Text.ShouldBe("after");
        log[^2].Text.Length.ShouldBe(2);
        log[..^2].Sum(line => line.Text.Length).ShouldBe(10_000_000);
        log[..^3].ShouldAllBe(line => line.GoesOn);
    }

    [Fact]
    public async Task The_command_is_free_of_the_agents_signals_and_has_no_input()
    {
        var report =
            await _machine.RunAsync(
                """/usr/bin/python3 -c 'import signal, sys; assert sys.stdin.read() == ""; assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL; assert not signal.pthread_sigmask(signal.SIG_BLOCK, [])'""");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
    }

    [Fact]
    public async Task The_agents_memory_is_not_counted_as_the_commands()
    {
        var report = await _machine.RunAsync("exec /bin/true");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        report.PeakMemoryBytes.ShouldBeNull();
    }

    private static long OwnPeak()
    {
        using var own = Process.GetCurrentProcess();
        return own.PeakWorkingSet64;
    }

    private DataSpec Data(
        string path) => new ContentHasher(_machine.Folder["index"], TimeProvider.System).Compute(path, CancellationToken.None)
        .Match(hashed => new DataSpec(path, hashed.Sha256, hashed.SizeBytes),
            refused => throw new InvalidOperationException(refused.Faults[0].Message));
}
