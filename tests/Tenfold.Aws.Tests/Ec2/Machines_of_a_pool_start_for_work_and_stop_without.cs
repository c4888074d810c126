using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.Aws.Tests.Ec2;

public sealed class Machines_of_a_pool_start_for_work_and_stop_without
{
    [Fact]
    public async Task Runs_start_machines_that_execute_each_of_them_once_and_stop_themselves()
    {
        await using var bench = await new PoolBench("2s").AddAsync(3);
        // g5.xlarge has four cores: six runs of two cores need three machines.
        var assignments = await bench.AssignAsync(
            $"echo $TENFOLD_RUN >> {bench.Folder["ran"]}; sleep 1", 6,
            spec => spec with { Resources = spec.Resources with { Cpus = Math.Min(2, Environment.ProcessorCount) } });
        (await bench.Target.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        bench.Aws.Calls.All.Count(call => call.Operation == "StartInstances").ShouldBe(3);
        await bench.FollowAsync(assignments);
        foreach (var one in assignments) (await bench.ReportAsync(one))!.State.ShouldBe(AttemptState.Succeeded);
        File.ReadAllLines(bench.Folder["ran"]).ShouldBe(assignments.Select(one => one.Run), ignoreOrder: true);
        await bench.UntilAsync(state => state == "stopped", "every machine has stopped itself");
        bench.Aws.Calls.All.ShouldNotContain(call => call.Operation == "TerminateInstances");
        // The next push starts them again.
        var next = await bench.AssignAsync("true");
        await bench.Target.StartAsync(next, default);
        await bench.FollowAsync(next);
        (await bench.ReportAsync(next[0]))!.State.ShouldBe(AttemptState.Succeeded);
    }

    [Fact]
    public async Task Work_that_arrives_while_the_machine_stops_is_not_lost()
    {
        await using var bench = await new PoolBench().AddAsync(1);
        var first = await bench.AssignAsync("true");
        await bench.Target.StartAsync(first, default);
        await bench.FollowAsync(first);
        await bench.StopInstanceAsync(bench.Ids[0]);
        var second = await bench.AssignAsync("true");
        await bench.Target.StartAsync(second, default);
        await bench.FollowAsync(second);
        (await bench.ReportAsync(second[0]))!.State.ShouldBe(AttemptState.Succeeded);
    }

    [Fact]
    public async Task Refusals_of_EC2_are_said_in_plain_words_and_the_next_machine_is_tried()
    {
        await using var bench = await new PoolBench().AddAsync(1);
        bench.Aws.Ec2.Refuse("InsufficientInstanceCapacity");
        var capacity = (await bench.Cloud.StartAsync(bench.Ids[0], default))!;
        (capacity.Kind, capacity.Code).ShouldBe((InstanceRefusalKind.NoCapacity, "InsufficientInstanceCapacity"));
        capacity.Words.ShouldContain("no free machine");
        bench.Aws.Ec2.Accept();
        bench.Aws.Ec2.Refuse("VcpuLimitExceeded");
        (await bench.Cloud.StartAsync(bench.Ids[0], default))!.Kind.ShouldBe(InstanceRefusalKind.Quota);
        (await bench.Cloud.StopAsync("i-0123456789abcdef0", default))!.Kind.ShouldBe(InstanceRefusalKind.Gone);
        var listed = await bench.Cloud.ListAsync([bench.Ids[0], "i-0123456789abcdef0"], default);
        listed.Select(one => one.State).ShouldBe([InstanceState.Stopped, InstanceState.Missing]);
        (listed[0].Type, listed[0].Size!.Cpus, listed[0].UsdPerHour > 0).ShouldBe(("g5.xlarge", 4, true));
        (await bench.Cloud.IsDeletedByShutdownAsync(bench.Ids[0], default)).ShouldBe(false);
    }

    [Fact]
    public async Task A_machine_whose_system_hangs_is_stopped_from_outside()
    {
        await using var bench = await new PoolBench().AddAsync(1);
        var first = await bench.AssignAsync("true");
        await bench.Target.StartAsync(first, default);
        await bench.FollowAsync(first);
        bench.Aws.Ec2.Hang(bench.Ids[0]);
        var list = new InstanceList("test", "ten", bench.Store.Url, "eu-west-1", 60, 3600) { Instances = bench.Ids };
        var clock = new FrozenClock();
        var watchdog = new InstanceWatchdog(list, new LaterStore(bench.Store, TimeSpan.FromMinutes(30)), bench.Cloud, clock);
        (await watchdog.RunAsync(default)).Instances[0].Finding.ShouldBe(WatchFinding.Suspect);
        bench.Aws.Ec2.StateOf(bench.Ids[0]).ShouldBe("running");
        clock.Pass(1);
        (await watchdog.RunAsync(default)).Instances[0].Finding.ShouldBe(WatchFinding.Stopped);
        await bench.UntilAsync(state => state == "stopped", "the machine is off");
    }
}
