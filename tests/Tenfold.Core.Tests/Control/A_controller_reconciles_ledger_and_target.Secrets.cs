using Tenfold.Core.Runs;

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
}
