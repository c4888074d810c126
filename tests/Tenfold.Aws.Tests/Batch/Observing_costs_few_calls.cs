using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.Batch;

public sealed class Observing_costs_few_calls(S3Server server) : IClassFixture<S3Server>
{
    // bench/aws measures the bound with the whole program.
    private const int Minutes = 4;

    private static readonly AwsDoubleOptions Imagined = new() { RunsProcesses = false };

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(5, 200)]
    public async Task A_new_process_observes_a_thousand_runs_with_twelve_calls(int groups, int repeat)
    {
        await using var bench = new BatchBench(server, Imagined);
        var all = new List<Assignment>();
        for (var i = 0; i < groups; i++) all.AddRange(await AssignAsync(bench, repeat));
        (await bench.Target.StartAsync(all, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        var before = bench.Calls!.Value;
        var states = await bench.Reopen().ObserveAsync([.. all.Select(one => one.Attempt)], default);
        states.ShouldAllBe(state => state.Kind == BackendKind.Running || state.Kind == BackendKind.Waiting);
        (bench.Calls.Value - before).ShouldBeLessThanOrEqualTo(12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thousand_runs_cost_thirty_calls_a_minute_at_most(bool isThrottled)
    {
        var time = new ShiftedClock();
        await using var bench = new BatchBench(server, Imagined, time, TimeSpan.FromSeconds(3));
        var all = await AssignAsync(bench, 1000);
        await bench.Target.StartAsync(all, default);
        bench.Aws.Calls.Clear();
        if (isThrottled)
            for (var i = 1; i < 2000; i += 5) bench.Aws.Faults.Add("batch", "DescribeJobs", Fault.Throttled, first: i);
        List<string> attempts = [.. all.Select(one => one.Attempt)];
        var start = time.GetUtcNow();
        for (var second = 0; second < Minutes * 60; second++)
        {
            time.Shift = TimeSpan.FromSeconds(second);
            (await bench.Target.ObserveAsync(attempts, default)).ShouldAllBe(state => state.Kind != BackendKind.Gone);
        }

        // The clock is shifted and still runs, so that a slow machine sees more minutes.
        var minutes = (time.GetUtcNow() - start).TotalMinutes;
        minutes.ShouldBeGreaterThan(Minutes - 0.1);
        bench.Calls!.Value.ShouldBeInRange(10 * Minutes, (int)(30 * minutes) + 1);
    }

    [Fact]
    public async Task Cancelling_a_whole_array_is_one_call()
    {
        await using var bench = new BatchBench(server, Imagined);
        bench.Hold(true);
        var all = await AssignAsync(bench, 300);
        await bench.Target.StartAsync(all, default);
        List<string> attempts = [.. all.Select(one => one.Attempt)];
        await bench.Target.ObserveAsync(attempts, default);
        await bench.Target.StopAsync(attempts, default);
        await bench.Target.StopAsync(attempts, default);
        bench.Aws.Calls.Count("batch", "TerminateJob").ShouldBe(1);
    }

    private static async Task<IReadOnlyList<Assignment>> AssignAsync(BatchBench bench, int repeat)
    {
        var one = (await bench.AssignAsync("true"))[0];
        return Work.Assign(one.Spec with { Resources = new ResourceSpec() }, repeat);
    }
}
