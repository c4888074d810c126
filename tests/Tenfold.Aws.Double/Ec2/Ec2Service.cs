using System.Text;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>Amazon EC2. What tests do to it is in the other part.</summary>
/// <remarks>Source: Amazon EC2 API Reference and User Guide.</remarks>
public sealed partial class Ec2Service : AwsService
{
    private const int MaxPage = 1000;
    private readonly Account _account;
    private readonly Ec2State _state;
    private readonly InstancePower _power;
    private readonly InstanceViews _views;

    internal Ec2Service(Account account) : base("ec2")
    {
        _account = account;
        _state = new Ec2State(account);
        _power = new InstancePower(account, _state);
        _views = new InstanceViews(account);
        var launch = new InstanceLaunch(account, _state, _power);
        OnLocked("RunInstances", input => launch.Run(input) is var (id, made) ? _views.Reservation(id, made) : []);
        OnLocked("DescribeInstances", DescribeInstances);
        OnLocked("TerminateInstances", input => ChangeStates(input, "TerminatingInstances", (instance, _) =>
            _power.Shutdown(instance, terminates: true, "Client.UserInitiatedShutdown",
                "Client.UserInitiatedShutdown: User initiated shutdown")));
        OnLocked("StopInstances", input => ChangeStates(input, "StoppingInstances", Stop));
        OnLocked("StartInstances", input => ChangeStates(input, "StartingInstances", Start));
        OnLocked("ModifyInstanceAttribute", Modify);
        OnLocked("DescribeInstanceAttribute", DescribeAttribute);
        OnLocked("GetConsoleOutput", Console);
        OnLocked("CreateTags", CreateTags);
        OnLocked("DeleteTags", DeleteTags);
        OnLocked("DescribeTags", DescribeTags);
        OnLocked("DescribeVolumes", DescribeVolumes);
        OnLocked("DeleteVolume", DeleteVolume);
        OnLocked("DescribeSubnets", DescribeSubnets);
        OnLocked("DescribeVpcs", input =>
            Listed("Vpcs", "VpcId", input, "VpcIds", _state.Subnets.Select(subnet => subnet.VpcId).Distinct()));
        OnLocked("DescribeSecurityGroups", input => Listed("SecurityGroups", "GroupId", input, "GroupIds", ["sg-0a1b2c3d4e5f60718"]));
        OnLocked("DescribeAvailabilityZones", _ => new JsonObject
        {
            ["AvailabilityZones"] = new JsonArray([.. Zones.Select(zone => new JsonObject
            {
                ["ZoneName"] = zone, ["ZoneId"] = zone, ["RegionName"] = account.Region, [nameof(State)] = "available",
                ["ZoneType"] = "availability-zone",
            })]),
        });
        OnLocked("DescribeRegions", _ => new JsonObject
        {
            ["Regions"] = new JsonArray(new JsonObject { ["RegionName"] = account.Region, ["OptInStatus"] = "opt-in-not-required" }),
        });
        OnLocked("DescribeInstanceTypes", Ec2Catalog.DescribeTypes);
        OnLocked("DescribeInstanceTypeOfferings", input => Ec2Catalog.DescribeOfferings(input, Zones));
        OnLocked("DescribeSpotPriceHistory", input => Ec2Catalog.DescribeSpotPrices(input, Zones, account.Time.GetUtcNow()));
        OnLocked("DescribeImages", Ec2Catalog.DescribeImages);
        OnLocked("CreateLaunchTemplate", _state.Templates.Create);
        OnLocked("CreateLaunchTemplateVersion", _state.Templates.CreateVersion);
        OnLocked("ModifyLaunchTemplate", _state.Templates.Modify);
        OnLocked("DeleteLaunchTemplate", _state.Templates.Delete);
        OnLocked("DescribeLaunchTemplates", _state.Templates.Describe);
        OnLocked("DescribeLaunchTemplateVersions", _state.Templates.DescribeVersions);
    }

    internal Ec2State State => _state;

    private string[] Zones => [.. _state.Subnets.Select(subnet => subnet.Zone).Distinct().Order(StringComparer.Ordinal)];

    private void OnLocked(string operation, Func<JsonObject, JsonObject> answer) => On(operation, request =>
    {
        lock (_state.Gate) return answer(request.Input);
    });

