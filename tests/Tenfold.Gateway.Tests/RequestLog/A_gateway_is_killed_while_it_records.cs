using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Tenfold.Core.Requests;

namespace Tenfold.Gateway.Tests.RequestLog;

public sealed class A_gateway_is_killed_while_it_records : IDisposable
{
    private const string Variable = "TENFOLD_TEST_RECORD";
    private const int Kills = 6;

    private readonly SpoolBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Each_acknowledged_request_is_loaded_exactly_once()
    {
        var acknowledged = new List<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var victim = Start();
            // The number of requests, rather than a time, decides when the process is killed.
            var until = acknowledged.Count + (100 * (kill + 1));
            while (await victim.StandardOutput.ReadLineAsync() is { } line)
            {
                if (Guid.TryParse(line, out _)) acknowledged.Add(line);
                if (acknowledged.Count == until) victim.Kill();
            }

            await victim.WaitForExitAsync();
        }

        var losses = await _bench.LoadAsync();
        var loaded = (await _bench.ReadAsync()).Select(one => one.Id.ToString()).ToList();
        loaded.ShouldBeUnique();
        acknowledged.Count.ShouldBeGreaterThan(100 * Kills);
        acknowledged.Except(loaded).ShouldBeEmpty();
        losses.Damaged.ShouldBe(0);
        _bench.Segments.Length.ShouldBeLessThanOrEqualTo(2);
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, "-help") { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment[Variable] = _bench.Folder;
        return Process.Start(start)!;
    }

    // Runs before the test runner's Main, which only prints its help. The process lives until it is killed, or its parent has ended.
    [ModuleInitializer]
    internal static void RecordInstead()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } folder)
            new Thread(() => RecordAsync(folder).GetAwaiter().GetResult()).Start();
    }

    private static async Task RecordAsync(string folder)
    {
        using var bench = new SpoolBench(folder);
        var options = bench.Options with { SegmentBytes = 50_000, BatchRecords = 64, Linger = TimeSpan.FromMilliseconds(1) };
        await using var recorder = bench.Open(options);
        using var output = Console.OpenStandardOutput();
        await Task.WhenAny(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                var request = SpoolBench.Request(i % 50 * (worker + 1) * 10);
                if (await recorder.AppendAsync(request, CancellationToken.None) != AppendOutcome.Recorded) continue;
                // One write, so that a kill comes before it or after it. It fails once the parent has ended.
                output.Write(Encoding.ASCII.GetBytes($"{request.Id}\n"));
            }
        })));
        Environment.Exit(1);
    }
}
