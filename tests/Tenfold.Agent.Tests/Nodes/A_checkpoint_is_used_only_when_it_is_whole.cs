using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;

namespace Tenfold.Agent.Tests.Nodes;

public sealed class A_checkpoint_is_used_only_when_it_is_whole : IDisposable
{
    private const string Whole = "whole whole whole";

    // Writes a whole checkpoint, waits until it is stored, and then ends in the way of the test.
    private const string Prologue =
        """
        import os, signal, subprocess, sys, time
        folder = os.environ["TENFOLD_CHECKPOINT_DIR"]
        path = os.path.join(folder, "model.ckpt")
        def half(): file = open(path, "w"); file.write("ha"); file.flush(); return file
        def rename(text):
            with open(path + ".tmp", "w") as file:
                file.write(text); file.flush(); os.fsync(file.fileno())
            time.sleep(0.05)
            os.replace(path + ".tmp", path)
        def on_term(handler): signal.signal(signal.SIGTERM, handler)
        def work():
            print("up", flush=True)
            while True: time.sleep(0.02)
        def wait():
            while not os.path.exists(sys.argv[1]): time.sleep(0.02)
        if os.environ["TENFOLD_ATTEMPT"].endswith("-2"):
            print(open(path).read() if os.path.exists(path) else "nothing"); print(sorted(os.listdir(folder)))
            print([open(os.path.join(place, name)).read() for place, _, names in os.walk(folder) for name in names]); sys.exit(0)

        """;

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("killed while it writes", "file = half(); os.kill(os.getpid(), 9)")]
    [InlineData("killed behind its shell", "file = half(); os.kill(os.getpid(), 9)", "; exit $?")]
    [InlineData("crashed while it writes", "file = half(); os.abort()")]
    [InlineData("crashed behind its shell", "file = half(); os.kill(os.getpid(), 11)", "; exit $?")]
    [InlineData("truncated the file and failed", "open(path, 'w'); sys.exit(1)")]
    [InlineData("made it smaller and failed", "half().close(); raise Exception('disk full')")]
    [InlineData("left a child that writes",
        "subprocess.Popen(['sh', '-c', 'exec 3> $0; echo h >&3; sleep 600', path]); time.sleep(0.5); sys.exit(1)")]
    [InlineData("left a child in a session of its own",
        "subprocess.Popen(['setsid', 'sh', '-c', 'exec 3> $0; sleep 600', path]); time.sleep(0.5); sys.exit(1)")]
    [InlineData("left a mapped file",
        "import mmap; f = open(path, 'r+'); m = mmap.mmap(f.fileno(), 0); os.close(f.fileno()); m[0:2] = b'ha'; m.flush(); " +
        "pid = os.fork(); pid or time.sleep(600); sys.exit(1)")]
    public async Task A_checkpoint_that_was_being_written_when_the_run_ended_is_not_used(string what, string end, string shell = "")
    {
        var report = await RunTwiceAsync($"wait()\n{end}\n", shell);
        (await NextAsync()).ShouldBe(Whole, what);
        report.Warnings.OfType<Warning.CheckpointIncomplete>().ShouldHaveSingleItem().Path.ShouldBe("model.ckpt");
    }

    [Theory]
    [InlineData("no handler", "wait(); file = half(); work()")]
    [InlineData("takes no notice",
        "on_term(signal.SIG_IGN); wait(); print('up', flush=True)\nwhile True: file = half(); time.sleep(0.01); file.close()")]
    [InlineData("saves for too long", "on_term(lambda *_: (half(), time.sleep(600))); wait(); work()")]
    [InlineData("is killed in its handler", "on_term(lambda *_: (half(), os.kill(os.getpid(), 9))); wait(); work()")]
    public async Task A_checkpoint_that_was_being_written_when_the_run_was_stopped_is_not_used(string what, string end)
    {
        var report = await RunTwiceAsync($"{end}\n", isStopped: true);
        (await NextAsync()).ShouldBe(Whole, what);
        report.Warnings.OfType<Warning.CheckpointIncomplete>().ShouldHaveSingleItem().Path.ShouldBe("model.ckpt");
    }

    [Theory]
    [InlineData("failed after it saved", "open(path, 'w').write('new whole new whole'); sys.exit(1)")]
    [InlineData("closed it, worked on, and crashed", "open(path, 'w').write('new whole new whole'); time.sleep(3); os.abort()")]
    [InlineData("closed it, worked on, and was killed",
        "open(path, 'w').write('new whole new whole'); time.sleep(3); os.kill(os.getpid(), 9)")]
    [InlineData("renamed it, and was killed", "rename('new whole new whole'); os.kill(os.getpid(), 9)")]
    [InlineData("renamed it, and crashed while it wrote the next",
        "rename('new whole new whole'); f = open(path + '.tmp', 'w'); f.write('h'); f.flush(); os.abort()")]
    public async Task A_complete_checkpoint_is_used_after_any_end_of_the_run(string what, string end)
    {
        // Without a shell before it: of a process behind a shell, nobody knows how long it lived after it had closed the file.
        var report = await RunTwiceAsync($"wait()\n{end}\n", isAlone: true);
        (await NextAsync()).ShouldBe("new whole new whole", what);
        report.Warnings.OfType<Warning.CheckpointIncomplete>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("in its folder", "")]
    [InlineData("in a new folder", "path = os.path.join(folder, 'deep', 'er', 'model'); os.makedirs(os.path.dirname(path))")]
    public async Task A_checkpoint_that_was_closed_before_the_signal_is_used_without_a_handler(string what, string before)
    {
        var report = await RunTwiceAsync(
            $"wait()\n{before}\nwith open(path, 'w') as file: file.write('new whole new whole')\ntime.sleep(0.3); work()\n",
            isStopped: true);
        report.Warnings.OfType<Warning.CheckpointIncomplete>().ShouldBeEmpty(what);
        await NextAsync();
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2)))[2].ShouldContain("new whole new whole", Case.Sensitive, what);
    }

    [Theory]
    [InlineData("exits with 143", "sys.exit(143)")]
    [InlineData("exits with 0", "sys.exit(0)")]
    [InlineData("sends itself the signal again",
        "(time.sleep(1.5), open(path, 'w').write('new whole new whole'), signal.signal(15, signal.SIG_DFL), os.kill(os.getpid(), 15))")]
    public async Task A_checkpoint_that_was_saved_after_the_signal_is_used(string what, string end)
    {
        // Without a shell, which may end after the script where the machine is busy. It ends by the signal, and then the file may be torn.
        var report = await RunTwiceAsync(
            $"on_term(lambda *_: (open(path, 'w').write('new whole new whole'), {end})); wait(); work()\n",
            isStopped: true, isAlone: true, grace: 120);
        (await NextAsync()).ShouldBe("new whole new whole", what);
        report.Warnings.OfType<Warning.CheckpointIncomplete>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Files_of_two_saves_are_never_mixed()
    {
        await RunTwiceAsync(
            "wait(); open(os.path.join(folder, 'optimizer'), 'w').write('new'); file = half(); os.kill(os.getpid(), 9)\n");
        await NextAsync();
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldBe([Whole, "['model.ckpt']", $"['{Whole}']"]);
    }

    [Fact]
    public async Task A_file_that_is_open_for_writing_is_not_saved_as_a_checkpoint()
    {
        // The writer pauses for longer than it takes to look at the folder twice.
        await RunTwiceAsync(
            "wait(); file = half()\nfor _ in range(8): time.sleep(0.5); file.write('x'); file.flush()\nos.kill(os.getpid(), 9)\n");
        (await NextAsync()).ShouldBe(Whole);
    }

    // The first attempt, until its end; what it ends in begins once its first checkpoint is stored.
    private async Task<AttemptReport> RunTwiceAsync(
        string end, string shell = "", bool isStopped = false, bool isAlone = false, int grace = 3)
    {
        var release = _machine.Folder["release"];
        _machine.Write("train.py", $"{Prologue}open(path, 'w').write('{Whole}')\n{end}");
        await SubmitAsync($"{(isAlone ? "exec " : "")}/usr/bin/python3 train.py {release}{shell}", 1);
        using var node = new Node(_machine.Store);
        node.Settings = node.Settings with { PreemptionGrace = TimeSpan.FromSeconds(grace) };
        using var taken = new CancellationTokenSource();
        var run = node.RunAsync(_machine.Attempt(), taken.Token);
        await Eventually.ShouldBeAsync(
            () => Directory.Exists(_machine.Folder[$"store/attempts/{_machine.Attempt()}/checkpoints/sets"]),
            "the first checkpoint is stored");
        File.WriteAllText(release, "");
        if (isStopped)
        {
            await Eventually.ShouldBeAsync(() => _machine.PrintedAsync().GetAwaiter().GetResult().Contains("up"), "it works");
            await taken.CancelAsync();
        }

        (await run).ShouldBeTrue(string.Join('\n', node.Said));
        return await _machine.ReportAsync();
    }

    private async Task<string> NextAsync()
    {
        await SubmitAsync("/usr/bin/python3 train.py none", 2);
        using var node = new Node(_machine.Store);
        (await node.RunAsync(_machine.Attempt(2))).ShouldBeTrue(string.Join('\n', node.Said));
        return (await _machine.PrintedAsync(attempt: _machine.Attempt(2)))[0];
    }

    private async Task SubmitAsync(string command, int number) =>
        await Node.SubmitAsync(_machine.Store, _machine.Assign(await _machine.SpecAsync(command))[0] with { Number = number });
}
