using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Running;

public sealed class The_agent_serves_its_queue : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task The_agent_ends_when_its_queue_is_empty()
    {
        (await _machine.ServeAsync()).ShouldBeTrue();
        _machine.Queue.HasAgent().ShouldBeFalse();
    }

    [Fact]
    public async Task Only_one_agent_serves_a_queue()
    {
        using var held = _machine.Queue.TryLock().ShouldNotBeNull();
        (await _machine.ServeAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_failed_run_is_retried_with_the_same_seed_until_it_succeeds()
    {
        await _machine.RunAsync(
            "echo x >> $TENFOLD_CHECKPOINT_DIR/tries; echo $TENFOLD_SEED $TENFOLD_ATTEMPT; test $(wc -l < " +
            "$TENFOLD_CHECKPOINT_DIR/tries) = 3",
            spec => spec with { Resources = new ResourceSpec { Retries = 5 } });
        (await _machine.ReportAsync()).IsRetried.ShouldBeTrue();
        (await _machine.ReportAsync(_machine.Attempt(2))).IsRetried.ShouldBeTrue();
        (await _machine.ReportAsync(_machine.Attempt(3)))
            .ShouldSatisfyAllConditions(
                report => report.State.ShouldBe(AttemptState.Succeeded), report => report.IsRetried.ShouldBeFalse());
        (await _machine.PrintedAsync(attempt: _machine.Attempt(3))).ShouldBe([$"1001 {_machine.Attempt(3)}"]);
        _machine.Report(_machine.Attempt(4)).ShouldBeNull();
    }

    [Fact]
    public async Task A_failing_run_is_retried_as_often_as_retries_say()
    {
        await _machine.RunAsync("exit 1", spec => spec with { Resources = new ResourceSpec { Retries = 2 } });
        (await _machine.ReportAsync(_machine.Attempt(3)))
            .ShouldSatisfyAllConditions(report => report.State.ShouldBe(AttemptState.Failed), report => report.IsRetried.ShouldBeFalse());
        _machine.Report(_machine.Attempt(4)).ShouldBeNull();
    }

    [Fact]
    public async Task Runs_share_the_cores_of_the_machine()
    {
        _machine.Resources = new ResourcePool(3, 1L << 34, []);
        (await HighestAtOnceAsync(9, 3, spec => spec)).ShouldBe(3);
    }

    [Fact]
    public async Task A_group_may_limit_how_many_of_its_runs_execute_at_once()
    {
        _machine.Resources = new ResourcePool(8, 1L << 34, []);
        (await HighestAtOnceAsync(8, 2, spec => spec with { Parallel = 2 })).ShouldBe(2);
    }

    [Fact]
    public async Task A_group_may_run_more_at_once_than_there_are_cores()
    {
        _machine.Resources = new ResourcePool(1, 1L << 34, []);
        (await HighestAtOnceAsync(4, 4, spec => spec with { Parallel = 4 })).ShouldBe(4);
    }

    [Theory]
    [InlineData("gpus")]
    [InlineData("cpus")]
    [InlineData("memory")]
    public async Task A_run_that_needs_more_than_the_machine_has_is_refused(string what)
    {
        var report = await _machine.RunAsync("echo hello", spec => spec with
        {
            Resources = new ResourceSpec
            {
                Gpus = what == "gpus" ? 1 : 0,
                Cpus = what == "cpus" ? 64 : null,
                MemoryBytes = what == "memory" ? 1L << 50 : null,
                Retries = 3,
            },
        });
        (report.State, report.Ending, report.IsRetried).ShouldBe((AttemptState.Failed, Ending.NotStarted, false));
        report.Reason.Words().ShouldNotBeNull().ShouldContain($"resources.{what}");
    }

    [Fact]
    public async Task Each_graphics_processor_goes_to_one_run_at_a_time()
    {
        _machine.Resources = new ResourcePool(8, 1L << 34, ["0", "1"]);
        _machine.Queue.Add(
            _machine.Assign(
                await _machine.SpecAsync(Together(4, 2, "echo $CUDA_VISIBLE_DEVICES $SM_NUM_GPUS")) with
                {
                    Resources = new ResourceSpec
                    {
                        Gpus = 1,
                        Cpus = 1,
                    }
                }, 4));
        await _machine.ServeAsync();
        var held = File.ReadAllLines(_machine.Folder["events"]).ToList();
        HighestAtOnce(held).ShouldBe(2);
        for (var i = 1; i <= 4; i++)
            (await _machine.PrintedAsync(attempt: _machine.Attempt(repeat: i))).ShouldHaveSingleItem().ShouldBeOneOf("0 1", "1 1");
    }

    [Fact]
    public async Task Entries_that_are_added_meanwhile_are_served_too()
    {
        _machine.Queue.Add(
            _machine.Assign(await _machine.SpecAsync("echo ready; while ! test -e " + _machine.Folder["go"] + "; do sleep 0.02; done")));
        var served = _machine.ServeAsync();
        await Eventually.ShouldBeAsync(() => _machine.Report()?.Process is not null, "the first runs");
        _machine.Queue.Add(_machine.Assign(await _machine.SpecAsync("touch " + _machine.Folder["go"]), group: "late0000"));
        await served;
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Succeeded);
        (await _machine.ReportAsync("late0000-1-1")).State.ShouldBe(AttemptState.Succeeded);
    }

    [Fact]
    public async Task Entries_that_are_added_within_one_tick_of_the_file_systems_clock_are_served_too()
    {
        // A file system may stamp two changes alike. Here every change is stamped alike, while one entry waits for a secret for ever.
        using var end = new CancellationTokenSource();
        var stuck = await _machine.SpecAsync("true") with { Secrets = ["TENFOLD_TEST_NO_SUCH_SECRET"] };
        var waiting = Path.Combine(_machine.Queue.Folder, "waiting");
        _machine.Queue.Add(_machine.Assign(stuck, group: "stuck000"));
        var tick = DateTime.UtcNow;
        _machine.Settings = _machine.Settings with { Time = new Standing(tick) };
        Directory.SetLastWriteTimeUtc(waiting, tick);
        var served = _machine.ServeAsync(end.Token);
        await Eventually.ShouldBeAsync(_machine.Queue.HasAgent, "the agent serves");
        await Task.Delay(150);
        _machine.Queue.Add(_machine.Assign(await _machine.SpecAsync("true")));
        Directory.SetLastWriteTimeUtc(waiting, tick);
        await Eventually.ShouldBeAsync(() => _machine.Report()?.State == AttemptState.Succeeded, "the second is served");
        await end.CancelAsync();
        await served;
        _machine.Queue.Waiting().ShouldHaveSingleItem().Attempt.ShouldBe("stuck000-1-1");
    }

    [Fact]
    public async Task No_entry_is_missed_at_any_moment()
    {
        // Agents that leave as soon as they can, and somebody who adds and starts one when none is there.
        var spec = await _machine.SpecAsync("true");
        var agents = new List<Task<bool>>();
        for (var i = 0; i < 25; i++)
        {
            _machine.Queue.Add(_machine.Assign(spec, group: $"group{i:D3}"));
            if (!_machine.Queue.HasAgent()) agents.Add(_machine.ServeAsync());
            if (i % 3 == 0) await Task.WhenAny(Task.WhenAll(agents), Task.Delay(20 * i));
        }

        await Task.WhenAll(agents);
        _machine.Queue.Waiting().ShouldBeEmpty();
        for (var i = 0; i < 25; i++) (await _machine.ReportAsync($"group{i:D3}-1-1")).State.ShouldBe(AttemptState.Succeeded);
    }

    [Fact]
    public async Task A_bug_in_one_attempt_does_not_end_the_others()
    {
        var good = await _machine.SpecAsync("true");
        _machine.Queue.Add(_machine.Assign(good with { Parameters = JsonDocument.Parse("null").RootElement }, group: "aaa00000"));
        _machine.Queue.Add(_machine.Assign(good, group: "bbb00000"));
        await _machine.ServeAsync();
        var report = await _machine.ReportAsync("aaa00000-1-1");
        (report.State, report.IsRetried).ShouldBe((AttemptState.Failed, false));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("please report it");
        (await _machine.ReportAsync("bbb00000-1-1")).State.ShouldBe(AttemptState.Succeeded);
    }

    [Fact]
    public async Task The_heartbeat_ends_with_the_agent()
    {
        _machine.Settings = _machine.Settings with { Heartbeat = TimeSpan.FromMilliseconds(20) };
        await _machine.RunAsync(await _machine.SpecAsync("true") with { Parameters = JsonDocument.Parse("null").RootElement });
        var heartbeat = _machine.Folder[$"store/{AttemptKeys.Heartbeat(_machine.Attempt())}"];
        File.Delete(heartbeat);
        // 25 beats' time: a beat that still went would have been seen.
        await Task.Delay(500);
        File.Exists(heartbeat).ShouldBeFalse();
    }

    [Fact]
    public async Task An_unreadable_entry_does_not_keep_the_agent_running()
    {
        _machine.Queue.Add(_machine.Assign(await _machine.SpecAsync("true")));
        File.WriteAllText(Path.Combine(_machine.Queue.Folder, "waiting", "000000000000001.000001.bad00000-1-1.json"), "{ not JSON");
        await _machine.ServeAsync();
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Succeeded);
        _machine.Queue.Waiting().ShouldBeEmpty();
        _machine.Queue.Running().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_damaged_report_in_the_store_ends_its_own_attempt_only()
    {
        await _machine.Store.WriteAsync(AttemptKeys.State("aaa00000-1-1"), "{ half"u8.ToArray(), CancellationToken.None);
        var spec = await _machine.SpecAsync("true");
        _machine.Queue.Add(_machine.Assign(spec, group: "aaa00000"));
        _machine.Queue.Add(_machine.Assign(spec, group: "bbb00000"));
        await _machine.ServeAsync();
        (await _machine.ReportAsync("bbb00000-1-1")).State.ShouldBe(AttemptState.Succeeded);
        var report = await _machine.ReportAsync("aaa00000-1-1");
        report.State.ShouldBe(AttemptState.Failed);
        report.Reason.Words().ShouldNotBeNull().ShouldContain("damaged");
    }

    [Fact]
    public async Task An_ended_attempt_that_is_added_again_has_its_first_end_even_after_a_cancel()
    {
        var assignments = _machine.Assign(await _machine.SpecAsync("echo once"));
        _machine.Queue.Add(assignments);
        await _machine.ServeAsync();
        await _machine.StopAsync();
        _machine.Queue.Add(assignments);
        await _machine.ServeAsync();
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Succeeded);
        (await _machine.PrintedAsync()).ShouldBe(["once"]);
        _machine.Queue.Waiting().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_of_a_group_gets_its_own_parameters()
    {
        var spec = await _machine.SpecAsync("echo $TENFOLD_PARAM_SPLIT");
        Assignment[] assignments =
        [
            .. _machine.Assign(spec, 3).Select((one, i) => one with
            {
                Spec = spec with { Parameters = System.Text.Json.JsonDocument.Parse($"{{\"split\":{70 + i}}}").RootElement },
            }),
        ];
        _machine.Queue.Add(assignments);
        await _machine.ServeAsync();
        foreach (var (i, assignment) in assignments.Index())
            (await _machine.PrintedAsync(attempt: assignment.Attempt)).ShouldBe([$"{70 + i}"]);
    }

    [Fact]
    public async Task An_assignment_of_a_newer_program_is_refused()
    {
        _machine.Queue.Add([_machine.Assign(await _machine.SpecAsync("true"))[0] with { Contract = Assignment.CurrentContract + 1 }]);
        await _machine.ServeAsync();
        (await _machine.ReportAsync()).Reason.Words().ShouldNotBeNull().ShouldContain("newer tenfold");
    }

    private async Task<int> HighestAtOnceAsync(int runs, int expected, Func<WorkSpec, WorkSpec> with)
    {
        _machine.Queue.Add(_machine.Assign(with(await _machine.SpecAsync(Together(runs, expected, "true"))), runs));
        await _machine.ServeAsync();
        return HighestAtOnce(File.ReadAllLines(_machine.Folder["events"]));
    }

    // A line is added in one write, so the file has the starts and ends in their order. Each run waits until as many as expected execute
    // at once, or until all have started. Then it gives those that come beyond the expected number some time.
    private string Together(int runs, int expected, string command)
    {
        var events = _machine.Folder["events"];
        return $"""
            echo + >> {events}; {command}
            while started=$(grep -c + {events}); [ $started -lt {runs} ] && [ $((started - $(grep -c -e - {events}))) -lt {expected} ]
            do sleep 0.05; done
            sleep 0.3; echo - >> {events}
            """;
    }

    private static int HighestAtOnce(IEnumerable<string> events)
    {
        int now = 0, most = 0;
        foreach (var line in events) most = Math.Max(most, now += line == "+" ? 1 : -1);
        now.ShouldBe(0);
        return most;
    }

    private sealed class Standing(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(now, TimeSpan.Zero);
    }
}
