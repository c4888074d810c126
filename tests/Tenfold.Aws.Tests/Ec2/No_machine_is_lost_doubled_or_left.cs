using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>What goes wrong with real machines, over the double that runs their scripts.</summary>
public sealed class No_machine_is_lost_doubled_or_left(S3Server server) : IClassFixture<S3Server>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_launch_whose_answer_is_lost_is_not_repeated(int hiddenCalls)
    {
        await using var bench = new Ec2DoubleBench(server, new AwsDoubleOptions { HiddenCalls = hiddenCalls });
        // The client itself tries again, with the same token.
        bench.Aws.Faults.Add("ec2", "RunInstances", Fault.LostAnswer, times: null);
        var assignments = await bench.AssignAsync("true");
        (await bench.Target.StartAsync(assignments, default)).Single().Kind.ShouldBe(StartKind.NoCapacity);
        bench.Aws.Faults.Clear();
        await bench.StartAsync(assignments);
        await bench.StartAsync(assignments);
        (await bench.EndAsync(assignments)).Single().ShouldNotBeNull().State.ShouldBe(AttemptState.Succeeded);
        bench.MachineOf(assignments[0].Attempt);
        bench.Aws.Ec2.VolumeIds.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_new_machine_that_is_not_visible_yet_is_neither_gone_nor_launched_again()
    {
        await using var bench = new Ec2DoubleBench(server, new AwsDoubleOptions { HiddenCalls = 6 });
        var assignments = await bench.AssignAsync("sleep 1", 2);
        await bench.StartAsync(assignments);
        for (var i = 0; i < 3; i++)
        {
            (await bench.Target.ObserveAsync([.. assignments.Select(a => a.Attempt)], default))
                .ShouldAllBe(state => state.Kind != BackendKind.Gone);
            await bench.StartAsync(assignments);
        }

        await bench.EndAsync(assignments);
        bench.Aws.Ec2.InstanceIds.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_next_zone_is_taken_when_one_has_no_capacity()
    {
        await using var bench = new Ec2DoubleBench(server);
        bench.Aws.Ec2.Refuse("InsufficientInstanceCapacity", zone: "eu-west-1a");
        var assignments = await bench.AssignAsync("true", 4);
        await bench.StartAsync(assignments);
        bench.Aws.Ec2.Accept();
        await bench.StartAsync(assignments);
        (await bench.EndAsync(assignments)).ShouldAllBe(report => report!.State == AttemptState.Succeeded);
        bench.Aws.Ec2.InstanceIds.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_spot_notice_saves_the_checkpoint_and_calls_for_the_next_attempt()
    {
        await using var bench = new Ec2DoubleBench(server);
        var assignments = await bench.AssignAsync(
            "cd \"$TENFOLD_CHECKPOINT_DIR\"; trap 'echo half > model.tmp; mv model.tmp model; exit 0' TERM; "
            + $"touch {bench.Begun}; sleep 600 & wait $!", 1,
            """{ "spot": true, "instance_type": "m5.large" }""");
        await bench.StartAsync(assignments);
        await bench.UntilBegunAsync();
        bench.Aws.Ec2.AnnounceInterruption(bench.MachineOf(assignments[0].Attempt));
        var report = (await bench.EndAsync(assignments)).Single().ShouldNotBeNull();
        (report.State, report.Ending).ShouldBe((AttemptState.Lost, Ending.Lost));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("spot");
        report.IsRetried.ShouldBeTrue();
        var saved = new List<string>();
        await foreach (var entry in bench.Store.ListAsync(AttemptKeys.Checkpoints(assignments[0].Attempt), default)) saved.Add(entry.Key);
        saved.ShouldNotBeEmpty(string.Join('\n', report.Warnings));
    }

    [Fact]
    public async Task A_machine_ends_itself_when_its_agent_is_killed()
    {
        await using var bench = new Ec2DoubleBench(server);
        // The agent is the parent of the command.
        var assignments = await bench.AssignAsync("kill -9 $PPID; sleep 600");
        await bench.StartAsync(assignments);
        await bench.EndAsync(assignments);
        var state = (await bench.Target.ObserveAsync([assignments[0].Attempt], default)).Single();
        (state.Kind, state.End).ShouldBe((BackendKind.Gone, null));
        bench.Aws.Ec2.VolumeIds.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_ends_itself_when_setup_fails_and_the_attempt_says_so()
    {
        await using var bench = new Ec2DoubleBench(server);
        var assignments = await bench.AssignAsync("true", 1, """{ "setup": "no-such-program" }""");
        await bench.StartAsync(assignments);
        await bench.EndAsync(assignments);
        var state = (await bench.Target.ObserveAsync([assignments[0].Attempt], default)).Single();
        (state.Kind, state.End).ShouldBe((BackendKind.Gone, Ending.NotStarted));
        state.Reason.Words().ShouldNotBeNull().ShouldContain("get-console-output");
        bench.Aws.Ec2.ConsoleOf(bench.MachineOf(assignments[0].Attempt)).ShouldContain("no-such-program");
    }

    [Fact]
    public async Task Expired_credentials_say_nothing_about_running_machines()
    {
        await using var bench = new Ec2DoubleBench(server);
        var assignments = await bench.AssignAsync($"touch {bench.Begun}; sleep 600 & wait $!");
        await bench.StartAsync(assignments);
        await bench.UntilBegunAsync();
        bench.Aws.ExpireUser();
        var fault = await Should.ThrowAsync<TargetException>(() => bench.Target.ObserveAsync([assignments[0].Attempt], default));
        fault.Message.ShouldContain("expired");
        bench.Aws.ExpireUser(expired: false);
        (await bench.Target.ObserveAsync([assignments[0].Attempt], default)).Single().Kind.ShouldBe(BackendKind.Running);
        await StopMarks.WriteAsync(bench.Store, [assignments[0].Attempt], TimeProvider.System, default);
        (await bench.EndAsync(assignments)).Single().ShouldNotBeNull().State.ShouldBe(AttemptState.Cancelled);
    }

    [Fact]
    public async Task A_stopped_machine_of_the_users_own_carries_out_one_run_after_another()
    {
        await using var bench = new Ec2DoubleBench(server);
        var machine = await bench.AddStoppedMachineAsync();
        for (var i = 0; i < 2; i++)
        {
            var assignments = await bench.AssignAsync("true", 1, $$"""{ "instances": [ "{{machine}}" ] }""");
            await bench.StartAsync(assignments);
            await bench.StartAsync(assignments);
            (await bench.EndAsync(assignments)).Single().ShouldNotBeNull().State.ShouldBe(AttemptState.Succeeded);
            bench.Aws.Ec2.StateOf(machine).ShouldBe("stopped");
        }

        bench.Aws.Ec2.InstanceIds.Count.ShouldBe(1);
    }
}