    private JsonObject DescribeInstances(JsonObject input)
    {
        var ids = input.Texts("InstanceIds");
        var found = (ids.Count > 0 ? ids.Select(_state.Find) : _state.Instances.Where(Ec2State.IsShown)).ToArray()
            .Where(instance => Ec2Filters.Match(input, instance.Tags, name => InstanceViews.FilterValues(instance, name)));
        var reservations = found.GroupBy(instance => instance.ReservationId).Select(group => _views.Reservation(group.Key, group));
        return Pages.Of(reservations, "Reservations", input, MaxPage, "NextToken", "MaxResults");
    }

    private JsonObject ChangeStates(JsonObject input, string answer, Action<Ec2Instance, string> change)
    {
        // One unknown instance fails the whole call, and then nothing changes.
        var found = input.Texts("InstanceIds").Select(_state.Find).ToArray();
        var changes = new JsonArray();
        foreach (var instance in found)
        {
            var previous = instance.State;
            change(instance, previous);
            changes.Add(InstanceViews.Change(instance, previous));
        }
        return new JsonObject { [answer] = changes };
    }

    private void Stop(Ec2Instance instance, string previous)
    {
        if (previous is "terminated" or "shutting-down")
            throw new AwsErrorException(400, "IncorrectInstanceState",
                $"This instance '{instance.Id}' is not in a state from which it can be stopped.");
        if (previous == "pending")
            throw new AwsErrorException(400, "IncorrectInstanceState", $"The instance '{instance.Id}' never reached the 'running' state.");
        if (instance.IsSpot)
            throw new AwsErrorException(400, "UnsupportedOperation",
                $"You can't stop the Spot Instance '{instance.Id}' because it is a one-time Spot request.");
        _power.Shutdown(instance, terminates: false, "Client.UserInitiatedShutdown",
            "Client.UserInitiatedShutdown: User initiated shutdown");
    }

    private void Start(Ec2Instance instance, string previous)
    {
        foreach (var refusal in _state.Refusals)
            if ((refusal.Zone ?? instance.Subnet.Zone) == instance.Subnet.Zone
                && (refusal.Type ?? instance.InstanceType) == instance.InstanceType)
                throw refusal.Error;
        _power.Start(instance, previous);
    }

    private JsonObject Modify(JsonObject input)
    {
        var instance = _state.Find(input.Text("InstanceId")!);
        if (input["UserData"].Text("Value") is { } data)
        {
            if (instance.State != "stopped")
                throw new AwsErrorException(400, "IncorrectInstanceState", $"The instance '{instance.Id}' is not in the 'stopped' state.");
            instance.UserData = InstanceLaunch.UserDataOf(data);
        }
        if (input["InstanceInitiatedShutdownBehavior"].Text("Value") is { } behavior) instance.ShutdownBehavior = behavior;
        return [];
    }

    private JsonObject DescribeAttribute(JsonObject input)
    {
        var instance = _state.Find(input.Text("InstanceId")!);
        return input.Text("Attribute") switch
        {
            "instanceInitiatedShutdownBehavior" => new JsonObject
            {
                ["InstanceId"] = instance.Id,
                ["InstanceInitiatedShutdownBehavior"] = new JsonObject { ["Value"] = instance.ShutdownBehavior },
            },
            "instanceType" => new JsonObject
            {
                ["InstanceId"] = instance.Id,
                ["InstanceType"] = new JsonObject { ["Value"] = instance.InstanceType },
            },
            var other => throw new AwsErrorException(400, "InvalidParameterValue", $"Value ({other}) for parameter attribute is invalid."),
        };
    }

    private JsonObject Console(JsonObject input)
    {
        var instance = _state.Find(input.Text("InstanceId")!);
        string text;
        lock (instance.Console) text = string.Join('\n', instance.Console);
        return new JsonObject
        {
            ["InstanceId"] = instance.Id,
            ["Output"] = text.Length > 0 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : null,
            ["Timestamp"] = _account.Time.GetUtcNow().Iso(),
        };
    }

    private JsonObject CreateTags(JsonObject input)
    {
        foreach (var tags in input.Texts("Resources").Select(_state.TagsOf).ToArray())
            foreach (var (name, value) in Ec2Filters.Tags(input.Items("Tags"))) tags[name] = value;
        return [];
    }

