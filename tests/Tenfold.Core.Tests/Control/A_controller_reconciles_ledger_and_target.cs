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

public sealed partial class A_controller_reconciles_ledger_and_target : IDisposable
{
    private const string Group = "k7m2xqab", First = "k7m2xqab-1-1", Second = "k7m2xqab-1-2";
    private readonly TemporaryFolder _folder = new();
    private readonly WorkKey _key = WorkKey.New();
    private readonly FolderStore _store;
    private readonly SqlLedger _ledger;
    private readonly FakeTarget _target = new();
    private readonly Controller _controller;

    public A_controller_reconciles_ledger_and_target()
    {
        _store = new FolderStore(_folder["store"]);
        _ledger = Open();
        _controller = Another();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pending_attempt_is_submitted_and_observed_until_its_end()
    {
        await AddAsync(runs: 2);
        (await ReconcileAsync()).ShouldBe(2);
        _target.Started.Select(assignment => (assignment.Attempt, assignment.Seed)).ShouldBe([(First, 11), ("k7m2xqab-2-1", 12)]);
        (await AttemptsAsync()).Select(attempt => attempt.State).ShouldBe([AttemptState.Queued]);

        _target.Has[First] = new BackendState(BackendKind.Running);
        await ReportAsync(First, new AttemptReport { State = AttemptState.Running, Process = 7, Host = "gpu-1" });
        await ReconcileAsync();
        (await AttemptsAsync())[0]
            .ShouldSatisfyAllConditions(attempt => attempt.State.ShouldBe(AttemptState.Running), attempt => attempt.Host.ShouldBe("gpu-1"));

        _target.Has.Remove(First);
        await ReportAsync(
            First, new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0, Warnings = [new Warning.Note("take care")] });
        await ReconcileAsync();
        (await RunAsync())
            .ShouldSatisfyAllConditions(
                run => run.State.ShouldBe(RunState.Succeeded), run => run.Warnings.ShouldBe([new Warning.Note("take care")]));
        (await ReconcileAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_crash_between_the_start_and_its_record_starts_nothing_twice()
    {
        await AddAsync();
        _target.BeforeAnswer = () => throw new OperationCanceledException("killed here");
        await Should.ThrowAsync<OperationCanceledException>(ReconcileAsync);
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Pending);
        _target.BeforeAnswer = null;
        await Another().ReconcileAsync(CancellationToken.None);
        _target.Asked.ShouldBe([First, First]);
        _target.Started.Count.ShouldBe(1);
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Queued);
    }

