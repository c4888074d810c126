using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>What EC2 has. Its gate guards everything in it.</summary>
internal sealed class Ec2State(Account account)
{
    public const string DefaultVpc = "vpc-0a1b2c3d4e5f60718";

    public Lock Gate { get; } = new();

    public List<Ec2Instance> Instances { get; } = [];

    public List<Ec2Volume> Volumes { get; } = [];

    public List<Ec2Subnet> Subnets { get; } =
    [
        new("subnet-0a1b2c3d4e5f60718", $"{account.Region}a", DefaultVpc),
        new("subnet-0a1b2c3d4e5f60719", $"{account.Region}b", DefaultVpc),
    ];

    public LaunchTemplates Templates { get; } = new(account);

    /// <summary>Tags of resources that are no instances, volumes, subnets or templates.</summary>
    public Dictionary<string, Dictionary<string, string>> OtherTags { get; } = [];

    /// <summary>The roles of instance profiles, by the profiles' names.</summary>
    public Dictionary<string, string> Profiles { get; } = [];

    /// <summary>Launches that are refused: zone or null, type or null, and the error.</summary>
    public List<(string? Zone, string? Type, bool? IsSpot, AwsErrorException Error)> Refusals { get; } = [];

    /// <summary>True while new instances stay pending.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The instance, as any call but the launch finds it. New ones are not found for a while.</summary>
    public Ec2Instance Find(string id)
    {
        if (!id.StartsWith("i-", StringComparison.Ordinal)) throw new AwsErrorException(400, "InvalidInstanceID.Malformed",
            $"Invalid id: \"{id}\"");
        return Instances.Find(instance => instance.Id == id) is { } found && IsShown(found) ? found
            : throw new AwsErrorException(400, "InvalidInstanceID.NotFound", $"The instance ID '{id}' does not exist");
    }

    public static bool IsShown(Ec2Instance instance) => instance.HiddenCalls == 0 || instance.HiddenCalls-- == 0;

    public Dictionary<string, string> TagsOf(string resource)
    {
        if (resource.StartsWith("i-", StringComparison.Ordinal)) return Find(resource).Tags;
        if (Volumes.Find(volume => volume.Id == resource) is { } found) return found.Tags;
        if (Subnets.Find(subnet => subnet.Id == resource) is { } subnet) return subnet.Tags;
        if (!OtherTags.TryGetValue(resource, out var tags)) OtherTags[resource] = tags = [];
        return tags;
    }
}
