using System.Text.Json;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Numerics.Statistics;
using Tenfold.Sql;

namespace Tenfold.Core.Tests.Control;

public sealed partial class A_limit_holds_runs_back : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 10, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();
    private readonly WorkKey _key = WorkKey.New();
    private readonly SetClock _time = new(Noon);
    private readonly FolderStore _store;
    private SqlLedger _ledger;
    private string? _url;
    private readonly FakeTarget _target = new();
    private HomeLimits _home = new(null);

    public A_limit_holds_runs_back()
    {
        _store = new FolderStore(_folder["store"]);
        _ledger = Open();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_more_runs_have_their_place_than_the_project_allows()
    {
        await AddAsync("aaaaaaaa", "vision", 5, limits: new RunLimits { Runs = 2 });
        await AddAsync("bbbbbbbb", "speech", 3);
        await ReconcileAsync();
        Started("aaaaaaaa").ShouldBe(2);
        Started("bbbbbbbb").ShouldBe(3, "another project has no limit");
        (await RunAsync("aaaaaaaa-3")).Reason.ShouldBe(new Reason.WaitsForRunLimit(2, "vision"));
        await EndAsync("aaaaaaaa-1-1");
        await ReconcileAsync();
        Started("aaaaaaaa").ShouldBe(3);
        (await RunAsync("aaaaaaaa-3")).Reason.ShouldBeNull("it was handed to its target");
    }

    [Fact]
    public async Task The_limit_of_the_home_is_shared_by_turns()
    {
        _home = new HomeLimits(new RunLimits { Runs = 4 });
        await AddAsync("aaaaaaaa", "vision", 500);
        await ReconcileAsync();
        Started("aaaaaaaa").ShouldBe(4);
        await AddAsync("bbbbbbbb", "speech", 3);
        foreach (var ended in new[] { "aaaaaaaa-1-1", "aaaaaaaa-2-1" })
        {
            await EndAsync(ended);
            await ReconcileAsync();
        }

        (Started("aaaaaaaa"), Started("bbbbbbbb")).ShouldBe((4, 2), "two of four places each");
    }

    [Fact]
    public async Task With_one_place_the_projects_alternate_whichever_process_looks()
    {
        _home = new HomeLimits(new RunLimits { Runs = 1 });
        await AddAsync("aaaaaaaa", "vision", 4);
        await AddAsync("bbbbbbbb", "speech", 2);
        var order = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            await Another().ReconcileAsync(CancellationToken.None);
            var started = _target.Started[^1];
            order.Add(started.Spec.Project);
            _time.Advance(TimeSpan.FromSeconds(1));
            await EndAsync(started.Attempt);
        }

        order.ShouldBe(["vision", "speech", "vision", "speech", "vision", "vision"]);
    }

    [Fact]
    public async Task Two_loops_on_one_ledger_never_exceed_a_limit()
    {
        _home = new HomeLimits(new RunLimits { Runs = 3 });
        await AddAsync("aaaaaaaa", "vision", 12);
        var loops = Enumerable.Range(0, 4).Select(_ => Another(Open())).ToList();
        for (var round = 0; round < 8; round++)
        {
            await Task.WhenAll(loops.Select(loop => loop.ReconcileAsync(CancellationToken.None)));
            _target.Has.Count.ShouldBeLessThanOrEqualTo(3);
            foreach (var running in _target.Has.Keys.Take(2).ToList()) await EndAsync(running);
        }

        for (var round = 0; round < 12 && _target.Started.Count < 12; round++)
        {
            foreach (var running in _target.Has.Keys.ToList()) await EndAsync(running);
            await ReconcileAsync();
        }

        _target.Started.Select(one => one.Attempt).Distinct().Count().ShouldBe(12, "each started");
        _target.Started.Count.ShouldBe(12, "and none twice");
    }

    [Fact]
    public async Task A_loop_that_is_killed_after_it_admitted_a_run_keeps_the_place_for_it()
    {
        _home = new HomeLimits(new RunLimits { Runs = 1 });
        await AddAsync("aaaaaaaa", "vision", 2);
        _target.BeforeAnswer = () => throw new OperationCanceledException("killed here");
        await Should.ThrowAsync<OperationCanceledException>(ReconcileAsync);
        _target.BeforeAnswer = null;
        await Another(Open()).ReconcileAsync(CancellationToken.None);
        await Another(Open()).ReconcileAsync(CancellationToken.None);
        _target.Started.Select(one => one.Attempt).ShouldBe(["aaaaaaaa-1-1"]);
    }

    [Fact]
    public async Task A_lost_run_keeps_its_place()
    {
        _home = new HomeLimits(new RunLimits { Runs = 1 });
        await AddAsync("aaaaaaaa", "vision", 2);
        await ReconcileAsync();
        _target.Has.Remove("aaaaaaaa-1-1");
        await _ledger.ApplyAsync(
            [new AttemptChange { Attempt = "aaaaaaaa-1-1", At = _time.GetUtcNow(), State = AttemptState.Lost, IsRetried = true }], null,
            CancellationToken.None);
        await ReconcileAsync();
        _target.Started.Select(one => one.Attempt).ShouldBe(["aaaaaaaa-1-1", "aaaaaaaa-1-2"]);
    }

    [Fact]
    public async Task The_newest_group_of_a_project_says_its_limits()
    {
        await AddAsync("aaaaaaaa", "vision", 3, limits: new RunLimits { Runs = 1 });
        await ReconcileAsync();
        Started("aaaaaaaa").ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await AddAsync("bbbbbbbb", "vision", 1, limits: new RunLimits { Runs = 3 });
        await ReconcileAsync();
        (Started("aaaaaaaa") + Started("bbbbbbbb")).ShouldBe(3);
    }

    [Fact]
    public async Task Without_readable_limits_nothing_starts()
    {
        _home = new HomeLimits(null, new ControlFault(ControlFaultKind.Record, "server.yaml", "line 3 is wrong"));
        await AddAsync("aaaaaaaa", "vision", 1);
        (await Another().ReconcileAsync(CancellationToken.None)).Faults.ShouldHaveSingleItem().Detail.ShouldContain("line 3");
        _target.Started.ShouldBeEmpty();
        _home = new HomeLimits(null);
        await ReconcileAsync();
        _target.Started.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_high_priority_starts_first()
    {
        _home = new HomeLimits(new RunLimits { Runs = 1 });
        await AddAsync("aaaaaaaa", "vision", 2);
        await AddAsync("bbbbbbbb", "vision", 1);
        await _ledger.SetPriorityAsync("bbbbbbbb", RunPriority.High, Noon, CancellationToken.None);
        await ReconcileAsync();
        _target.Started.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            one => one.Group.ShouldBe("bbbbbbbb"), one => one.Priority.ShouldBe(RunPriority.High));
    }

    private int Started(string group) => _target.Started.Count(one => one.Group == group);

    private SqlLedger Open() => new(Databases.Open(_url ?? _folder["ledger.db"], "", TimeProvider.System), _key);

    private Controller Another(SqlLedger? ledger = null)
    {
        var own = ledger ?? _ledger;
        return new Controller(
            own, new FakeTargetResolver(_target, _store), _ => null, _time, queue: new QueueControl(own, () => _home));
    }

    private Task<ReconcileResult> ReconcileAsync() => Another().ReconcileAsync(CancellationToken.None);

    private async Task EndAsync(string attempt, DateTimeOffset? start = null, DateTimeOffset? end = null)
    {
        lock (_target) _target.Has.Remove(attempt);
        await _ledger.ApplyAsync(
            [
                new AttemptChange
                {
                    Attempt = attempt, At = end ?? _time.GetUtcNow(), State = AttemptState.Succeeded, StartedAt = start, EndedAt = end,
                },
            ],
            null, CancellationToken.None);
    }

    private async Task<RunRecord> RunAsync(string run) =>
        (await _ledger.ListRunsAsync(RunNames.GroupOf(run), CancellationToken.None)).Single(one => one.Run.Id == run).Run;

    private Task AddAsync(
        string id, string project, int runs, RunLimits? limits = null, decimal? usd = null, ResourceSpec? resources = null)
    {
        var group = new GroupRecord
        {
            Id = id,
            Root = "/p",
            Target = "fake",
            CreatedAt = _time.GetUtcNow(),
            Host = "here",
            Version = "1",
            BaseSeed = 0,
            Repeat = runs,
            Spec = new WorkSpec
            {
                Project = project,
                Snapshot = new string('a', 64),
                Command = "true",
                Environment = new EnvironmentSpec("system"),
                Parameters = JsonElement.Parse("{}"),
                Metric = new MetricSpec("accuracy", MetricGoal.Maximize),
                Target = new TargetSpec("fake", "there", JsonElement.Parse("{}")),
                Limits = limits,
                UsdPerHour = usd,
                Resources = resources ?? new ResourceSpec(),
            },
        };
        return _ledger.AddGroupAsync(
            group, [.. Enumerable.Range(1, runs).Select(i => RunRecord.New(group, i, i))], CancellationToken.None);
    }

    // A clock that the test sets. Its timers are real: leases are renewed by them.
    private sealed class SetClock(DateTimeOffset start) : TimeProvider
    {
        private DateTimeOffset _now = start;

        public override DateTimeOffset GetUtcNow() => _now;

        public void SetUtcNow(DateTimeOffset now) => _now = now;

        public void Advance(TimeSpan by) => _now += by;
    }
}
