using System.Diagnostics;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Slurm.Observe;

public sealed class A_thousand_live_runs_cost_few_calls
{
    [Fact]
    public async Task Observing_takes_one_call_and_stopping_takes_two()
    {
        using var cluster = new SlurmCluster(Repository.ClusterScript, "cpus=8", "rest=yes");
        foreach (var byRest in new[] { false, true })
        {
            await using var bench = new SlurmBench(cluster, byRest);
            // Some run, most wait, and many were cancelled one by one, so that the lists of indices are long. slurmrestd cuts such a list,
            // and the elements that it leaves out count as waiting.
            var assignments = await bench.AssignAsync("sleep 600 & wait $!", 1000);
            (await bench.Target.StartAsync(assignments, CancellationToken.None)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
            await bench.StopAsync(
                [.. assignments.Skip(100).Where((_, i) => byRest ? i < 300 : i % 3 == 0).Select(assignment => assignment.Attempt)],
                CancellationToken.None);
            string[] attempts = [.. assignments.Select(assignment => assignment.Attempt)];
            await Eventually.ShouldBeAsync(
                () => bench.Target.ObserveAsync(attempts, CancellationToken.None).Result
                    .Count(state => state.Kind == BackendKind.Running) >= 8, "some run");
            var (before, since) = (bench.Calls, Stopwatch.GetTimestamp());
            var states = await bench.Target.ObserveAsync(attempts, CancellationToken.None);
            (bench.Calls - before).ShouldBe(1);
            TestContext.Current.SendDiagnosticMessage(
                $"a round of 1,000 through {(byRest ? "REST" : "commands")}: {Stopwatch.GetElapsedTime(since).TotalMilliseconds:F0} ms");
            states.Count(state => state.End == Ending.Cancelled).ShouldBe(300);
            states.Count(state => state.Kind == BackendKind.Waiting).ShouldBeGreaterThan(600);
            before = bench.Calls;
            await bench.StopAsync(attempts, CancellationToken.None);
            (bench.Calls - before).ShouldBe(2);
        }
    }
}
