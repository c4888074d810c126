using System.Diagnostics;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Agent.Tests.Running;

public sealed class A_run_is_stopped : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_stop_mark_sends_SIGTERM_first_so_that_the_command_can_save()
    {
        var report = await StopAsync(
            """trap 'echo saved > $TENFOLD_MODEL_DIR/m; exit 0' TERM; echo ready; while :; do sleep 0.05; done""");
        (report.State, report.Ending, report.Reason.Words()).ShouldBe((AttemptState.Cancelled, Ending.Cancelled, "cancelled"));
        (await _machine.KeptAsync("model/m")).ShouldBe("saved\n");
        (await _machine.PrintedAsync('t')).ShouldContain("stopping: cancelled");
    }

    [Fact]
    public async Task A_command_that_ignores_SIGTERM_gets_SIGKILL_after_the_grace_period()
    {
        _machine.Settings = _machine.Settings with { Grace = TimeSpan.FromMilliseconds(300) };
        var report = await StopAsync("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        (report.State, report.Signal).ShouldBe((AttemptState.Cancelled, 9));
        (await _machine.PrintedAsync('t')).ShouldContain("it did not end within 0.3 s after SIGTERM: SIGKILL");
    }

    [Fact]
    public async Task A_child_that_outlives_its_shell_has_time_to_save()
    {
        _machine.Write(
            "save.sh", "trap 'sleep 0.5; echo saved > $TENFOLD_MODEL_DIR/m; exit 0' TERM\necho ready\nwhile :; do sleep 0.05; done\n");
        var report = await StopAsync("sh save.sh & wait");
        report.State.ShouldBe(AttemptState.Cancelled);
        (await _machine.KeptAsync("model/m")).ShouldBe("saved\n");
    }

    [Theory]
    [InlineData("awk -f busy; true")]
    [InlineData("(awk -f busy; true) & wait")]
    public async Task The_report_has_the_usage_even_when_the_shell_ended_first(string command)
    {
        // A good 64 MB, and some tenths of a second at the least.
        _machine.Write(
            "busy", "BEGIN { s = \"x\"; for (i = 0; i < 26; i++) s = s s; for (i = 0; i < 3000000; i++) n += i; print \"ready\"; " +
                "fflush(); while (1) n++ }\n");
        var report = await StopAsync(command);
        report.State.ShouldBe(AttemptState.Cancelled);
        // Where this process took more itself, Linux doesn't tell.
        (report.PeakMemoryBytes ?? long.MaxValue).ShouldBeGreaterThan(64_000_000);
        report.CpuSeconds.ShouldNotBeNull().ShouldBeGreaterThan(0.05);
    }

    [Fact]
    public async Task An_ended_process_that_left_its_group_is_reaped_with_the_next_run()
    {
        await _machine.RunAsync(
            "(setsid sh -c 'echo $$ > $TENFOLD_OUTPUT_DIR/pid' &); while [ ! -s $TENFOLD_OUTPUT_DIR/pid ]; do sleep 0.02; done");
        var stray = int.Parse((await _machine.KeptAsync("output/pid")).ShouldNotBeNull());
        await Eventually.ShouldBeAsync(
            () =>
            {
                GroupReaper.ReapStrays(TimeProvider.System);
                return !Directory.Exists($"/proc/{stray}");
            },
            "it is reaped");
    }

    [Fact]
    public async Task A_process_of_the_runtime_in_a_group_of_its_own_is_left_to_the_runtime()
    {
        // The runtime ends this process when a process that it has started was reaped by somebody else.
        using var stop = new CancellationTokenSource();
        var reaping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) GroupReaper.ReapStrays(TimeProvider.System);
        });
        for (var i = 0; i < 20; i++)
        {
            using var own = Process.Start("setsid", ["sh", "-c", "exit 7"]);
            await own.WaitForExitAsync();
            own.ExitCode.ShouldBe(7);
        }

        await stop.CancelAsync();
        await reaping;
    }

    [Fact]
    public async Task A_run_with_a_stop_mark_does_not_start()
    {
        var assignments = _machine.Assign(await _machine.SpecAsync("touch $TENFOLD_MODEL_DIR/ran"));
        await _machine.StopAsync();
        _machine.Queue.Add(assignments);
        await _machine.ServeAsync();
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Cancelled);
        (await _machine.KeptAsync("model/ran")).ShouldBeNull();
    }

    [Fact]
    public async Task A_run_past_its_time_limit_is_stopped_and_not_retried()
    {
        var report = await _machine.RunAsync("sleep 1000", spec => spec with
        {
            Resources = new ResourceSpec
            {
                MaxRuntime = TimeSpan.FromMilliseconds(300),
                Retries = 3,
            }
        });
        (report.State, report.Ending, report.IsRetried).ShouldBe((AttemptState.Failed, Ending.TimeLimit, false));
        report.Reason.Words().ShouldBe("it passed its time limit of 0.3 s (resources.max_runtime)");
    }

    [Fact]
    public async Task A_limit_longer_than_a_timer_can_be_stops_no_run()
    {
        var report = await _machine.RunAsync(
            "echo hello", spec => spec with { Resources = new ResourceSpec { MaxRuntime = TimeSpan.FromDays(400) } });
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
    }

    [Fact]
    public async Task A_run_that_early_stopping_ended_succeeds()
    {
        var report = await _machine.RunAsync(
            """for i in 1 2 3 4; do echo "{\"metric\":\"loss\",\"value\":$i}"; done; sleep 1000""",
            spec => spec with { EarlyStopping = new EarlyStoppingSpec("loss", MetricGoal.Minimize, 2) });
        (report.State, report.Ending).ShouldBe((AttemptState.Succeeded, Ending.EarlyStopped));
        report.Reason.Words().ShouldBe("early stopping: loss has not improved on 1 for 2 evaluations");
    }

    [Fact]
    public async Task A_run_that_is_stopped_during_its_preparation_has_not_failed()
    {
        _machine.Write("requirements.txt", "nothing\n");
        var python = _machine.Folder.Write("bin/python3", "#!/bin/sh\ntouch \"$STARTED\"\nsleep 1000\n");
        File.SetUnixFileMode(python, (UnixFileMode)0x1ED);
        var spec = await _machine.SpecAsync("echo hello") with
        {
            Environment = new EnvironmentSpec("requirements", "requirements.txt", "aa"),
            Shell = new Dictionary<string, string>
            {
                ["PATH"] = $"{_machine.Folder["bin"]}:/usr/bin:/bin",
                ["STARTED"] = _machine.Folder["started"],
            },
        };
        _machine.Queue.Add(_machine.Assign(spec));
        var served = _machine.ServeAsync();
        await Eventually.ShouldBeAsync(() => File.Exists(_machine.Folder["started"]), "the environment is being made");
        await _machine.StopAsync();
        await served;
        (await _machine.ReportAsync()).ShouldSatisfyAllConditions(
            report => report.State.ShouldBe(AttemptState.Cancelled), report => report.Reason.Words().ShouldBe("cancelled"));
    }

    [Fact]
    public async Task A_run_whose_agent_must_end_continues_with_the_next_agent()
    {
        using var end = new CancellationTokenSource();
        _machine.Queue.Add(_machine.Assign(await _machine.SpecAsync(
            "test -e $TENFOLD_CHECKPOINT_DIR/half && exit 0; trap 'touch $TENFOLD_CHECKPOINT_DIR/half; exit 1' TERM; echo ready; while " +
            ":; do sleep 0.05; done")));
        var served = _machine.ServeAsync(end.Token);
        await ReadyAsync();
        await end.CancelAsync();
        (await served).ShouldBeTrue();
        (await _machine.ReportAsync())
            .ShouldSatisfyAllConditions(report => report.State.ShouldBe(AttemptState.Lost), report => report.IsRetried.ShouldBeTrue());
        _machine.Queue.Waiting().ShouldHaveSingleItem().Attempt.ShouldBe(_machine.Attempt(2));
        await _machine.ServeAsync();
        (await _machine.ReportAsync(_machine.Attempt(2))).State.ShouldBe(AttemptState.Succeeded);
    }

    [Theory]
    [InlineData("a child in the background", "sleep 1000 & echo ready")]
    [InlineData("a child in a session of its own", "setsid sleep 1000 & echo ready")]
    [InlineData("a double fork", """/usr/bin/python3 -c 'import os, time; os.fork() and os._exit(0); os.setsid(); os.fork() and os._exit(0); print("ready", flush=True); time.sleep(1000)'; sleep 0.2; echo end""")]
    public async Task No_process_of_an_ended_run_is_left(string what, string command)
    {
        var report = await _machine.RunAsync(command);
        report.State.ShouldBe(AttemptState.Succeeded, what);
        Marked().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("sleep 1000 & sleep 1000 & echo ready", 2)]
    [InlineData("sleep 0.05 & echo ready", 0)]
    [InlineData("sleep 1000 & kill $!; wait; echo ready", 0)]
    public async Task Processes_that_still_work_when_the_command_succeeds_are_told(string command, int processes)
    {
        var report = await _machine.RunAsync(command);
        report.State.ShouldBe(AttemptState.Succeeded);
        report.Warnings.OfType<Warning.ProcessesEnded>().Select(warning => warning.Processes)
            .ShouldBe(processes == 0 ? [] : [processes]);
    }

    [Theory]
    [InlineData("sleep 1000 & echo ready; sleep 1000")]
    [InlineData("setsid sleep 1000 & echo ready; sleep 1000")]
    public async Task No_process_of_a_cancelled_run_is_left(string command)
    {
        (await StopAsync(command)).State.ShouldBe(AttemptState.Cancelled);
        Marked().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hidden_child_that_holds_the_output_open_does_not_delay_the_run()
    {
        _machine.Settings = _machine.Settings with { Grace = TimeSpan.FromMilliseconds(300) };
        var pid = _machine.Folder["pid"];
        var report =
            await _machine.RunAsync(
                $"env -i setsid sh -c 'echo $$ > {pid}; exec sleep 1000' & while ! test -s {pid}; do sleep 0.01; done; echo done");
        var hidden = int.Parse(File.ReadAllText(pid));
        Process.GetProcessById(hidden).Kill();
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        report.Warnings.ShouldHaveSingleItem().ToString().ShouldContain("holds its output open");
        (await _machine.PrintedAsync()).ShouldBe(["done"]);
    }

    private async Task<AttemptReport> StopAsync(string command)
    {
        _machine.Queue.Add(_machine.Assign(await _machine.SpecAsync(command)));
        var served = _machine.ServeAsync();
        await ReadyAsync();
        await _machine.StopAsync();
        await served;
        return await _machine.ReportAsync();
    }

    private Task ReadyAsync() =>
        Eventually.ShouldBeAsync(() => _machine.PrintedAsync().GetAwaiter().GetResult().Contains("ready"), "the command is ready");

    // Not by what we use ourselves, but by the same rule.
    private List<int> Marked() =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId)
            .Where(id => Read($"/proc/{id}/environ").Contains($"TENFOLD_ATTEMPT={_machine.Attempt()}\0")
                && !Read($"/proc/{id}/stat").Contains(") Z")),
    ];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
