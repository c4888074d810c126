using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

/// <content>The control loop expects of a target only what its capabilities state.</content>
public sealed partial class A_controller_reconciles_ledger_and_target
{
    private static TargetCapabilities Fake => new("fake", CallsPerHundred.None);

    [Fact]
    public async Task An_attempt_of_a_target_that_reports_at_the_end_is_not_lost_by_its_silence()
    {
        var target = new FakeTarget { Capabilities = Fake with { ReportsLive = false } };
        var controller = Controller(Open(), new FakeTargetResolver(target, _store));
        await AddAsync();
        await controller.ReconcileAsync(CancellationToken.None);
        target.Has.Remove(First);
        for (var round = 0; round < 3; round++) await controller.ReconcileAsync(CancellationToken.None);
        (await AttemptsAsync()).ShouldHaveSingleItem().State.ShouldBe(AttemptState.Queued);
        // Its report, which comes at the end, tells how it ended.
        await ReportAsync(First, new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        await controller.ReconcileAsync(CancellationToken.None);
        (await RunAsync()).State.ShouldBe(RunState.Succeeded);
    }

    [Fact]
    public async Task An_attempt_of_a_target_that_reports_at_the_end_is_lost_when_its_backend_says_so()
    {
        var target = new FakeTarget { Capabilities = Fake with { ReportsLive = false } };
        var controller = Controller(Open(), new FakeTargetResolver(target, _store));
        await AddAsync();
        await controller.ReconcileAsync(CancellationToken.None);
        target.Has[First] = new BackendState(BackendKind.Gone, new Reason.Note("its machine failed"), Ending.Lost);
        await controller.ReconcileAsync(CancellationToken.None);
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Lost);
    }

    [Fact]
    public async Task A_silent_attempt_that_was_cancelled_ends_as_cancelled()
    {
        var target = new FakeTarget { Capabilities = Fake with { ReportsLive = false } };
        var controller = Controller(Open(), new FakeTargetResolver(target, _store));
        await AddAsync();
        await controller.ReconcileAsync(CancellationToken.None);
        await _ledger.RequestCancelAsync([$"{Group}-1"], DateTimeOffset.UtcNow, null, CancellationToken.None);
        target.Has.Remove(First);
        await controller.ReconcileAsync(CancellationToken.None);
        (await RunAsync()).State.ShouldBe(RunState.Cancelled);
    }

    [Fact]
    public async Task A_target_that_cannot_stop_is_not_asked_and_the_run_reports_its_end()
    {
        var target = new FakeTarget { Capabilities = Fake with { CanStop = false } };
        var controller = Controller(Open(), new FakeTargetResolver(target, _store));
        await AddAsync();
        await controller.ReconcileAsync(CancellationToken.None);
        target.Has[First] = new BackendState(BackendKind.Running);
        await _ledger.RequestCancelAsync([$"{Group}-1"], DateTimeOffset.UtcNow, null, CancellationToken.None);
        await controller.ReconcileAsync(CancellationToken.None);
        target.Stopped.ShouldBeEmpty();
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Queued);
        target.Has.Remove(First);
        await ReportAsync(First, new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        await controller.ReconcileAsync(CancellationToken.None);
        (await RunAsync()).State.ShouldBe(RunState.Succeeded);
    }

    [Fact]
    public async Task The_stop_mark_has_the_time_of_the_cancel()
    {
        var time = new FrozenClock();
        var controller = Controller(Open(), new FakeTargetResolver(_target, _store), time);
        await AddAsync();
        await controller.ReconcileAsync(CancellationToken.None);
        _target.Has[First] = new BackendState(BackendKind.Running);
        await _ledger.RequestCancelAsync([$"{Group}-1"], DateTimeOffset.UtcNow, null, CancellationToken.None);
        var first = time.Now;
        await controller.ReconcileAsync(CancellationToken.None);
        time.Pass(minutes: 5);
        await controller.ReconcileAsync(CancellationToken.None);
        (await StopMarks.ReadTimeAsync(_store, First, CancellationToken.None)).ShouldBe(first);
        _target.Stopped.ShouldBe([First, First]);
    }
}
