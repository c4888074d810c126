using Tenfold.Aws.Ec2;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Ec2;

public sealed class Machines_are_observed_and_ended : IDisposable
{
    private readonly Ec2Bench _bench = new();

    private FakeEc2 Ec2 => _bench.Ec2;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_new_machine_that_EC2_does_not_show_is_not_gone()
    {
        Ec2.InvisibleFor = 100;
        var assignment = Ec2Bench.One();
        await _bench.StartAsync(assignment);
        for (var i = 0; i < 3; i++)
        {
            (await _bench.ObserveAsync(assignment)).Kind.ShouldBe(BackendKind.Waiting);
            _bench.Time.Pass(TimeSpan.FromMinutes(3));
        }
    }

    [Fact]
    public async Task A_machine_that_never_appears_is_lost()
    {
        Ec2.InvisibleFor = 100;
        var assignment = Ec2Bench.One();
        await _bench.StartAsync(assignment);
        await _bench.ObserveAsync(assignment);
        _bench.Time.Pass(TimeSpan.FromMinutes(11));
        // Another process concludes the same.
        var state = (await _bench.Open().ObserveAsync([assignment.Attempt], Ec2Bench.Cancel)).Single();
        (state.Kind, state.End).ShouldBe((BackendKind.Gone, Ending.Lost));
    }

    [Fact]
    public async Task A_machine_that_was_never_launched_is_gone_at_once() =>
        (await _bench.ObserveAsync(Ec2Bench.One())).ShouldBe(new BackendState(BackendKind.Gone));

    [Theory]
    [InlineData("Server.SpotInstanceTermination", false, Ending.Lost, "spot")]
    [InlineData("Server.SpotInstanceShutdown", true, Ending.Lost, "spot")]
    [InlineData("Server.InternalError", true, Ending.Lost, "failed")]
    [InlineData("Server.InsufficientInstanceCapacity", false, Ending.Lost, "no machine")]
    [InlineData("Client.UserInitiatedShutdown", true, Ending.Cancelled, "someone")]
    [InlineData("Client.VolumeLimitExceeded", false, Ending.NotStarted, "quota")]
    [InlineData("Client.InstanceInitiatedShutdown", false, Ending.NotStarted, "get-console-output")]
    public async Task The_end_of_a_machine_is_explained(string code, bool isClaimed, Ending ending, string word)
    {
        var assignment = Ec2Bench.One();
        await _bench.StartAsync(assignment);
        if (isClaimed) await _bench.ClaimAsync(assignment);
        Ec2.End(assignment.Attempt, code);
        var state = await _bench.ObserveAsync(assignment);
        (state.Kind, state.End).ShouldBe((BackendKind.Gone, ending));
        state.Reason.ShouldNotBeNull().ToString().ShouldContain(word);
    }

    [Fact]
    public async Task The_report_of_a_machine_that_ended_itself_decides()
    {
        var assignment = Ec2Bench.One();
        await _bench.StartAsync(assignment);
        await _bench.ClaimAsync(assignment);
        Ec2.End(assignment.Attempt, "Client.InstanceInitiatedShutdown");
        (await _bench.ObserveAsync(assignment)).ShouldBe(new BackendState(BackendKind.Gone));
        Ec2.Machines.Clear();
        (await _bench.ObserveAsync(assignment)).ShouldBe(new BackendState(BackendKind.Gone));
    }

