using System.Collections;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Local;

namespace Tenfold.Targets.Tests.Conformance;

public sealed class The_local_target_conforms : TargetConformance
{
    private protected override Task<ITargetHarness> OpenAsync() => Task.FromResult<ITargetHarness>(new Harness());

    [Fact]
    public async Task An_attempt_waits_for_room_only_while_another_runs()
    {
        using var folder = new TemporaryFolder();
        var queue = new WorkQueue(folder["queue"]);
        var store = new FolderStore(folder["store"]);
        var target = new LocalTarget(queue, store, _ => store, new NoAgent(), _ => null, TimeProvider.System);
        var both = await Work.AssignAsync(store, folder, "true", repeat: 2);
        await target.StartAsync(both, CancellationToken.None);
        var names = both.Select(assignment => assignment.Attempt).ToList();
        (await target.ObserveAsync(names, CancellationToken.None))
            .ShouldAllBe(state => state.Kind == BackendKind.Waiting && state.Reason is Reason.WaitsForAgent);
        // An agent starts one of the attempts.
        using var agent = queue.TryLock();
        queue.TryTake(queue.Waiting()[0]).ShouldNotBeNull();
        (await target.ObserveAsync(names, CancellationToken.None)).Select(state => state.Reason)
            .ShouldBe([null, new Reason.WaitsForRoom()]);
    }

    [Fact]
    public async Task An_agent_that_cannot_be_started_is_reported_and_its_attempts_stay_queued()
    {
        using var folder = new TemporaryFolder();
        var queue = new WorkQueue(folder["queue"]);
        var store = new FolderStore(folder["store"]);
        const string why = "the agent ends as soon as it is started; see agent.log";
        var target = new LocalTarget(queue, store, _ => store, new NoAgent(why), _ => null, TimeProvider.System);
        var attempts = await Work.AssignAsync(store, folder, "true", repeat: 1);
        (await Should.ThrowAsync<TargetException>(() => target.StartAsync(attempts, CancellationToken.None))).Problem.ShouldBe(why);
        string[] names = [attempts[0].Attempt];
        (await Should.ThrowAsync<TargetException>(() => target.ObserveAsync(names, CancellationToken.None))).Problem.ShouldBe(why);
        queue.Waiting().ShouldHaveSingleItem().Attempt.ShouldBe(names[0]);
    }

    /// <summary>The test plays the agent.</summary>
    /// <param name="refusal">Why no agent can be started; null when the test lets one start.</param>
    private sealed class NoAgent(string? refusal = null) : IAgentLauncher
    {
        public string? Launch() => refusal;
    }

    /// <summary>This machine, with the real agent as a separate process.</summary>
    private sealed class Harness : ITargetHarness, IAgentLauncher
    {
        private readonly TemporaryFolder _folder = new();
        private readonly WorkQueue _queue;
        private ChildProcess? _agent;
        private bool _isHeld;

        public Harness()
        {
            Directory.CreateDirectory(_folder["home"]);
            _queue = new WorkQueue(_folder["home/local/queue"]);
            Store = new FolderStore(_folder["home/store"]);
            Target = Reopen();
        }

        public ITarget Target { get; }

        public IStore Store { get; }

        public int? Calls => null;

        public ITarget Reopen() => new LocalTarget(_queue, Store, _ => Store, this, _ => null, TimeProvider.System);

        public Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat = 1) =>
            Work.AssignAsync(Store, _folder, command, repeat);

        public void Hold(bool isHeld)
        {
            _isHeld = isHeld;
            if (!isHeld) Launch();
        }

        public void Kill(string attempt)
        {
            _isHeld = true;
            _agent!.Kill();
            ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, attempt, TimeProvider.System).GetAwaiter().GetResult();
        }

        // The planner checks this machine's limits before anything is submitted, so the target refuses nothing.
        public Task<(Assignment Assignment, string Word)?> ImpossibleAsync() => Task.FromResult<(Assignment, string)?>(null);

        public string? Launch()
        {
            if (_isHeld || _agent is { Ended.IsCompleted: false }) return null;
            var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
            environment["TENFOLD_HOME"] = _folder["home"];
            _agent = ChildProcess.Start(new ProcessStart
            {
                Program = Repository.Program,
                Arguments = ["agent", "serve"],
                Environment = environment,
                Folder = _folder["home"],
                OutputFile = _folder["agent.log"],
                NewSession = true,
            }, TimeProvider.System);
            return null;
        }

        public async ValueTask DisposeAsync()
        {
            _agent?.Kill();
            var attempts = new DirectoryInfo(_folder["home/store/attempts"]);
            foreach (var attempt in attempts.Exists ? attempts.GetDirectories() : [])
                await ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, attempt.Name, TimeProvider.System);
            if (_agent is not null) await _agent.Ended;
            _folder.Dispose();
        }
    }
}
