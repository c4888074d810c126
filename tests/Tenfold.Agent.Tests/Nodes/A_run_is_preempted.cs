using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Nodes;

public sealed class A_run_is_preempted : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(Ending.Lost, AttemptState.Lost, true)]
    [InlineData(Ending.TimeLimit, AttemptState.Failed, false)]
    [InlineData(Ending.Cancelled, AttemptState.Cancelled, false)]
    public async Task The_command_saves_its_work_and_the_report_has_the_backends_cause(
        Ending ending, AttemptState state, bool isRetried)
    {
        var report = await TakeAsync(
            "trap 'echo 7 > $TENFOLD_CHECKPOINT_DIR/n; echo saved; exit 0' TERM; echo up; while true; do sleep 0.1; done",
            () => new StopCause(ending, new Reason.Note("said by the backend")));
        (report.State, report.Ending, report.Reason.Words(), report.IsRetried).ShouldBe((state, ending, "said by the backend", isRetried));
        (await _machine.PrintedAsync()).ShouldBe(["up", "saved"]);
        await Node.SubmitAsync(
            _machine.Store, _machine.Assign(await _machine.SpecAsync("cat $TENFOLD_CHECKPOINT_DIR/n"))[0] with { Number = 2 });
        using var next = new Node(_machine.Store);
        (await next.RunAsync(_machine.Attempt(2))).ShouldBeTrue();
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldBe(["7"]);
    }

    [Fact]
    public async Task The_attempt_is_lost_when_the_backend_does_not_answer()
    {
        var report = await TakeAsync("echo up; sleep 600", () => throw new InvalidOperationException("scontrol is gone"));
        (report.State, report.Ending).ShouldBe((AttemptState.Lost, Ending.Lost));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("reclaimed the machine");
    }

    [Fact]
    public async Task A_signal_to_the_command_before_the_agent_is_no_failure()
    {
        using var taken = new CancellationTokenSource();
        await Node.SubmitAsync(_machine.Store, _machine.Assign(await _machine.SpecAsync("echo up; kill -TERM $$"))[0]);
        using var node = new Node(_machine.Store);
        var run = node.RunAsync(_machine.Attempt(), taken.Token);
        await Eventually.ShouldBeAsync(
            () => File.Exists(_machine.Folder[$"store/attempts/{_machine.Attempt()}/manifest.json"]), "the command has ended");
        await taken.CancelAsync();
        (await run).ShouldBeTrue();
        (await _machine.ReportAsync()).Ending.ShouldBe(Ending.Lost);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Preemption_shortens_the_grace_period_even_after_a_cancel(bool isCancelled)
    {
        await Node.SubmitAsync(
            _machine.Store,
            _machine.Assign(await _machine.SpecAsync("trap 'echo told' TERM; echo up; while true; do sleep 0.05; done"))[0]);
        using var node = new Node(_machine.Store);
        node.Settings = node.Settings with { Grace = TimeSpan.FromHours(1), PreemptionGrace = TimeSpan.Zero };
        using var taken = new CancellationTokenSource();
        var run = node.RunAsync(_machine.Attempt(), taken.Token);
        await Eventually.ShouldBeAsync(() => _machine.PrintedAsync().GetAwaiter().GetResult().Count > 0, "it runs");
        if (isCancelled)
        {
            await _machine.StopAsync();
            await Eventually.ShouldBeAsync(() => _machine.PrintedAsync().GetAwaiter().GetResult().Contains("told"), "it was told");
        }

        await taken.CancelAsync();
        (await run).ShouldBeTrue();
        var report = await _machine.ReportAsync();
        (report.Signal, report.State).ShouldBe((9, isCancelled ? AttemptState.Cancelled : AttemptState.Lost));
    }

    [Fact]
    public async Task A_stop_mark_ends_a_run_whose_machine_was_only_disconnected()
    {
        await Node.SubmitAsync(_machine.Store, _machine.Assign(await _machine.SpecAsync("echo up; sleep 600"))[0]);
        using var node = new Node(_machine.Store);
        var run = node.RunAsync(_machine.Attempt());
        await Eventually.ShouldBeAsync(() => _machine.PrintedAsync().GetAwaiter().GetResult().Count > 0, "it runs");
        await _machine.StopAsync();
        (await run).ShouldBeTrue();
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Cancelled);
    }

    private async Task<AttemptReport> TakeAsync(string command, Func<StopCause> why)
    {
        using var taken = new CancellationTokenSource();
        await Node.SubmitAsync(_machine.Store, _machine.Assign(await _machine.SpecAsync(command))[0]);
        using var node = new Node(_machine.Store);
        node.Host.Cause = why;
        var run = node.RunAsync(_machine.Attempt(), taken.Token);
        await Eventually.ShouldBeAsync(() => _machine.PrintedAsync().GetAwaiter().GetResult().Count > 0, "it runs");
        await taken.CancelAsync();
        (await run).ShouldBeTrue(string.Join('\n', node.Said));
        return await _machine.ReportAsync();
    }
}