    [Fact]
    public async Task A_thousand_machines_take_five_calls()
    {
        var assignments = Ec2Bench.Assign(1000);
        foreach (var assignment in assignments)
            Ec2.Add("running", MachineTags.Of(assignment, "tenfold").Select(tag => new Amazon.EC2.Model.Tag(tag.Key, tag.Value)));
        var states = await _bench.Target.ObserveAsync([.. assignments.Select(a => a.Attempt)], Ec2Bench.Cancel);
        states.ShouldAllBe(state => state.Kind == BackendKind.Running);
        Ec2.Calls.Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_machine_whose_agent_has_not_begun_is_ended_at_once()
    {
        var assignments = Ec2Bench.Assign(3);
        await _bench.Target.StartAsync(assignments, Ec2Bench.Cancel);
        await StopAsync(assignments[0], assignments[2]);
        Ec2.Machines.Select(MachineStates.StateOf).Order().ShouldBe(["running", "terminated", "terminated"]);
    }

    [Fact]
    public async Task A_running_agent_gets_time_to_stop_by_itself()
    {
        var assignment = Ec2Bench.One();
        await _bench.StartAsync(assignment);
        await _bench.ClaimAsync(assignment);
        await StopAsync(assignment);
        MachineStates.StateOf(Ec2.Machines[0]).ShouldBe("running");
        // It does not obey, and its heartbeat has ended.
        _bench.Time.Pass(TimeSpan.FromMinutes(2));
        await StopAsync(assignment);
        MachineStates.StateOf(Ec2.Machines[0]).ShouldBe("terminated");
    }

    [Fact]
    public async Task Ending_a_machine_that_EC2_does_not_show_ends_the_others()
    {
        var assignments = Ec2Bench.Assign(2);
        await _bench.Target.StartAsync(assignments, Ec2Bench.Cancel);
        await StopAsync(assignments[0], assignments[1], Ec2Bench.One());
        Ec2.Machines.ShouldAllBe(machine => MachineStates.StateOf(machine) == "terminated");
        await StopAsync(assignments[0], assignments[1]);
    }

    [Fact]
    public async Task Machines_and_disks_without_an_attempt_are_found_and_removed()
    {
        var assignments = Ec2Bench.Assign(2);
        await _bench.Target.StartAsync(assignments, Ec2Bench.Cancel);
        Ec2.Machines[0].State = new() { Name = "stopped" };
        // A machine of the user's own may stay stopped.
        Ec2.Add("stopped", MachineTags.Of(assignments[0], stack: null).Select(tag => new Amazon.EC2.Model.Tag(tag.Key, tag.Value)));
        Ec2.FreeVolumes.Add("vol-1");
        var found = await _bench.Target.FindLeftoversAsync("ledgerxx", Ec2Bench.Cancel);
        found.Select(leftover => leftover.Name).ShouldBe([Ec2.Machines[0].InstanceId, "vol-1"]);
        foreach (var leftover in found) await leftover.RemoveAsync(Ec2Bench.Cancel);
        // It is idempotent.
        foreach (var leftover in found) await leftover.RemoveAsync(Ec2Bench.Cancel);
        (await _bench.Target.FindLeftoversAsync("ledgerxx", Ec2Bench.Cancel)).ShouldBeEmpty();
        Ec2.Machines.Select(MachineStates.StateOf).ShouldBe(["terminated", "running", "stopped"]);
        (await _bench.Target.FindLeftoversAsync("another", Ec2Bench.Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_shell_is_offered_on_a_machine_that_runs()
    {
        var assignments = Ec2Bench.Assign(2);
        await _bench.Target.StartAsync(assignments, Ec2Bench.Cancel);
        Ec2.Machines[0].State = new() { Name = "running" };
        Ec2.Machines[1].State = new() { Name = "shutting-down" };
        var shell = (await _bench.Target.FindShellAsync(assignments[0].Attempt, Ec2Bench.Cancel)).Match(found => found, _ => null!);
        shell.Words.ShouldBe(["aws", "ssm", "start-session", "--region", "eu-west-1", "--target", Ec2.Machines[0].InstanceId]);
        shell.Needs.Keys.ShouldBe(["aws", "session-manager-plugin"]);
        foreach (var other in (string[])[assignments[1].Attempt, "k7m2xqab-9-1"])
            (await _bench.Target.FindShellAsync(other, Ec2Bench.Cancel)).Succeeded(out _, out _).ShouldBeFalse();
    }

    private async Task StopAsync(params Assignment[] assignments)
    {
        List<string> attempts = [.. assignments.Select(assignment => assignment.Attempt)];
        await StopMarks.WriteAsync(_bench.Store, attempts, _bench.Time, Ec2Bench.Cancel);
        await _bench.Target.StopAsync(attempts, Ec2Bench.Cancel);
    }
}
