using Tenfold.Aws.Ec2;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Ec2;

public sealed class Machines_of_the_users_own_are_started : IDisposable
{
    private const string Two = """{ "instances": [ "i-00000001", "i-00000002" ] }""";
    private readonly Ec2Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_stopped_machine_is_started_for_each_run_and_the_rest_waits()
    {
        _bench.Ec2.Add("stopped", [new("Name", "mine")]);
        _bench.Ec2.Add("stopping");
        var assignments = Ec2Bench.Assign(2, Two);
        var outcomes = await _bench.Target.StartAsync(assignments, Ec2Bench.Cancel);
        outcomes.Select(outcome => outcome.Kind).ShouldBe([StartKind.Started, StartKind.NoCapacity]);
        outcomes[1].Reason.ShouldNotBeNull().ToString().ShouldContain("i-00000002 stopping");
        _bench.Ec2.Launches.ShouldBeEmpty();
        // The machine is tagged before it starts.
        _bench.Ec2.Calls.Where(call => call is not "DescribeInstances")
            .ShouldBe(["CreateTags", "ModifyInstanceAttribute", "StartInstances"]);
        MachineTags.Find(_bench.Ec2.Machines[0], "Name").ShouldBe("mine");
        var script = _bench.Ec2.UserDataOf["i-00000001"];
        script.ShouldStartWith("Content-Type: multipart/mixed");
        script.ShouldContain("[scripts-user, always]");
        // Once it is stopped, it carries out the other one.
        _bench.Ec2.Machines[1].State = new() { Name = "stopped" };
        (await _bench.StartAsync(assignments[1])).ShouldBe(StartOutcome.Started);
    }

    [Fact]
    public async Task A_machine_is_stopped_and_not_terminated()
    {
        _bench.Ec2.Add("stopped");
        var assignment = Ec2Bench.One("""{ "instances": [ "i-00000001" ] }""");
        await _bench.StartAsync(assignment);
        await StopMarks.WriteAsync(_bench.Store, [assignment.Attempt], _bench.Time, Ec2Bench.Cancel);
        await _bench.Target.StopAsync([assignment.Attempt], Ec2Bench.Cancel);
        MachineStates.StateOf(_bench.Ec2.Machines[0]).ShouldBe("stopped");
    }

    [Fact]
    public async Task A_start_that_was_interrupted_is_continued()
    {
        var assignment = Ec2Bench.One("""{ "instances": [ "i-00000001" ] }""");
        _bench.Ec2.Add("stopped", MachineTags.Of(assignment, stack: null).Select(tag => new Amazon.EC2.Model.Tag(tag.Key, tag.Value)));
        (await _bench.StartAsync(assignment)).ShouldBe(StartOutcome.Started);
        MachineStates.StateOf(_bench.Ec2.Machines[0]).ShouldBe("running");
    }

    [Fact]
    public async Task An_unknown_machine_is_refused()
    {
        var outcome = await _bench.StartAsync(Ec2Bench.One("""{ "instances": [ "i-00000009" ] }"""));
        outcome.Kind.ShouldBe(StartKind.Invalid);
        outcome.Reason.ShouldNotBeNull().ToString().ShouldContain("i-00000009");
    }
}
