using System.Collections;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Pools;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool;

namespace Tenfold.Targets.Tests.Conformance;

public sealed class The_pool_target_conforms : TargetConformance
{
    private protected override Task<ITargetHarness> OpenAsync() => Task.FromResult<ITargetHarness>(new Harness());

    [Fact]
    public async Task An_attempt_on_a_silent_machine_is_lost()
    {
        using var folder = new TemporaryFolder();
        var store = new FolderStore(folder["store"]);
        var time = new FrozenClock();
        var target = new PoolTarget("lab", store, "controller", time);
        var assignment = (await Work.AssignAsync(store, folder, "true", 1))[0];
        await target.StartAsync([assignment], CancellationToken.None);
        await ShowAsync(store, "ws1-a", machine => machine);
        await ClaimAsync(store, assignment, "ws1-a");
        (await StateAsync(target, assignment)).Kind.ShouldBe(BackendKind.Running);
        var record = folder[$"store/{PoolKeys.Machine("lab", "ws1-a")}"];
        File.SetLastWriteTimeUtc(record, File.GetLastWriteTimeUtc(record) - TimeSpan.FromHours(1));
        // At first the agent has time to write again, see Live_runs_of_a_pool_are_not_lost.
        (await StateAsync(target, assignment)).Kind.ShouldBe(BackendKind.Running);
        time.Pass(1);
        var lost = await StateAsync(target, assignment);
        (lost.Kind, lost.End).ShouldBe((BackendKind.Gone, Ending.Lost));
        lost.Reason.Words().ShouldNotBeNull().ShouldContain("ws1");
        // The machine was only cut off.
        File.SetLastWriteTimeUtc(record, File.GetLastWriteTimeUtc(record) + TimeSpan.FromHours(1));
        (await StateAsync(target, assignment)).Kind.ShouldBe(BackendKind.Running);
    }

    [Theory]
    [InlineData("none", "no-machine", "agent serve --pool lab")]
    [InlineData("draining", "no-machine", "agent serve --pool lab")]
    [InlineData("other", "no-named-machine", "ws9")]
    [InlineData("small", "machines-too-small", "tenfold pool status lab")]
    [InlineData("secret", "secrets-missing", "--secret HF_TOKEN")]
    [InlineData("busy", "no-room", "no room")]
    public async Task A_waiting_attempt_says_what_it_waits_for(string machine, string fact, string words)
    {
        using var folder = new TemporaryFolder();
        var store = new FolderStore(folder["store"]);
        var assignment = (await Work.AssignAsync(store, folder, "true", 1, spec => spec with
        {
            Resources = new ResourceSpec { Cpus = 4, Gpus = 1 },
            Secrets = ["HF_TOKEN"],
            Target = new TargetSpec(
                "pool", "lab", System.Text.Json.JsonDocument.Parse(machine == "other" ? """{"machines":["ws9"]}""" : "{}").RootElement),
        }))[0];
        if (machine != "none")
        {
            await ShowAsync(store, "ws1-a", record => record with
            {
                Gpus = machine == "small" ? 0 : 1,
                MissingSecrets = machine == "secret" ? ["HF_TOKEN"] : [],
                IsDraining = machine == "draining",
            });
        }

        var target = Open(store);
        await target.StartAsync([assignment], CancellationToken.None);
        var state = await StateAsync(target, assignment);
        state.Kind.ShouldBe(BackendKind.Waiting);
        state.Reason!.FindBackendFact().ShouldBe(fact);
        state.Reason.Words().ShouldNotBeNull().ShouldContain(words);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_pool_without_a_proper_name_is_refused(string name)
    {
        using var folder = new TemporaryFolder();
        var settings = new TargetSettings("pool", new Dictionary<string, Numerics.Tuning.Spaces.ParameterValue>()) { Name = name };
        (await new PoolKind("controller", TimeProvider.System).PlanAsync(settings, new FolderStore(folder.Path), CancellationToken.None))
            .Refusal().Message.ShouldContain("`pool`");
    }

    private static PoolTarget Open(IStore store) => new("lab", store, "controller", TimeProvider.System);

    private static async Task<BackendState> StateAsync(PoolTarget target, Assignment assignment) =>
        (await target.ObserveAsync([assignment.Attempt], CancellationToken.None))[0];

    private static Task ShowAsync(FolderStore store, string session, Func<PoolMachine, PoolMachine> with)
    {
        var machine = with(new PoolMachine
        {
            Session = session,
            Machine = session.Split('-')[0],
            StartedAt = DateTimeOffset.UnixEpoch,
            Cpus = 4,
            MemoryBytes = 1L << 34,
            Gpus = 1,
        });
        return store.WriteAsync(
            PoolKeys.Machine("lab", session), System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(machine, PoolJson.Default.PoolMachine),
            CancellationToken.None);
    }

    private static Task ClaimAsync(FolderStore store, Assignment assignment, string session) => store.WriteAsync(
        AttemptKeys.Claim(assignment.Attempt), System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new AttemptClaim { Token = "x", Host = "ws1", Process = 1, Job = session, At = DateTimeOffset.UnixEpoch },
            AttemptJson.Default.AttemptClaim), CancellationToken.None);

    /// <summary>A pool of one machine, with the real agent as a separate process.</summary>
    private sealed class Harness : ITargetHarness
    {
        private readonly TemporaryFolder _folder = new();
        private ChildProcess? _agent;
        private bool _isHeld;

        public Harness()
        {
            Directory.CreateDirectory(_folder["home"]);
            Store = new FolderStore(_folder["store"]);
            Target = Reopen();
        }

        public ITarget Target { get; }

        public IStore Store { get; }

        public int? Calls => null;

        public ITarget Reopen() => new PoolTarget("lab", Store, "controller", TimeProvider.System);

        public async Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat = 1)
        {
            if (!_isHeld) Launch();
            return await Work.AssignAsync(Store, _folder, command, repeat);
        }

        public void Hold(bool isHeld)
        {
            _isHeld = isHeld;
            if (!isHeld) Launch();
        }

        // Then the machine comes up again, as a killed agent does under systemd.
        public void Kill(string attempt)
        {
            _agent!.Kill();
            _agent.Ended.GetAwaiter().GetResult();
            ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, attempt, TimeProvider.System).GetAwaiter().GetResult();
            _agent = null;
            Launch();
        }

        // A machine that is large enough may join the pool at any time.
        public Task<(Assignment Assignment, string Word)?> ImpossibleAsync() => Task.FromResult<(Assignment, string)?>(null);

        private void Launch()
        {
            if (_agent is not null) return;
            var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
            environment["TENFOLD_HOME"] = _folder["home"];
            _agent = ChildProcess.Start(new ProcessStart
            {
                Program = Repository.Program,
                Arguments = ["agent", "serve", "--pool", "lab", "--store", _folder["store"]],
                Environment = environment,
                Folder = _folder["home"],
                OutputFile = _folder["agent.log"],
                NewSession = true,
            }, TimeProvider.System);
        }

        public async ValueTask DisposeAsync()
        {
            _agent?.Kill();
            var attempts = new DirectoryInfo(_folder["store/attempts"]);
            foreach (var attempt in attempts.Exists ? attempts.GetDirectories() : [])
                await ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, attempt.Name, TimeProvider.System);
            if (_agent is not null) await _agent.Ended;
            _folder.Dispose();
        }
    }
}