    private JsonObject DeleteTags(JsonObject input)
    {
        foreach (var tags in input.Texts("Resources").Select(_state.TagsOf).ToArray())
            foreach (var name in input.Items("Tags").Select(tag => tag.Text("Key")!)) tags.Remove(name);
        return [];
    }

    private JsonObject DescribeTags(JsonObject input)
    {
        var all = _state.Instances.Where(Ec2State.IsShown).Select(i => (i.Id, Type: "instance", i.Tags))
            .Concat(_state.Volumes.Select(v => (v.Id, Type: "volume", v.Tags)))
                .Concat(_state.OtherTags.Select(o => (Id: o.Key, Type: "other", Tags: o.Value)))
            .SelectMany(found => found.Tags.Select(tag => (found.Id, found.Type, tag.Key, tag.Value)))
            .Where(tag => Ec2Filters.Match(input, new Dictionary<string, string> { [tag.Key] = tag.Value }, name => name switch
            {
                "resource-id" => [tag.Id],
                "resource-type" => [tag.Type],
                "key" => [tag.Key],
                "value" => [tag.Value],
                _ => null,
            }));
        return Pages.Of(all.Select(tag => new JsonObject
        {
            ["ResourceId"] = tag.Id,
            ["ResourceType"] = tag.Type,
            ["Key"] = tag.Key,
            ["Value"] = tag.Value,
        }), "Tags", input, MaxPage, "NextToken", "MaxResults");
    }

    private JsonObject DescribeVolumes(JsonObject input)
    {
        var ids = input.Texts("VolumeIds");
        var found = _state.Volumes.Where(volume => ids.Count == 0 || ids.Contains(volume.Id))
            .Where(volume => Ec2Filters.Match(input, volume.Tags, name => name switch
            {
                "status" => [InstanceViews.StateOf(volume)],
                "volume-id" => [volume.Id],
                "attachment.instance-id" => [volume.InstanceId],
                _ => null,
            }));
        return Pages.Of(found.Select(InstanceViews.Describe), "Volumes", input, MaxPage, "NextToken", "MaxResults");
    }

    private JsonObject DeleteVolume(JsonObject input)
    {
        var volume = _state.Volumes.Find(v => v.Id == input.Text("VolumeId"))
            ?? throw new AwsErrorException(400, "InvalidVolume.NotFound", $"The volume '{input.Text("VolumeId")}' does not exist.");
        if (volume.InstanceId is not null)
            throw new AwsErrorException(400, "VolumeInUse", $"Volume {volume.Id} is currently attached to {volume.InstanceId}");
        _state.Volumes.Remove(volume);
        return [];
    }

    private JsonObject DescribeSubnets(JsonObject input)
    {
        var ids = input.Texts("SubnetIds");
        if (ids.FirstOrDefault(id => !_state.Subnets.Exists(subnet => subnet.Id == id)) is { } unknown)
            throw new AwsErrorException(400, "InvalidSubnetID.NotFound", $"The subnet ID '{unknown}' does not exist");
        var found = _state.Subnets.Where(subnet => ids.Count == 0 || ids.Contains(subnet.Id))
            .Where(subnet => Ec2Filters.Match(input, subnet.Tags, name => name switch
            {
                "vpc-id" => [subnet.VpcId],
                "subnet-id" => [subnet.Id],
                "availability-zone" => [subnet.Zone],
                _ => null,
            }));
        return Pages.Of(found.Select(subnet => new JsonObject
        {
            ["SubnetId"] = subnet.Id,
            ["VpcId"] = subnet.VpcId,
            ["AvailabilityZone"] = subnet.Zone,
            [nameof(State)] = "available",
            ["CidrBlock"] = "10.83.0.0/20",
            ["MapPublicIpOnLaunch"] = true,
            ["AvailableIpAddressCount"] = 4091,
            ["Tags"] = Ec2Filters.ToList(subnet.Tags),
        }), "Subnets", input, MaxPage, "NextToken", "MaxResults");
    }

    private static JsonObject Listed(string list, string member, JsonObject input, string wanted, IEnumerable<string> ids)
    {
        var names = input.Texts(wanted);
        return new JsonObject
        {
            [list] = new JsonArray(
            [.. ids.Where(id => names.Count == 0 || names.Contains(id)).Select(id => new JsonObject { [member] = id })])
        };
    }
}
