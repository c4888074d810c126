using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

/// <content>What machines may cost.</content>
public sealed partial class A_controller_reconciles_ledger_and_target
{
    [Theory]
    [InlineData(2.0, 1.0, 0.5, false)] // half an hour of two machines
    [InlineData(2.0, 1.0, 1.1, true)]
    [InlineData(2.0, 0.1, 1.1, false)]
    [InlineData(2.0, null, 100.0, false)] // a price that isn't known
    [InlineData(null, 1.0, 100.0, false)] // no limit
    public async Task Runs_are_stopped_once_their_machines_cost_as_much_as_they_may(
        double? maxUsd, double? usdPerHour, double hours, bool isStopped)
    {
        await AddAsync(
            runs: 2, with: spec => spec with { MaxUsd = (decimal?)maxUsd, UsdPerHour = (decimal?)usdPerHour });
        await ReconcileAsync();
        foreach (var attempt in new[] { First, "k7m2xqab-2-1" })
        {
            _target.Has[attempt] = new BackendState(BackendKind.Running);
            await ReportAsync(
                attempt, new AttemptReport { State = AttemptState.Running, StartedAt = DateTimeOffset.UtcNow - TimeSpan.FromHours(hours) });
        }

        await ReconcileAsync();
        await Another().ReconcileAsync(CancellationToken.None);
        (await RunAsync()).CancelRequestedAt.HasValue.ShouldBe(isStopped);
        (await _store.ExistsAsync(AttemptKeys.StopMark(First), CancellationToken.None)).ShouldBe(isStopped);
        if (!isStopped) return;
        (await RunAsync(2)).CancelReason.ShouldBe(new Reason.BudgetSpent(null, 2.0m));
        (await RunAsync(2)).CancelReason.Words().ShouldNotBeNull().ShouldContain("budget");
    }

    [Fact]
    public async Task The_cost_of_a_group_is_that_of_its_attempts_without_the_waits_between_them()
    {
        await AddAsync(with: spec => spec with { UsdPerHour = 3 });
        await ReconcileAsync();
        var start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        await ReportAsync(First, new AttemptReport
        {
            State = AttemptState.Lost,
            Ending = Ending.Lost,
            StartedAt = start,
            EndedAt = start.AddHours(1),
            IsRetried = true,
        });
        _target.Has.Clear();
        await ReconcileAsync();
        await ReconcileAsync();
        await ReportAsync(Second, new AttemptReport
        {
            State = AttemptState.Succeeded,
            Ending = Ending.Exited,
            ExitCode = 0,
            StartedAt = start.AddHours(5),
            EndedAt = start.AddHours(7),
        });
        _target.Has.Clear();
        await ReconcileAsync();
        var (run, group) = (await RunAsync(), (await _ledger.FindGroupAsync(Group, CancellationToken.None))!);
        run.Attempts.ShouldBe(2);
        var cost = await GroupCost.ReadAsync(_ledger, group, [run], start.AddDays(1), CancellationToken.None);
        (cost.MachineTime, cost.Usd).ShouldBe((TimeSpan.FromHours(3), 9m));
        // Only what is later than a time.
        (await GroupCost.MachineTimeAsync(_ledger, run, start.AddDays(1), CancellationToken.None, since: start.AddHours(6)))
            .ShouldBe(TimeSpan.FromHours(1));
    }
}
