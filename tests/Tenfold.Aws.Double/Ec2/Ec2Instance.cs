using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Machines;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>An instance.</summary>
internal sealed class Ec2Instance
{
    public required string Id { get; init; }

    public required string ReservationId { get; init; }

    public required string ImageId { get; init; }

    public required string InstanceType { get; init; }

    public required Ec2Subnet Subnet { get; init; }

    public required DateTimeOffset LaunchTime { get; set; }

    public string? ClientToken { get; init; }

    /// <summary>The request, with its launch template applied.</summary>
    public required JsonObject Launch { get; init; }

    public string? Profile { get; init; }

    public bool IsSpot { get; init; }

    public string? SpotRequestId { get; init; }

    public string ShutdownBehavior { get; set; } = "stop";

    /// <summary>The user data, decoded.</summary>
    public string UserData { get; set; } = "";

    public Dictionary<string, string> Tags { get; set; } = [];

    public List<Ec2Volume> Volumes { get; } = [];

    public string State { get; set; } = "pending";

    public (string Code, string Message)? StateReason { get; set; }

    public string TransitionReason { get; set; } = "";

    public int HiddenCalls { get; set; }

    public int Boots { get; set; }

    /// <summary>The disk: what a stopped instance keeps.</summary>
    public string? Folder { get; set; }

    public Machine? Machine { get; set; }

    public Imds? Imds { get; set; }

    public List<string> Console { get; } = [];

    public bool IsAlive => State is "pending" or "running" or "stopping" or "shutting-down";
}

/// <summary>A volume.</summary>
internal sealed class Ec2Volume
{
    public required string Id { get; init; }

    public required string Device { get; init; }

    public required string Zone { get; init; }

    public int SizeGiB { get; init; }

    public string Type { get; init; } = "gp3";

    public bool DeleteOnTermination { get; init; }

    public string? InstanceId { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public Dictionary<string, string> Tags { get; init; } = [];
}

/// <summary>A subnet.</summary>
internal sealed record Ec2Subnet(string Id, string Zone, string VpcId)
{
    public Dictionary<string, string> Tags { get; init; } = [];
}

/// <summary>An image.</summary>
internal sealed record Ec2Image(string Id, string Name, string RootDevice);
