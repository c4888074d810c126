using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Local;

namespace Tenfold.Agent.Tests.Queue;

public sealed class A_killed_agent_loses_no_run : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task The_orphans_are_ended_and_the_next_attempt_resumes_with_the_same_seed()
    {
        var spec = await _machine.SpecAsync(
            """
            if test -e $TENFOLD_CHECKPOINT_DIR/epoch; then echo resumed at $(cat $TENFOLD_CHECKPOINT_DIR/epoch) with $TENFOLD_SEED; exit 0; fi
            setsid sleep 1000 & echo 5 > $TENFOLD_CHECKPOINT_DIR/epoch; echo '{"metric":"loss","value":1}'; while :; do sleep 0.1; done
            """);
        _machine.Queue.Add(_machine.Assign(spec));
        using var agent = OtherAgent.Start(_machine);
        await Eventually.ShouldBeAsync(() => _machine.MetricsAsync().GetAwaiter().GetResult().ContainsKey("loss"), "the run is under way");
        var leader = (await _machine.ReportAsync()).Process.ShouldNotBeNull();
        agent.Kill(entireProcessTree: false);
        await agent.WaitForExitAsync();
        ProcessTable.GroupIsAlive(leader).ShouldBeTrue();
        _machine.Queue.HasAgent().ShouldBeFalse();

        // Whoever looks next finds it.
        var target = new LocalTarget(_machine.Queue, _machine.Store, _ => _machine.Store, new NoLauncher(), _ => null, TimeProvider.System);
        (await target.ObserveAsync([_machine.Attempt(), _machine.Attempt(2)], CancellationToken.None)).Select(state => state.Kind)
            .ShouldBe([BackendKind.Gone, BackendKind.Waiting]);
        ProcessTable.GroupIsAlive(leader).ShouldBeFalse();
        (await ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, _machine.Attempt(), TimeProvider.System)).ShouldBe(0);
        (await _machine.ReportAsync()).ShouldSatisfyAllConditions(
            report => report.State.ShouldBe(AttemptState.Lost), report => report.IsRetried.ShouldBeTrue(),
            report => report.Reason.Words().ShouldNotBeNull().ShouldContain("agent stopped reporting"));

        await _machine.ServeAsync();
        (await _machine.ReportAsync(_machine.Attempt(2))).State.ShouldBe(AttemptState.Succeeded);
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldBe(["resumed at 5 with 1001"]);
    }

    [Fact]
    public async Task The_next_agent_recovers_the_run_by_itself()
    {
        _machine.Queue.Add(
            _machine.Assign(await _machine.SpecAsync("test $TENFOLD_ATTEMPT != " + _machine.Attempt() + " || sleep 1000"), repeat: 2));
        using var agent = OtherAgent.Start(_machine);
        await Eventually.ShouldBeAsync(
            () => _machine.Report()?.Process is not null && _machine.Report(_machine.Attempt(repeat: 2))?.State == AttemptState.Succeeded,
            "both were started");
        agent.Kill(entireProcessTree: false);
        await agent.WaitForExitAsync();
        await _machine.ServeAsync();
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Lost);
        (await _machine.ReportAsync(_machine.Attempt(2))).State.ShouldBe(AttemptState.Succeeded);
        (await _machine.ReportAsync(_machine.Attempt(repeat: 2))).State.ShouldBe(AttemptState.Succeeded);
        _machine.Report(_machine.Attempt(2, repeat: 2)).ShouldBeNull();
    }

    [Fact]
    public async Task An_agent_killed_after_it_queued_the_next_attempt_queues_it_once()
    {
        var first = await RunningAsync(new ResourceSpec { Retries = 2 });
        _machine.Queue.Add([first with { Number = 2 }]);
        (await RecoverAsync()).ShouldBe(1);
        _machine.Queue.Waiting().ShouldHaveSingleItem().Attempt.ShouldBe(_machine.Attempt(2));
        WorkQueue.Read(_machine.Queue.Waiting()[0]).ShouldNotBeNull().LostBefore.ShouldBe(0);
        (await _machine.ReportAsync()).IsRetried.ShouldBeTrue();
    }

    [Theory]
    [InlineData(AttemptState.Succeeded)]
    [InlineData(AttemptState.Failed)]
    [InlineData(AttemptState.Cancelled)]
    public async Task An_agent_killed_after_its_report_leaves_the_report_as_it_is(AttemptState end)
    {
        await RunningAsync();
        await _machine.Reports.WriteAsync(
            _machine.Attempt(), new AttemptReport { State = end, Reason = new Reason.Note("its own words") }, CancellationToken.None);
        (await RecoverAsync()).ShouldBe(0);
        (await _machine.ReportAsync())
            .ShouldSatisfyAllConditions(report => report.State.ShouldBe(end), report => report.Reason.Words().ShouldBe("its own words"));
        _machine.Queue.Waiting().ShouldBeEmpty();
        _machine.Queue.Running().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_attempt_whose_agent_was_killed_before_any_report_is_lost()
    {
        await RunningAsync();
        (await RecoverAsync()).ShouldBe(1);
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Lost);
        _machine.Queue.Waiting().ShouldHaveSingleItem().Attempt.ShouldBe(_machine.Attempt(2));
        (await RecoverAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task An_attempt_whose_agent_was_killed_during_a_cancel_is_cancelled()
    {
        await RunningAsync();
        await _machine.StopAsync();
        await RecoverAsync();
        (await _machine.ReportAsync())
            .ShouldSatisfyAllConditions(
                report => report.State.ShouldBe(AttemptState.Cancelled), report => report.IsRetried.ShouldBeFalse());
        _machine.Queue.Waiting().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_damaged_report_or_entry_does_not_stop_the_recovery_of_the_rest()
    {
        await RunningAsync();
        await RunningAsync(repeat: 2);
        File.WriteAllText(Path.Combine(_machine.Queue.Folder, "running", "000000000000001.000001.bad00000-1-1.json"), "{");
        await _machine.Store.WriteAsync(AttemptKeys.State(_machine.Attempt()), "{"u8.ToArray(), CancellationToken.None);
        (await RecoverAsync()).ShouldBe(2);
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Lost);
        _machine.Queue.Running().ShouldBeEmpty();
        _machine.Queue.Waiting().Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_ended_attempt_that_was_submitted_again_and_stopped_has_its_first_end()
    {
        var target = new LocalTarget(_machine.Queue, _machine.Store, _ => _machine.Store, new NoLauncher(), _ => null, TimeProvider.System);
        await _machine.Reports.WriteAsync(_machine.Attempt(), new AttemptReport { State = AttemptState.Succeeded }, CancellationToken.None);
        await target.StartAsync(_machine.Assign(await _machine.SpecAsync("true")), CancellationToken.None);
        await target.StopAsync([_machine.Attempt(), "nobody00-1-1"], CancellationToken.None);
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Succeeded);
        _machine.Queue.Waiting().ShouldBeEmpty();
    }

    private async Task<Assignment> RunningAsync(ResourceSpec? resources = null, int repeat = 1)
    {
        var assignment = _machine.Assign(await _machine.SpecAsync("true") with { Resources = resources ?? new ResourceSpec() }, repeat)[^1];
        _machine.Queue.Add([assignment]);
        _machine.Queue.TryTake(_machine.Queue.Waiting().Single(entry => entry.Attempt == assignment.Attempt)).ShouldNotBeNull();
        return assignment;
    }

    private Task<int> RecoverAsync() =>
        new QueueLifecycle(_machine.Queue, _ => _machine.Store, TimeProvider.System).RecoverAsync(CancellationToken.None);

    private sealed class NoLauncher : IAgentLauncher
    {
        // The test starts it.
        public string? Launch() => null;
    }
}
