using System.Text;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Sql;

namespace Tenfold.Core.Tests.Control;

/// <content>What a backend says of attempts, and backends that say nothing.</content>
public sealed partial class A_controller_reconciles_ledger_and_target
{
    [Theory]
    [InlineData(Ending.Cancelled, AttemptState.Cancelled, RunState.Cancelled)]
    [InlineData(Ending.TimeLimit, AttemptState.Failed, RunState.Failed)]
    [InlineData(Ending.NotStarted, AttemptState.Failed, RunState.Failed)]
    [InlineData(Ending.Signalled, AttemptState.Failed, RunState.Failed)]
    [InlineData(Ending.Lost, AttemptState.Lost, RunState.Queued)]
    public async Task The_backend_decides_how_an_unreported_attempt_ended(Ending end, AttemptState attempt, RunState run)
    {
        await AddAsync();
        await ReconcileAsync();
        _target.Has[First] = new BackendState(BackendKind.Gone, new Reason.Note("so says the backend"), end);
        await ReconcileAsync();
        (await AttemptsAsync())[0]
            .ShouldSatisfyAllConditions(one => one.State.ShouldBe(attempt), one => one.Reason.Words().ShouldBe("so says the backend"));
        (await RunAsync()).State.ShouldBe(run);
        // Its machine may only be cut off: it must find that it is not wanted any more.
        (await _store.ExistsAsync(AttemptKeys.StopMark(First), CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_report_of_an_attempt_precedes_its_backends_state()
    {
        await AddAsync();
        await ReconcileAsync();
        await ReportAsync(First, new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        _target.Has[First] = new BackendState(BackendKind.Gone, new Reason.Note("the node failed"), Ending.Lost);
        await ReconcileAsync();
        (await RunAsync()).State.ShouldBe(RunState.Succeeded);
    }

    [Fact]
    public async Task A_cancelled_run_is_not_blamed_on_the_backend()
    {
        await AddAsync();
        await ReconcileAsync();
        await _ledger.RequestCancelAsync([$"{Group}-1"], DateTimeOffset.UtcNow, null, CancellationToken.None);
        _target.Has[First] = new BackendState(BackendKind.Gone, new Reason.Note("it was cancelled there (scancel)"), Ending.Cancelled);
        await ReconcileAsync();
        (await RunAsync())
            .ShouldSatisfyAllConditions(
                run => run.State.ShouldBe(RunState.Cancelled), run => run.Reason.Words().ShouldBe("cancelled before it started"));
    }

    [Fact]
    public async Task An_attempt_that_was_just_alive_has_time_to_report()
    {
        await AddAsync();
        await ReconcileAsync();
        await ReportAsync(First, new AttemptReport { State = AttemptState.Running });
        await BeatAsync(DateTimeOffset.UtcNow);
        _target.Has.Remove(First);
        await ReconcileAsync();
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Queued);
        await BeatAsync(DateTimeOffset.UtcNow.AddMinutes(-5));
        await ReconcileAsync();
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Lost);
    }

    [Theory]
    [InlineData(0)] // no heartbeat yet: a short run
    [InlineData(-180)] // its machine's clock is late
    [InlineData(180)]
    public async Task A_claimed_attempt_has_a_minute_to_report_by_this_controllers_clock(int seconds)
    {
        var time = new FrozenClock();
        var controller = Controller(Open(), new FakeTargetResolver(_target, _store), time);
        await AddAsync();
        await controller.ReconcileAsync(CancellationToken.None);
        await ClaimAsync(time.GetUtcNow().AddSeconds(seconds));
        _target.Has.Remove(First);
        await controller.ReconcileAsync(CancellationToken.None);
        time.Pass(TimeSpan.FromSeconds(59));
        await controller.ReconcileAsync(CancellationToken.None);
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Queued);
        time.Pass(TimeSpan.FromSeconds(seconds > 0 ? seconds + 2 : 2));
        await controller.ReconcileAsync(CancellationToken.None);
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Lost);
    }

