using System.Diagnostics;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Nodes;

/// <summary>Slurm and other hosts end a job by SIGTERM to each of its processes, in any order, and the agent is one of them.</summary>
public sealed class A_host_signals_every_process : IDisposable
{
    // As tests of clusters do it: a save takes a second, and the file is there from its start. Signals are recorded in a file,
    // since whatever reads the script's output gets the signal too.
    private string Save =>
        $$"""
        import os, signal, sys, time
        def record(event):
            os.makedirs("{{_machine.Folder["signals"]}}", exist_ok=True)
            with open(os.path.join("{{_machine.Folder["signals"]}}", os.environ["TENFOLD_ATTEMPT"]), "a") as file: file.write(event + "\n")
        path = os.path.join(os.environ["TENFOLD_CHECKPOINT_DIR"], "model.ckpt")
        print("starts from", os.path.getsize(path) if os.path.exists(path) else None, flush=True)
        if os.environ["TENFOLD_ATTEMPT"].endswith("-2"): sys.exit(0)
        def stop(*_):
            record("SIGTERM")
            with open(path, "w") as file:
                for _ in range(10):
                    file.write("x" * 100); file.flush(); time.sleep(0.1)
            sys.exit(143)
        signal.signal(signal.SIGTERM, stop)
        print("up", flush=True)
        while True: time.sleep(1)
        """;

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("/usr/bin/python3 save.py")]
    [InlineData("/usr/bin/python3 save.py; exit $?")]
    [InlineData("/usr/bin/python3 save.py | cat")]
    [InlineData("bash -c '/usr/bin/python3 save.py & wait'")]
    public async Task The_script_gets_one_signal_and_time_to_save(string command)
    {
        _machine.Write("save.py", Save);
        foreach (var (agentAfter, repeat) in new[] { (0, 1), (100, 2), (400, 3), (-100, 4) })
        {
            await EndJobAsync(command, repeat, agentAfter, Marked);
            SignalsOf(_machine.Attempt(1, repeat)).ShouldBe(["SIGTERM"], $"the agent gets the signal after {agentAfter} ms");
            (await NextAsync(command, repeat)).ShouldContain("starts from 1000", $"the agent gets the signal after {agentAfter} ms");
            (await _machine.ReportAsync(_machine.Attempt(1, repeat))).Ending.ShouldBe(Ending.Lost);
        }
    }

    [Theory]
    [InlineData("/usr/bin/python3 save.py")]
    [InlineData("/usr/bin/python3 save.py; exit $?")]
    public async Task A_signal_to_the_agent_alone_is_passed_to_the_command(string command)
    {
        _machine.Write("save.py", Save);
        await EndJobAsync(command, 1, 0, _ => []);
        SignalsOf(_machine.Attempt(1, 1)).ShouldBe(["SIGTERM"]);
        (await NextAsync(command, 1)).ShouldContain("starts from 1000");
    }

    [Fact]
    public async Task A_shell_that_exits_with_0_at_the_signal_has_not_succeeded()
    {
        // The shell's own end comes before the agent's signal.
        await EndJobAsync("trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done", 1, 300, Marked);
        (await _machine.ReportAsync()).Ending.ShouldBe(Ending.Lost);
    }

    [Fact]
    public async Task A_command_that_another_process_ended_fails_and_its_children_get_the_grace_period()
    {
        var assignment = await SubmitAsync(
            "trap '' TERM; (trap '' TERM; echo up; sleep 600) & kill -TERM 0; trap - TERM; kill -TERM $$", 1, 1);
        using var node = new Node(_machine.Store);
        node.Settings = node.Settings with { PreemptionGrace = TimeSpan.FromMilliseconds(300) };
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        var report = await _machine.ReportAsync();
        (report.State, report.Signal).ShouldBe((AttemptState.Failed, 15));
    }

    /// <summary>Runs an attempt until it is up, and signals its processes and its agent.</summary>
    private async Task EndJobAsync(string command, int repeat, int agentAfterMs, Func<string, IEnumerable<int>> processes)
    {
        var attempt = (await SubmitAsync(command, 1, repeat)).Attempt;
        using var node = new Node(_machine.Store);
        using var taken = new CancellationTokenSource();
        var run = node.RunAsync(attempt, taken.Token);
        await Eventually.ShouldBeAsync(() => _machine.PrintedAsync(attempt: attempt).GetAwaiter().GetResult().Contains("up"), "it runs");
        var all = processes(attempt).ToList();
        if (agentAfterMs < 0)
        {
            await taken.CancelAsync();
            await Task.Delay(-agentAfterMs);
        }

        foreach (var process in all) Signal(process);
        if (agentAfterMs > 0) await Task.Delay(agentAfterMs);
        await taken.CancelAsync();
        (await run).ShouldBeTrue(string.Join('\n', node.Said));
    }

    private string[] SignalsOf(string attempt) => File.ReadAllLines(_machine.Folder[$"signals/{attempt}"]);

    private async Task<IReadOnlyList<string>> NextAsync(string command, int repeat)
    {
        var attempt = (await SubmitAsync(command, 2, repeat)).Attempt;
        using var node = new Node(_machine.Store);
        (await node.RunAsync(attempt)).ShouldBeTrue(string.Join('\n', node.Said));
        return await _machine.PrintedAsync(attempt: attempt);
    }

    private static IEnumerable<int> Marked(string attempt) => ProcessTable.Marked(QueueLifecycle.Marker, attempt).Order();

    private static void Signal(int process)
    {
        using var kill = Process.Start("/bin/kill", ["-TERM", $"{process}"]);
        kill.WaitForExit();
    }

    private async Task<Assignment> SubmitAsync(string command, int number, int repeat) =>
        await Node.SubmitAsync(
            _machine.Store, _machine.Assign(await _machine.SpecAsync(command), repeat)[repeat - 1] with { Number = number });
}
