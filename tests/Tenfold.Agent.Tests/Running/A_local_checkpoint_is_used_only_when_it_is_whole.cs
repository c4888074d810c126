using Tenfold.Agent.Tests.Queue;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Running;

/// <summary>The attempts of a run on this machine share a folder; a file that was being written when one ended is not used.</summary>
public sealed class A_local_checkpoint_is_used_only_when_it_is_whole : IDisposable
{
    // The first attempt saves "first", waits until that is copied, and then writes or ends as it is told. The others print what they find.
    private const string Script =
        """
        import glob, os, signal, sys, time
        folder = os.environ["TENFOLD_CHECKPOINT_DIR"]
        path = os.path.join(folder, "model.ckpt")
        if not os.environ["TENFOLD_ATTEMPT"].endswith("-1"):
            print("found", open(path).read() if os.path.exists(path) else None, flush=True)
            sys.exit(0)
        def write(text, close=True):
            file = open(path, "w")
            file.write(text); file.flush()
            if close: file.close()
            return file
        how, has_copy = sys.argv[1], sys.argv[2] == "copy"
        if has_copy:
            write("first")
            while not glob.glob(folder + ".sets/attempts/*/checkpoints/sets/*/manifest.json"): time.sleep(0.05)
        def die(): os.kill(os.getpid(), signal.SIGKILL)
        if how == "killed while it writes": held = write("torn", close=False); die()
        if how == "crashed while it writes": held = write("torn", close=False); os.abort()
        if how == "emptied and failed": held = write("", close=False); sys.exit(1)
        if how == "killed long after it wrote": write("second"); time.sleep(3); die()
        if how == "renamed and killed":
            with open(path + ".tmp", "w") as file: file.write("second")
            os.replace(path + ".tmp", path); die()
        if how == "failed after it wrote": write("second"); sys.exit(1)
        if how == "ended at the time limit while it writes":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            held = write("torn", close=False); print("up", flush=True)
            while True: held.write("x" * 9000); time.sleep(0.01)
        if how == "its agent is killed while it writes":
            held = write("torn", close=False); print("up", flush=True); time.sleep(600)
        if how == "its agent is killed after it wrote":
            write("second"); print("up", flush=True); time.sleep(600)
        """;

    private readonly Machine _machine = new();

    public A_local_checkpoint_is_used_only_when_it_is_whole()
    {
        _machine.Settings = _machine.Settings with
        {
            CheckpointInterval = TimeSpan.FromMilliseconds(100),
            Grace = TimeSpan.FromMilliseconds(300),
        };
        _machine.Write("train.py", Script);
    }

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("killed while it writes", "first")]
    [InlineData("crashed while it writes", "first")]
    [InlineData("emptied and failed", "first")]
    [InlineData("ended at the time limit while it writes", "first")]
    [InlineData("killed long after it wrote", "second")]
    [InlineData("renamed and killed", "second")]
    [InlineData("failed after it wrote", "second")]
    public async Task When_its_writer_ends(string how, string found)
    {
        (await EndAsync(how, "copy")).ShouldBe($"found {found}");
        var warnings = (await _machine.ReportAsync()).Warnings;
        if (found == "second") warnings.ShouldBeEmpty();
        else warnings.OfType<Warning.CheckpointIncomplete>().ShouldHaveSingleItem().SavedAtMs.ShouldNotBeNull();
        Directory.GetFileSystemEntries(_machine.Folder["home/checkpoints"]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("killed while it writes", "None")]
    [InlineData("renamed and killed", "second")]
    [InlineData("failed after it wrote", "second")]
    public async Task When_there_is_no_copy_yet(string how, string found) => (await EndAsync(how, "none")).ShouldBe($"found {found}");

    [Theory]
    [InlineData("its agent is killed while it writes", false, "first")]
    [InlineData("its agent is killed after it wrote", false, "second")]
    // As after a power failure, nobody knows when the writer ended.
    [InlineData("its agent is killed while it writes", true, "first")]
    public async Task When_its_agent_is_killed(string how, bool writerToo, string found)
    {
        _machine.Queue.Add(_machine.Assign(await SpecAsync(how, "copy")));
        using var agent = OtherAgent.Start(_machine);
        await Eventually.ShouldBeAsync(() => Printed().Contains("up"), "it is up");
        agent.Kill(entireProcessTree: writerToo);
        await agent.WaitForExitAsync();
        if (writerToo) await Core.Platform.ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, _machine.Attempt(), TimeProvider.System);
        await _machine.ServeAsync();
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldBe([$"found {found}"]);
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Lost);
    }

    private IReadOnlyList<string> Printed() => _machine.PrintedAsync().GetAwaiter().GetResult();

    private async Task<string> EndAsync(string how, string copy)
    {
        var first = _machine.Assign(await SpecAsync(how, copy))[0];
        var spec = first.Spec;
        if (how.Contains("time limit", StringComparison.Ordinal))
        {
            first = first with { Spec = spec with { Resources = spec.Resources with { MaxRuntime = LimitClock.Limit } } };
            _machine.Settings = _machine.Settings with { Time = new LimitClock(() => Printed().Contains("up")) };
        }

        _machine.Queue.Add([first]);
        await _machine.ServeAsync();
        (await _machine.ReportAsync()).State.ShouldNotBe(AttemptState.Succeeded);
        _machine.Queue.Add([first with { Number = 2, Spec = spec }]);
        await _machine.ServeAsync();
        return (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldHaveSingleItem();
    }

    private Task<WorkSpec> SpecAsync(string how, string copy) => _machine.SpecAsync($"exec /usr/bin/python3 train.py '{how}' {copy}");

    /// <summary>The system's clock, on which a time limit passes as soon as a condition is true.</summary>
    private sealed class LimitClock(Func<bool> isDue) : TimeProvider
    {
        public static readonly TimeSpan Limit = TimeSpan.FromHours(1);

        private readonly Func<bool> _isDue = isDue;
        private long _passed;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _passed);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new LimitTimer(this, () => callback(state));
            timer.Change(dueTime, period);
            return timer;
        }

        private sealed class LimitTimer : ITimer
        {
            private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

            private readonly LimitClock _clock;
            private readonly ITimer _timer;
            private readonly Action _fire;
            private bool _isLimit;

            public LimitTimer(LimitClock clock, Action fire)
            {
                (_clock, _fire) = (clock, fire);
                _timer = System.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                _isLimit = dueTime > Limit / 2;
                return _timer.Change(_isLimit ? Pause : dueTime, period);
            }

            public void Dispose() => _timer.Dispose();

            public ValueTask DisposeAsync() => _timer.DisposeAsync();

            private void Fire()
            {
                if (_isLimit && !_clock._isDue())
                {
                    _timer.Change(Pause, Timeout.InfiniteTimeSpan);
                    return;
                }

                if (_isLimit) Interlocked.Exchange(ref _clock._passed, (long)(Limit.TotalSeconds * _clock.TimestampFrequency));
                _fire();
            }
        }
    }
}
