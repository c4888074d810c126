using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>Instances and volumes as answers show them.</summary>
internal sealed class InstanceViews(Account account)
{
    private static readonly Dictionary<string, int> Codes = new()
    {
        ["pending"] = 0,
        ["running"] = 16,
        ["shutting-down"] = 32,
        ["terminated"] = 48,
        ["stopping"] = 64,
        ["stopped"] = 80,
    };

    public static JsonObject StateOf(string state) => new() { ["Code"] = Codes[state], ["Name"] = state };

    public static JsonObject Change(Ec2Instance instance, string previous) => new()
    {
        ["InstanceId"] = instance.Id,
        ["CurrentState"] = StateOf(instance.State),
        ["PreviousState"] = StateOf(previous),
    };

    public JsonObject Reservation(string id, IEnumerable<Ec2Instance> instances) => new()
    {
        ["ReservationId"] = id,
        ["OwnerId"] = account.Id,
        ["Groups"] = new JsonArray(),
        ["Instances"] = new JsonArray([.. instances.Select(Describe)]),
    };

    public JsonObject Describe(Ec2Instance instance) => new JsonObject
    {
        ["InstanceId"] = instance.Id,
        ["ImageId"] = instance.ImageId,
        ["InstanceType"] = instance.InstanceType,
        ["State"] = StateOf(instance.State),
        ["StateReason"] = instance.StateReason is { } reason ? new JsonObject { ["Code"] = reason.Code, ["Message"] = reason.Message }
            : null,
        ["StateTransitionReason"] = instance.TransitionReason,
        ["LaunchTime"] = instance.LaunchTime.Iso(),
        ["ClientToken"] = instance.ClientToken ?? "",
        ["Placement"] = new JsonObject { ["AvailabilityZone"] = instance.Subnet.Zone, ["Tenancy"] = "default" },
        ["SubnetId"] = instance.IsAlive ? instance.Subnet.Id : null,
        ["VpcId"] = instance.IsAlive ? instance.Subnet.VpcId : null,
        ["PrivateIpAddress"] = instance.IsAlive ? "10.83.0.7" : null,
        // Each start has a new address.
        ["PublicIpAddress"] = instance.State == "running" ? $"203.0.113.{(instance.Boots % 250) + 1}" : null,
        ["Architecture"] = "x86_64",
        ["RootDeviceName"] = instance.Volumes.FirstOrDefault()?.Device,
        ["RootDeviceType"] = "ebs",
        ["InstanceLifecycle"] = instance.IsSpot ? "spot" : null,
        ["SpotInstanceRequestId"] = instance.SpotRequestId,
        ["IamInstanceProfile"] = instance.Profile is { } profile
            ? new JsonObject { ["Arn"] = $"arn:aws:iam::{account.Id}:instance-profile/{profile}", ["Id"] = "AIPAEXAMPLE" } : null,
        ["BlockDeviceMappings"] = new JsonArray([.. instance.Volumes.Select(volume => new JsonObject
        {
            ["DeviceName"] = volume.Device,
            ["Ebs"] = new JsonObject
            {
                ["VolumeId"] = volume.Id, ["Status"] = "attached", ["DeleteOnTermination"] = volume.DeleteOnTermination,
                ["AttachTime"] = volume.CreatedAt.Iso(),
            },
        })]),
        ["Tags"] = Ec2Filters.ToList(instance.Tags),
        ["MetadataOptions"] = new JsonObject
        {
            ["State"] = "applied",
            ["HttpTokens"] = "required",
            ["HttpEndpoint"] = "enabled",
            ["HttpPutResponseHopLimit"] = 2
        },
    }.WithoutNulls();

    public static IEnumerable<string?>? FilterValues(Ec2Instance instance, string name) => name switch
    {
        "instance-id" => [instance.Id],
        "instance-state-name" => [instance.State],
        "instance-state-code" => [$"{Codes[instance.State]}"],
        "instance-type" => [instance.InstanceType],
        "instance-lifecycle" => [instance.IsSpot ? "spot" : null],
        "client-token" => [instance.ClientToken],
        "image-id" => [instance.ImageId],
        "availability-zone" => [instance.Subnet.Zone],
        "subnet-id" => [instance.Subnet.Id],
        "vpc-id" => [instance.Subnet.VpcId],
        "reservation-id" => [instance.ReservationId],
        "iam-instance-profile.arn" => [instance.Profile],
        _ => null,
    };

    public static JsonObject Describe(Ec2Volume volume) => new()
    {
        ["VolumeId"] = volume.Id,
        ["Size"] = volume.SizeGiB,
        ["VolumeType"] = volume.Type,
        ["State"] = StateOf(volume),
        ["AvailabilityZone"] = volume.Zone,
        ["CreateTime"] = volume.CreatedAt.Iso(),
        ["Encrypted"] = true,
        ["Attachments"] = volume.InstanceId is null ? new JsonArray() : new JsonArray(new JsonObject
        {
            ["InstanceId"] = volume.InstanceId,
            ["VolumeId"] = volume.Id,
            ["Device"] = volume.Device,
            ["State"] = "attached",
            ["DeleteOnTermination"] = volume.DeleteOnTermination,
        }),
        ["Tags"] = Ec2Filters.ToList(volume.Tags),
    };

    public static string StateOf(Ec2Volume volume) => volume.InstanceId is null ? "available" : "in-use";
}