    [Fact]
    public async Task An_old_claim_without_a_report_is_lost_in_the_first_round()
    {
        await AddAsync();
        await ReconcileAsync();
        await ClaimAsync(DateTimeOffset.UtcNow.AddMinutes(-6));
        _target.Has.Remove(First);
        await ReconcileAsync();
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Lost);
    }

    [Fact]
    public async Task A_report_that_a_shared_file_system_still_hides_is_found_in_its_folder()
    {
        await AddAsync();
        await ReconcileAsync();
        await ReportAsync(First, new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        _target.Has.Remove(First);
        var hides = new ForgetfulStore(_store, AttemptKeys.State(First));
        await Controller(Open(), new FakeTargetResolver(_target, hides)).ReconcileAsync(CancellationToken.None);
        (await RunAsync()).State.ShouldBe(RunState.Succeeded);
    }

    [Fact]
    public async Task An_unknown_state_is_a_fault_and_only_a_final_report_ends_the_attempt()
    {
        await AddAsync(runs: 2);
        await ReconcileAsync();
        foreach (var attempt in new[] { First, "k7m2xqab-2-1" })
            _target.Has[attempt] = new BackendState(BackendKind.Unknown, new Reason.Note("the accounts do not answer"));
        await ReportAsync(First, new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        var round = await _controller.ReconcileAsync(CancellationToken.None);
        round.Faults.Select(fault => fault.Detail).ShouldBe(["the accounts do not answer"]);
        (await RunAsync()).State.ShouldBe(RunState.Succeeded);
        (await _ledger.ListAttemptsAsync("k7m2xqab-2", CancellationToken.None))[0].State.ShouldBe(AttemptState.Queued);
    }

    [Fact]
    public async Task The_reason_for_waiting_is_recorded_once()
    {
        await AddAsync();
        _target.Answer = new StartOutcome(StartKind.Quota, new Reason.Note("500 of 500 jobs wait"));
        await ReconcileAsync();
        (await RunAsync())
            .ShouldSatisfyAllConditions(
                run => run.State.ShouldBe(RunState.Queued), run => run.Reason.Words().ShouldBe("500 of 500 jobs wait"));
        _target.Answer = StartOutcome.Started;
        await ReconcileAsync();
        _target.Has[First] = new BackendState(BackendKind.Waiting, new Reason.Note("waits for 4 GPUs"));
        await ReconcileAsync();
        await ReconcileAsync();
        (await RunAsync()).Reason.Words().ShouldBe("waits for 4 GPUs");
        (await _ledger.ListEventsAsync($"{Group}-1", CancellationToken.None)).Count(one => one.Detail == "waits for 4 GPUs")
            .ShouldBeLessThanOrEqualTo(1);
        _target.Has[First] = new BackendState(BackendKind.Running);
        await ReportAsync(First, new AttemptReport { State = AttemptState.Running, Process = 7 });
        await ReconcileAsync();
        (await RunAsync()).ShouldSatisfyAllConditions(run => run.State.ShouldBe(RunState.Running), run => run.Reason.ShouldBeNull());
    }

    [Fact]
    public async Task A_backend_that_does_not_answer_is_a_fault_and_ends_no_attempt()
    {
        await AddAsync();
        await ReconcileAsync();
        var deaf = new UnresponsiveTarget();
        var reach = new TwoPlaces(new ResolvedTarget("deaf", deaf, _store), new ResolvedTarget("fake", _target, _store), $"{Group}");
        await AddAsync(group: "zzzzzzzz");
        var look = await Controller(Open(), reach).ReconcileAsync(CancellationToken.None);
        look.Faults.Select(fault => fault.Detail).ShouldBe(["the cluster does not answer"]);
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Queued);
        (await _ledger.ListAttemptsAsync("zzzzzzzz-1", CancellationToken.None))[0].State.ShouldBe(AttemptState.Queued);
    }

    [Fact]
    public async Task An_attempt_stays_pending_while_its_backend_does_not_answer()
    {
        await AddAsync();
        var controller = Controller(Open(), new FakeTargetResolver(new UnresponsiveTarget(), _store));
        var round = await controller.ReconcileAsync(CancellationToken.None);
        round.Faults.Select(fault => fault.Detail).ShouldBe(["the cluster does not answer"]);
        (await RunAsync()).Reason.Words().ShouldBe("the cluster does not answer");
        await ReconcileAsync();
        _target.Started.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_of_a_backend_that_does_not_answer_is_stopped_through_the_store(bool isFound)
    {
        await AddAsync(runs: 2);
        await ReconcileAsync();
        var reach = new FakeTargetResolver(
            new UnresponsiveTarget(), _store)
        { Fails = isFound ? null : new TargetException("the cluster does not answer") };
        var controller = Controller(Open(), reach);
        await _ledger.RequestCancelAsync([$"{Group}-2"], DateTimeOffset.UnixEpoch, new Reason.Note("enough"), CancellationToken.None);
        await new AttemptReports(_store).WriteAsync(First, new AttemptReport { State = AttemptState.Running }, CancellationToken.None);
        var round = await controller.ReconcileAsync(CancellationToken.None);
        round.Faults.Select(fault => fault.Detail).ShouldBe(["the cluster does not answer"]);
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Running);
        (await _store.ExistsAsync(AttemptKeys.StopMark($"{Group}-2-1"), CancellationToken.None)).ShouldBeTrue();
        (await _store.ExistsAsync(AttemptKeys.StopMark(First), CancellationToken.None)).ShouldBeFalse();
        await new AttemptReports(_store).WriteAsync(
            First, new AttemptReport { State = AttemptState.Succeeded, Ending = Ending.Exited, ExitCode = 0 }, CancellationToken.None);
        await controller.ReconcileAsync(CancellationToken.None);
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Succeeded);
        (await _ledger.ListAttemptsAsync($"{Group}-2", CancellationToken.None))[0].State.ShouldBe(AttemptState.Queued);
    }

    [Fact]
    public async Task Only_one_controller_submits_at_a_time()
    {
        await AddAsync();
        var other = new SqlLedger(new SqliteDatabase(_folder["ledger.db"]));
        var lease = await other.TryAcquireLeaseAsync(
            "start fake", "elsewhere/1/1/-/x", TimeSpan.FromMinutes(1), dead: null, CancellationToken.None);
        await ReconcileAsync();
        _target.Asked.ShouldBeEmpty();
        await other.ReleaseAsync(lease.ShouldNotBeNull(), CancellationToken.None);
        await ReconcileAsync();
        _target.Asked.ShouldBe([First]);
    }

    private Task BeatAsync(DateTimeOffset at) =>
        _store.WriteAsync(AttemptKeys.Heartbeat(First), Encoding.ASCII.GetBytes($"{at.ToUnixTimeMilliseconds()}"), CancellationToken.None);

    private Task ClaimAsync(DateTimeOffset at) =>
        _store.WriteAsync(
            AttemptKeys.Claim(First),
            JsonSerializer.SerializeToUtf8Bytes(
                new AttemptClaim { Token = "t", Host = "n1", Process = 7, At = at }, AttemptJson.Default.AttemptClaim),
                CancellationToken.None);

    /// <summary>A backend that can't be asked.</summary>
    private sealed class UnresponsiveTarget : ITarget
    {
        public TargetCapabilities Capabilities { get; } = new("deaf", CallsPerHundred.None);

        public Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken) =>
            throw Deaf();

        public Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
            throw Deaf();

        public Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) => throw Deaf();

        public Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) => throw Deaf();

        private static TargetException Deaf() => new("the cluster does not answer");
    }

    private sealed class TwoPlaces(ResolvedTarget first, ResolvedTarget second, string groupOfFirst) : ITargetResolver
    {
        public IStore? StoreOf(GroupRecord group) => (group.Id == groupOfFirst ? first : second).Store;

        public ValueTask<TargetResolution> FindAsync(GroupRecord group, CancellationToken cancellationToken) =>
            ValueTask.FromResult<TargetResolution>(group.Id == groupOfFirst ? first : second);
    }
}
