using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>
/// The process that submits dies before or after each of its calls. The next one must launch what is missing, and nothing twice.
/// </summary>
public sealed class A_controller_may_be_killed_anywhere(S3Server server) : IClassFixture<S3Server>
{
    public static TheoryData<int, bool, int> Deaths
    {
        get
        {
            var data = new TheoryData<int, bool, int>();
            // The calls: the list, the image and its disk, the stack, three launches.
            for (var call = 1; call <= 8; call++)
                foreach (var isAfter in new[] { false, true })
                    foreach (var hidden in new[] { 0, 9 }) data.Add(call, isAfter, hidden);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Nothing_is_lost_or_launched_twice(int call, bool isAfterEffect, int hiddenCalls)
    {
        await using var bench = new Ec2DoubleBench(
            server, new AwsDoubleOptions { RunsProcesses = false, HiddenCalls = hiddenCalls });
        var assignments = await bench.AssignAsync("true", 3);
        // From this call on, the dead process hears nothing, and its later calls never arrive.
        bench.Aws.Faults.Add("*", "*", isAfterEffect ? Fault.LostAnswer : Fault.LostRequest, first: call);
        bench.Aws.Faults.Add("*", "*", Fault.LostRequest, first: call + 1, times: null);
        try
        {
            await bench.Target.StartAsync(assignments, default);
        }
        catch (TargetException)
        {
            // It was killed before any launch.
        }

        bench.Aws.Faults.Clear();
        await bench.StartAsync(assignments);
        foreach (var assignment in assignments) bench.MachineOf(assignment.Attempt);
        bench.Aws.Ec2.InstanceIds.Count.ShouldBe(3);
        (await bench.Open().StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        bench.Aws.Ec2.InstanceIds.Count.ShouldBe(3);
    }
}