    [Theory]
    [InlineData(StartKind.NoCapacity)]
    [InlineData(StartKind.Quota)]
    public async Task An_attempt_without_room_stays_pending_and_is_submitted_later(StartKind kind)
    {
        await AddAsync();
        _target.Answer = new StartOutcome(kind, new Reason.Note("full"));
        await ReconcileAsync();
        await ReconcileAsync();
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Pending);
        _target.Answer = StartOutcome.Started;
        await ReconcileAsync();
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Queued);
        _target.Started.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(StartKind.Denied)]
    [InlineData(StartKind.Invalid)]
    public async Task A_refused_attempt_fails_with_the_targets_reason(StartKind kind)
    {
        await AddAsync();
        _target.Answer = new StartOutcome(kind, new Reason.Note("no permission; ask for it"));
        await ReconcileAsync();
        (await RunAsync())
            .ShouldSatisfyAllConditions(
                run => run.State.ShouldBe(RunState.Failed), run => run.Reason.Words().ShouldBe("no permission; ask for it"));
        (await ReconcileAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task An_attempt_without_a_final_report_is_lost_and_retried_three_times()
    {
        await AddAsync();
        for (var i = 0; i < 12; i++)
        {
            await ReconcileAsync();
            _target.Has.Clear();
        }

        (await AttemptsAsync()).Select(attempt => attempt.State)
            .ShouldBe([AttemptState.Lost, AttemptState.Lost, AttemptState.Lost, AttemptState.Lost]);
        _target.Started.Select(assignment => (assignment.Number, assignment.LostBefore, assignment.Seed))
            .ShouldBe([(1, 0, 11), (2, 1, 11), (3, 2, 11), (4, 3, 11)]);
        (await RunAsync()).State.ShouldBe(RunState.Failed);
        (await AttemptsAsync())[0].Reason.Words().ShouldNotBeNull().ShouldContain("never reported how it ended");
    }

    [Fact]
    public async Task An_attempt_with_a_final_report_ends_as_reported()
    {
        await AddAsync();
        await ReconcileAsync();
        await ReportAsync(
            First, new AttemptReport
            {
                State = AttemptState.Failed,
                ExitCode = 3,
                Reason = new Reason.Note("exit code 3"),
                IsRetried = true
            });
        await new AttemptReports(_store).WriteMetricsAsync(
            First, [new MetricSummary { Name = "loss", Count = 1, First = 1, Last = 1, Min = 1, Max = 1 }], CancellationToken.None);
        _target.Has.Remove(First);
        await ReconcileAsync();
        (await AttemptsAsync()).Select(attempt => (attempt.State, attempt.ExitCode))
            .ShouldBe([(AttemptState.Failed, 3), (AttemptState.Pending, null)]);
        (await RunAsync()).ShouldSatisfyAllConditions(run => run.State.ShouldBe(RunState.Queued), run => run.Attempt.ShouldBe(Second));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_while_pending_never_starts()
    {
        await AddAsync();
        await _ledger.RequestCancelAsync([$"{Group}-1"], DateTimeOffset.UtcNow, null, CancellationToken.None);
        await ReconcileAsync();
        _target.Asked.ShouldBeEmpty();
        (await RunAsync()).State.ShouldBe(RunState.Cancelled);
    }

    [Fact]
    public async Task A_run_cancelled_before_its_start_was_recorded_is_still_stopped()
    {
        // An agent queues the next attempt by itself: the ledger has it as pending while it runs.
        await AddAsync();
        _target.Has[First] = new BackendState(BackendKind.Running);
        await ReportAsync(First, new AttemptReport { State = AttemptState.Running, Process = 7 });
        await _ledger.RequestCancelAsync([$"{Group}-1"], DateTimeOffset.UtcNow, null, CancellationToken.None);
        await ReconcileAsync();
        _target.Stopped.ShouldContain(First);
        (await RunAsync()).State.ShouldNotBe(RunState.Cancelled);
        await ReconcileAsync();
        (await RunAsync()).State.ShouldBe(RunState.Running);
        _target.Has.Remove(First);
        await ReportAsync(First, new AttemptReport { State = AttemptState.Cancelled, Reason = new Reason.Note("cancelled") });
        await ReconcileAsync();
        (await RunAsync())
            .ShouldSatisfyAllConditions(run => run.State.ShouldBe(RunState.Cancelled), run => run.Reason.Words().ShouldBe("cancelled"));
        _target.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancelled_attempt_that_is_gone_is_not_retried()
    {
        await AddAsync();
        await ReconcileAsync();
        await _ledger.RequestCancelAsync([$"{Group}-1"], DateTimeOffset.UtcNow, null, CancellationToken.None);
        _target.Has.Clear();
        await ReconcileAsync();
        _target.Stopped.ShouldBe([First]);
        (await AttemptsAsync()).Select(attempt => attempt.State).ShouldBe([AttemptState.Cancelled]);
    }

    [Fact]
    public async Task Concurrent_controllers_start_each_attempt_once()
    {
        await AddAsync(runs: 20);
        for (var round = 0; round < 4; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Another().ReconcileAsync(CancellationToken.None))));
            if (round == 1) _target.Has.Clear();
        }

        _target.Started.Select(assignment => assignment.Attempt).ShouldBeUnique();
        _target.Started.Count.ShouldBe(40);
        for (var i = 1; i <= 20; i++)
            (await _ledger.ListAttemptsAsync($"{Group}-{i}", CancellationToken.None)).Select(attempt => attempt.State)
                .ShouldBe([AttemptState.Lost, AttemptState.Queued]);
    }

    [Fact]
    public async Task Another_machines_target_is_left_alone()
    {
        await AddAsync(target: "elsewhere");
        await _ledger.RequestCancelAsync([$"{Group}-1"], DateTimeOffset.UtcNow, null, CancellationToken.None);
        (await ReconcileAsync()).ShouldBe(1);
        (await AttemptsAsync())[0].State.ShouldBe(AttemptState.Pending);
        _target.Asked.ShouldBeEmpty();
        _target.Stopped.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_that_the_ledger_did_not_apply_is_offered_again()
    {
        await AddAsync();
        await ReconcileAsync();
        _target.Has.Remove(First);
        await ReportAsync(First, new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        var refusing = new RefusingLedger(_ledger) { IsFull = true };
        var controller = Controller(refusing, new FakeTargetResolver(_target, _store));
        await Should.ThrowAsync<LedgerException>(() => controller.ReconcileAsync(CancellationToken.None));
        refusing.IsFull = false;
        await controller.ReconcileAsync(CancellationToken.None);
        (await RunAsync()).State.ShouldBe(RunState.Succeeded);
    }

    [Fact]
    public async Task A_damaged_report_fails_its_own_attempt_and_no_other()
    {
        await AddAsync(runs: 2);
        await ReconcileAsync();
        _target.Has.Clear();
        await _store.WriteAsync(AttemptKeys.State(First), "{ half"u8.ToArray(), CancellationToken.None);
        await ReportAsync("k7m2xqab-2-1", new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        await ReconcileAsync();
        (await RunAsync())
            .ShouldSatisfyAllConditions(
                run => run.State.ShouldBe(RunState.Failed), run => run.Reason.Words().ShouldNotBeNull().ShouldContain("damaged"));
        (await RunAsync(2)).State.ShouldBe(RunState.Succeeded);
    }

    private Controller Another() => Controller(Open(), new FakeTargetResolver(_target, _store));

    private static Controller Controller(ILedger ledger, ITargetResolver resolver, TimeProvider? time = null) =>
        new(ledger, resolver, name => name == "KNOWN_SECRET" ? "its value" : null, time ?? TimeProvider.System);

    /// <summary>The ledger as another process has it.</summary>
    private SqlLedger Open() => new(new SqliteDatabase(_folder["ledger.db"]), _key);

    private async Task<int> ReconcileAsync() => (await _controller.ReconcileAsync(CancellationToken.None)).Live;

    private Task ReportAsync(string attempt, AttemptReport report) =>
        new AttemptReports(_store).WriteAsync(attempt, report, CancellationToken.None);

    private async Task<RunRecord> RunAsync(int repeat = 1) => (await _ledger.ListRunsAsync(Group, CancellationToken.None))[repeat - 1].Run;

    private Task<IReadOnlyList<AttemptRecord>> AttemptsAsync() => _ledger.ListAttemptsAsync($"{Group}-1", CancellationToken.None);

    private Task AddAsync(
        int runs = 1, string target = "fake", string group = Group, IReadOnlyList<string>? secrets = null,
        TargetSpec? on = null, string? store = null, Func<WorkSpec, WorkSpec>? with = null)
    {
        var now = DateTimeOffset.UtcNow;
        var spec = new WorkSpec
        {
            Project = "test",
            Snapshot = "0",
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonDocument.Parse("{}").RootElement,
            Secrets = secrets ?? [],
            Target = on,
            Store = store,
        };
        var record = new GroupRecord
        {
            Id = group,
            Root = "/",
            Target = target,
            CreatedAt = now,
            Host = "here",
            Version = "1",
            BaseSeed = 1,
            Repeat = runs,
            Spec = with is null ? spec : with(spec),
        };
        return _ledger.AddGroupAsync(
            record, [.. Enumerable.Range(1, runs)
                .Select(i =>
                    new RunRecord { Id = $"{group}-{i}", Group = group, Repeat = i, Seed = 10 + i, State = RunState.Queued, CreatedAt = now,
                        Attempts = 1 })],
            CancellationToken.None);
    }
}
