using System.Text;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>RunInstances, with the rules of its client tokens.</summary>
/// <remarks>Source: EC2 API Reference, RunInstances; EC2 Developer Guide, "Ensuring idempotency in Amazon EC2 API requests".</remarks>
internal sealed class InstanceLaunch(Account account, Ec2State state, InstancePower power)
{
    private const int MaxUserData = 16 << 10;
    private const int MaxToken = 64;
    private readonly Dictionary<(string Token, string Zone), (string Request, Ec2Instance[] Made)> _tokens = [];

    public (string Reservation, Ec2Instance[] Instances) Run(JsonObject input)
    {
        if (input.Flag("DryRun")) throw new AwsErrorException(412, "DryRunOperation",
            "Request would have succeeded, but DryRun flag is set.");
        var launch = state.Templates.Apply(input);
        var subnet = SubnetOf(launch);
        var isPlaced = SubnetId(launch) is not null || launch["Placement"].Text("AvailabilityZone") is not null;
        var token = input.Text("ClientToken");
        if (token?.Length > MaxToken)
            throw new AwsErrorException(400, "InvalidParameterValue", "Value for parameter clientToken is invalid: at most 64 characters");
        // With a subnet or zone, a token counts in that zone only.
        var key = (token ?? "", isPlaced ? subnet.Zone : "");
        var request = input.ToJsonString();
        if (token is not null && _tokens.TryGetValue(key, out var known))
        {
            if (known.Request != request)
                throw new AwsErrorException(400, "IdempotentParameterMismatch",
                    "The client token you have provided is associated with a resource that is " +
                    "not compatible with this request");
            return known.Made.All(made => made.State is "terminated" or "shutting-down")
                ? throw new AwsErrorException(400, "IdempotentInstanceTerminated",
                    "The instance that was launched with this client token has been terminated")
                : (known.Made[0].ReservationId, known.Made);
        }
        var made = Make(launch, subnet, token);
        if (token is not null) _tokens[key] = (request, made);
        return (made[0].ReservationId, made);
    }

    private Ec2Instance[] Make(JsonObject launch, Ec2Subnet subnet, string? token)
    {
        var type = launch.Text("InstanceType") ?? "m1.small";
        var isSpot = launch["InstanceMarketOptions"].Text("MarketType") == "spot";
        foreach (var refusal in state.Refusals)
        {
            if ((refusal.Zone is null || refusal.Zone == subnet.Zone) && (refusal.Type is null || refusal.Type == type)
                && (refusal.IsSpot is null || refusal.IsSpot == isSpot))
                throw refusal.Error;
        }
        var image = Ec2Catalog.Images.FirstOrDefault(i => i.Id == launch.Text("ImageId"))
            ?? throw new AwsErrorException(400, launch.Text("ImageId") is null ? "MissingParameter" : "InvalidAMIID.NotFound",
                $"The image id '[{launch.Text("ImageId")}]' does not exist");
        var userData = UserDataOf(launch.Text("UserData") ?? "");
        var reservation = Account.NewId("r");
        return [.. Enumerable.Range(0, launch.Number("MaxCount") ?? 1)
            .Select(_ => Make(launch, subnet, token, type, isSpot, image, userData, reservation))];
    }

    private Ec2Instance Make(
        JsonObject launch, Ec2Subnet subnet, string? token, string type, bool isSpot, Ec2Image image, string userData, string reservation)
    {
        var profile = launch["IamInstanceProfile"].Text("Name") ?? launch["IamInstanceProfile"].Text("Arn")?.Split('/')[^1];
        var instance = new Ec2Instance
        {
            Id = Account.NewId("i"),
            ReservationId = reservation,
            ImageId = image.Id,
            InstanceType = type,
            Subnet = subnet,
            LaunchTime = account.Time.GetUtcNow(),
            ClientToken = token,
            Launch = launch,
            Profile = profile,
            IsSpot = isSpot,
            SpotRequestId = isSpot ? Account.NewId("sir")[..12] : null,
            ShutdownBehavior = launch.Text("InstanceInitiatedShutdownBehavior") ?? "stop",
            UserData = userData,
            Tags = TagsFor(launch, "instance"),
            HiddenCalls = account.Options.HiddenCalls,
        };
        AddVolumes(instance, launch, image);
        state.Instances.Add(instance);
        power.Boot(instance);
        return instance;
    }

    // A mapping of the image's root device overrides it; any other name is a second disk, which is kept unless the request says otherwise.
    private void AddVolumes(Ec2Instance instance, JsonObject launch, Ec2Image image)
    {
        var mappings = launch.Items("BlockDeviceMappings").Where(mapping => mapping["Ebs"] is not null).ToList();
        if (!mappings.Exists(mapping => mapping.Text("DeviceName") == image.RootDevice))
            mappings.Insert(0, new JsonObject { ["DeviceName"] = image.RootDevice, ["Ebs"] = new JsonObject { ["VolumeSize"] = 8 } });
        foreach (var mapping in mappings)
        {
            var isRoot = mapping.Text("DeviceName") == image.RootDevice;
            var volume = new Ec2Volume
            {
                Id = Account.NewId("vol"),
                Device = mapping.Text("DeviceName")!,
                Zone = instance.Subnet.Zone,
                SizeGiB = mapping["Ebs"].Number("VolumeSize") ?? 8,
                Type = mapping["Ebs"].Text("VolumeType") ?? "gp3",
                DeleteOnTermination = mapping["Ebs"]?["DeleteOnTermination"] is null ? isRoot : mapping["Ebs"].Flag("DeleteOnTermination"),
                InstanceId = instance.Id,
                CreatedAt = instance.LaunchTime,
                Tags = TagsFor(launch, "volume"),
            };
            instance.Volumes.Add(volume);
            state.Volumes.Add(volume);
        }
    }

    private Ec2Subnet SubnetOf(JsonObject launch)
    {
        if (SubnetId(launch) is { } id)
            return state.Subnets.Find(subnet => subnet.Id == id)
                ?? throw new AwsErrorException(400, "InvalidSubnetID.NotFound", $"The subnet ID '{id}' does not exist");
        var zone = launch["Placement"].Text("AvailabilityZone");
        return state.Subnets.Find(subnet => zone is null || subnet.Zone == zone)
            ?? throw new AwsErrorException(400, "InvalidParameterValue", $"Invalid availability zone: [{zone}]");
    }

    private static string? SubnetId(JsonObject launch) =>
        launch.Text("SubnetId") ?? launch.Items("NetworkInterfaces").Select(network => network.Text("SubnetId")).FirstOrDefault();

    private static Dictionary<string, string> TagsFor(JsonObject launch, string type)
    {
        var tags = new Dictionary<string, string>();
        foreach (var spec in launch.Items("TagSpecifications").Where(spec => spec.Text("ResourceType") == type))
            foreach (var (name, value) in Ec2Filters.Tags(spec.Items("Tags"))) tags[name] = value;
        return tags;
    }

    public static string UserDataOf(string encoded)
    {
        try
        {
            var data = Convert.FromBase64String(encoded);
            return data.Length <= MaxUserData ? Encoding.UTF8.GetString(data)
                : throw new AwsErrorException(400, "InvalidParameterValue", "User data is limited to 16384 bytes");
        }
        catch (FormatException)
        {
            throw new AwsErrorException(400, "InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
        }
    }
}
