using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

/// <content>What happens on a machine without a run's secrets.</content>
public sealed partial class A_controller_reconciles_ledger_and_target
{
    [Fact]
    public async Task A_host_without_a_secret_waits_ten_seconds_for_one_that_has_it()
    {
        await AddAsync(secrets: ["UNKNOWN_SECRET"]);
        await ReconcileAsync();
        _target.Asked.ShouldBeEmpty();
        await AddAsync(group: "zzzzzzzz", secrets: ["KNOWN_SECRET"]);
        await ReconcileAsync();
        _target.Asked.ShouldBe(["zzzzzzzz-1-1"]);
        // No other host has submitted it: the target says what is missing.
        var later = new FrozenClock { Now = DateTimeOffset.UtcNow.AddSeconds(11) };
        await Controller(_ledger, new FakeTargetResolver(_target, _store), later).ReconcileAsync(CancellationToken.None);
        _target.Asked.ShouldBe(["zzzzzzzz-1-1", First]);
    }

    [Fact]
    public async Task A_host_without_a_secret_cancels_a_pending_run_at_once()
    {
        await AddAsync(secrets: ["UNKNOWN_SECRET"]);
        await _ledger.RequestCancelAsync([$"{Group}-1"], DateTimeOffset.UtcNow, null, CancellationToken.None);
        await ReconcileAsync();
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Cancelled);
    }

    [Fact]
    public async Task The_secrets_of_a_group_are_removed_when_its_last_run_has_ended()
    {
        await AddAsync(secrets: ["KNOWN_SECRET"]);
        await AddAsync(group: "zzzzzzzz");
        await ReconcileAsync();
        // A lost attempt has a next one, which needs the secrets.
        _target.Has.Clear();
        await ReconcileAsync();
        _target.WithoutSecrets.ShouldBeEmpty();
        await ReconcileAsync();
        foreach (var attempt in await _ledger.ListLiveAttemptsAsync(CancellationToken.None))
            await ReportAsync(attempt.Attempt.Id, new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        _target.Has.Clear();
        await ReconcileAsync();
        // Only those of a group that has secrets.
        _target.WithoutSecrets.ShouldBe([Group]);
    }

    [Fact]
    public async Task A_refused_run_and_a_failing_removal_leave_the_end_recorded()
    {
        await AddAsync(secrets: ["KNOWN_SECRET"]);
        _target.Answer = new StartOutcome(StartKind.Denied, new Reason.Note("no"));
        _target.RemovalFails = new TargetException("no answer.");
        await ReconcileAsync();
        (await RunAsync()).State.ShouldBe(RunState.Failed);
        _target.WithoutSecrets.ShouldBeEmpty();
    }
}
