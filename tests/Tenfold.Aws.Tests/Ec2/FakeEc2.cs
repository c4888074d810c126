using Amazon.EC2;
using Amazon.EC2.Model;
using Tenfold.Aws.Ec2;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>
/// EC2 in memory, with the traits that fool programs: tokens count per zone, new machines are invisible for a while, ended ones lose their
/// tags, and an answer may be lost although the call took effect.
/// </summary>
internal sealed class FakeEc2 : IEc2
{
    private readonly Dictionary<(string Token, string Subnet), (Instance Machine, string UserData)> _tokens = [];
    private readonly Dictionary<string, int> _listingsUntilVisible = [];

    public List<Instance> Machines { get; } = [];

    public List<RunInstancesRequest> Launches { get; } = [];

    public List<string> Calls { get; } = [];

    /// <summary>How many listings a new machine is missing from.</summary>
    public int InvisibleFor { get; set; }

    /// <summary>The refusal of each subnet; a subnet without one has room.</summary>
    public Dictionary<string, AwsException> Refusals { get; } = [];

    /// <summary>How many answers to launches are lost after they took effect.</summary>
    public int LostAnswers { get; set; }

    public List<decimal> SpotPrices { get; } = [];

    public Dictionary<string, string> UserDataOf { get; } = [];

    public static AwsException Fault(string code, AwsFault fault, string detail = "no reason") => new($"EC2: {code}: {detail}", null)
    {
        Fault = fault,
        Service = "EC2",
        Operation = "RunInstances",
        Code = code,
        Detail = detail,
        RequestId = "r",
        MayHaveTakenEffect = false,
    };

    public Task<Instance> LaunchAsync(RunInstancesRequest request, CancellationToken cancellationToken)
    {
        Calls.Add("RunInstances");
        lock (_tokens)
        {
            Launches.Add(request);
            if (_tokens.TryGetValue((request.ClientToken, request.SubnetId), out var known))
            {
                return known.UserData != request.UserData ? throw Fault("IdempotentParameterMismatch", AwsFault.Conflict)
                    : MachineStates.StateOf(known.Machine) == "terminated" ? throw Fault("IdempotentInstanceTerminated", AwsFault.Conflict)
                    : Task.FromResult(known.Machine);
            }

            if (Refusals.TryGetValue(request.SubnetId, out var refusal)) throw refusal;
            var machine = Add("running", request.TagSpecifications[0].Tags, request.SubnetId);
            _tokens[(request.ClientToken, request.SubnetId)] = (machine, request.UserData);
            _listingsUntilVisible[machine.InstanceId] = InvisibleFor;
            return LostAnswers-- > 0 ? throw Fault("", AwsFault.Transport) : Task.FromResult(machine);
        }
    }

    public Instance Add(string state, IEnumerable<Tag>? tags = null, string subnet = "subnet-a")
    {
        var machine = new Instance
        {
            InstanceId = $"i-{Machines.Count + 1:x8}",
            SubnetId = subnet,
            State = new InstanceState { Name = state },
            Tags = [.. tags ?? []],
        };
        Machines.Add(machine);
        return machine;
    }

    public void End(string attempt, string code)
    {
        var machine = Machines.Single(machine => MachineTags.AttemptOf(machine) == attempt);
        machine.State = new InstanceState { Name = InstanceStateName.Terminated };
        machine.StateReason = new StateReason { Code = code, Message = code };
    }

    public Task<IReadOnlyList<Instance>> ListAsync(IReadOnlyList<Filter> filters, CancellationToken cancellationToken)
    {
        Calls.Add("DescribeInstances");
        foreach (var filter in filters) filter.Values.Count.ShouldBeInRange(1, 200);
        List<Instance> found = [.. Machines.Where(machine => IsVisible(machine) && filters.All(filter => Fits(machine, filter)))];
        foreach (var id in _listingsUntilVisible.Keys.ToList()) _listingsUntilVisible[id]--;
        return Task.FromResult<IReadOnlyList<Instance>>(found);
    }

    public Task<string> RootDeviceOfAsync(string image, CancellationToken cancellationToken)
    {
        Calls.Add("DescribeImages");
        return Task.FromResult("/dev/sda1");
    }

    public Task TerminateAsync(IReadOnlyList<string> instances, CancellationToken cancellationToken) =>
        Change("TerminateInstances", instances, "terminated");

    public Task StartAsync(string instance, CancellationToken cancellationToken) => Change("StartInstances", [instance], "running");

    public Task StopAsync(IReadOnlyList<string> instances, CancellationToken cancellationToken) =>
        Change("StopInstances", instances, "stopped");

    public Task TagAsync(string instance, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        Calls.Add("CreateTags");
        var machine = Machines.Single(machine => machine.InstanceId == instance);
        machine.Tags = [.. machine.Tags.Where(tag => !tags.ContainsKey(tag.Key)), .. tags.Select(tag => new Tag(tag.Key, tag.Value))];
        return Task.CompletedTask;
    }

    public Task SetUserDataAsync(string instance, string script, CancellationToken cancellationToken)
    {
        Calls.Add("ModifyInstanceAttribute");
        UserDataOf[instance] = script;
        return Task.CompletedTask;
    }

    public Task<string> ReadShutdownBehaviorAsync(string instance, CancellationToken cancellationToken) => Task.FromResult("stop");

    public List<string> FreeVolumes { get; } = [];

    public Task<IReadOnlyList<string>> ListFreeVolumesAsync(Filter filter, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. FreeVolumes]);

    public Task DeleteVolumeAsync(string volume, CancellationToken cancellationToken) => FreeVolumes.Remove(volume)
        ? Task.CompletedTask : throw Fault("InvalidVolume.NotFound", AwsFault.NotFound);

    public Task<IReadOnlyList<decimal>> ListSpotPricesAsync(string instanceType, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<decimal>>(SpotPrices);

    private Task Change(string operation, IReadOnlyList<string> instances, string state)
    {
        Calls.Add(operation);
        // One unknown id makes the whole call do nothing.
        if (instances.Any(id => Machines.All(machine => machine.InstanceId != id || !IsVisible(machine))))
            throw Fault("InvalidInstanceID.NotFound", AwsFault.NotFound);
        foreach (var machine in Machines.Where(machine => instances.Contains(machine.InstanceId)))
            machine.State = new InstanceState { Name = state };
        return Task.CompletedTask;
    }

    private bool IsVisible(Instance machine) => _listingsUntilVisible.GetValueOrDefault(machine.InstanceId) <= 0;

    private static bool Fits(Instance machine, Filter filter) => filter.Name switch
    {
        "instance-id" => filter.Values.Contains(machine.InstanceId),
        "instance-state-name" => filter.Values.Contains(MachineStates.StateOf(machine)),
        _ => MachineTags.Find(machine, filter.Name["tag:".Length..]) is { } value && filter.Values.Contains(value),
    };
}
