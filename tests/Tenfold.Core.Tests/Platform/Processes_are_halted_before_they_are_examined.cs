using System.Diagnostics;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Tests.Platform;

public sealed class Processes_are_halted_before_they_are_examined
{
    // Four threads that are never idle, and a child.
    private const string Busy =
        "import os, threading\n"
        + "os.fork()\n"
        + "def spin():\n"
        + "    while True: sum(range(1000))\n"
        + "for _ in range(4): threading.Thread(target=spin).start()\n"
        + "print('up', flush=True)\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_thread_runs_when_the_call_returns(bool byMark)
    {
        var mark = Guid.NewGuid().ToString("N");
        var process = ChildProcess.Start(
            new ProcessStart
            {
                Program = "/usr/bin/python3",
                Arguments = ["-c", Busy],
                Environment = new Dictionary<string, string> { ["HALT_TEST"] = mark },
                CaptureOutput = true,
            },
            TimeProvider.System);
        try
        {
            using var output = new StreamReader(new FileStream(process.Output!, FileAccess.Read));
            (await output.ReadLineAsync()).ShouldBe("up");
            (await output.ReadLineAsync()).ShouldBe("up");
            for (var round = 0; round < 10; round++)
            {
                var halted = byMark
                    ? await ProcessTable.HaltMarkedAsync("HALT_TEST", mark, TimeProvider.System)
                    : await ProcessTable.HaltGroupAsync(process.Id, TimeProvider.System);
                var states = halted.SelectMany(StatesOf).ToList();
                halted.Count.ShouldBe(2);
                states.Count.ShouldBe(10);
                states.ShouldAllBe(state => state == 'T');
                using var wake = Process.Start("/bin/kill", ["-CONT", "--", $"-{process.Id}"]);
                await wake.WaitForExitAsync();
            }
        }
        finally
        {
            process.Kill();
            await process.GroupEnded;
        }
    }

    private static IEnumerable<char> StatesOf(int process) =>
        Directory.EnumerateDirectories($"/proc/{process}/task").Select(thread => File.ReadAllText($"{thread}/stat"))
            .Select(stat => stat[stat.LastIndexOf(')') + 2]);
}
