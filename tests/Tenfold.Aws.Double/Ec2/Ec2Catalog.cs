using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>What EC2 offers: images, instance types and prices. A few of each, as AWS describes them.</summary>
internal static class Ec2Catalog
{
    public static readonly Ec2Image[] Images =
    [
        new("ami-0a1b2c3d4e5f60701", "al2023-ami-2023.9.20261101.0-kernel-6.1-x86_64", "/dev/xvda"),
        new("ami-0a1b2c3d4e5f60702", "Deep Learning Base OSS Nvidia Driver GPU AMI (Ubuntu 22.04) 20261101", "/dev/sda1"),
        new("ami-0a1b2c3d4e5f60703", "Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023) 20261101", "/dev/xvda"),
    ];

    /// <summary>The public parameters that name the images.</summary>
    public static readonly Dictionary<string, string> Parameters = new()
    {
        ["/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"] = Images[0].Id,
        ["/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id"] = Images[1].Id,
        ["/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id"] = Images[2].Id,
    };

    private static readonly (string Name, int Vcpus, int MemoryMib, string? Gpu, int GpuMib, decimal Spot)[] Types =
    [
        ("t3.micro", 2, 1024, null, 0, 0.0038m), ("t3.medium", 2, 4096, null, 0, 0.0152m), ("c5.large", 2, 4096, null, 0, 0.035m),
        ("c7i.large", 2, 4096, null, 0, 0.041m), ("c7i.xlarge", 4, 8192, null, 0, 0.082m), ("c7i.4xlarge", 16, 32768, null, 0, 0.33m),
        ("m5.large", 2, 8192, null, 0, 0.037m), ("m7i.large", 2, 8192, null, 0, 0.045m), ("m7i.xlarge", 4, 16384, null, 0, 0.09m),
        ("r7i.large", 2, 16384, null, 0, 0.052m), ("g4dn.xlarge", 4, 16384, "T4", 16384, 0.2m),
        ("g5.xlarge", 4, 16384, "A10G", 24576, 0.45m),
        ("p3.2xlarge", 8, 62464, "V100", 16384, 1.1m),
    ];

    public static JsonObject DescribeTypes(JsonObject input)
    {
        var names = input.Texts("InstanceTypes");
        if (names.FirstOrDefault(name => Types.All(type => type.Name != name)) is { } unknown)
            throw new AwsErrorException(400, "InvalidInstanceType", $"The following supplied instance types do not exist: [{unknown}]");
        var found = Types.Where(type => names.Count == 0 || names.Contains(type.Name)).Where(type => Ec2Filters.Match(
            input, new Dictionary<string, string>(), name => name == "instance-type" ? [type.Name] : null));
        return Pages.Of(found.Select(type => new JsonObject
        {
            ["InstanceType"] = type.Name,
            ["CurrentGeneration"] = true,
            ["SupportedUsageClasses"] = new JsonArray("on-demand", "spot"),
            ["ProcessorInfo"] = new JsonObject { ["SupportedArchitectures"] = new JsonArray("x86_64") },
            ["VCpuInfo"] = new JsonObject { ["DefaultVCpus"] = type.Vcpus },
            ["MemoryInfo"] = new JsonObject { ["SizeInMiB"] = type.MemoryMib },
            ["GpuInfo"] = type.Gpu is null ? null : new JsonObject
            {
                ["Gpus"] = new JsonArray(new JsonObject
                {
                    ["Name"] = type.Gpu,
                    ["Manufacturer"] = "NVIDIA",
                    ["Count"] = 1,
                    ["MemoryInfo"] = new JsonObject { ["SizeInMiB"] = type.GpuMib },
                }),
                ["TotalGpuMemoryInMiB"] = type.GpuMib,
            },
        }), "InstanceTypes", input, 100, "NextToken", "MaxResults");
    }

    public static JsonObject DescribeOfferings(JsonObject input, IReadOnlyList<string> zones)
    {
        var places = input.Text("LocationType") == "availability-zone" ? zones : [zones[0][..^1]];
        var found = Types.SelectMany(type => places.Select(place => (type.Name, place))).Where(offer => Ec2Filters.Match(
            input, new Dictionary<string, string>(), name => name switch
            {
                "instance-type" => [offer.Name],
                "location" => [offer.place],
                _ => null,
            }));
        return Pages.Of(found.Select(offer => new JsonObject
        {
            ["InstanceType"] = offer.Name,
            ["LocationType"] = input.Text("LocationType") ?? "region",
            ["Location"] = offer.place,
        }), "InstanceTypeOfferings", input, 1000, "NextToken", "MaxResults");
    }

    public static JsonObject DescribeSpotPrices(JsonObject input, IReadOnlyList<string> zones, DateTimeOffset now)
    {
        var names = input.Texts("InstanceTypes");
        var found = Types.Where(type => names.Count == 0 || names.Contains(type.Name))
            .SelectMany(type => zones.Select((zone, i) => new JsonObject
            {
                ["AvailabilityZone"] = zone,
                ["InstanceType"] = type.Name,
                ["ProductDescription"] = "Linux/UNIX",
                ["SpotPrice"] = (type.Spot + (0.001m * i)).ToString("0.000000"),
                ["Timestamp"] = now.AddHours(-1).Iso(),
            }));
        return Pages.Of(found, "SpotPriceHistory", input, 1000, "NextToken", "MaxResults");
    }

    public static JsonObject DescribeImages(JsonObject input)
    {
        var ids = input.Texts("ImageIds");
        if (ids.FirstOrDefault(id => Images.All(image => image.Id != id)) is { } unknown)
            throw new AwsErrorException(400, "InvalidAMIID.NotFound", $"The image id '[{unknown}]' does not exist");
        return new JsonObject
        {
            ["Images"] = new JsonArray([.. Images.Where(image => ids.Count == 0 || ids.Contains(image.Id)).Select(image => new JsonObject
            {
                ["ImageId"] = image.Id,
                ["Name"] = image.Name,
                ["State"] = "available",
                ["Architecture"] = "x86_64",
                ["RootDeviceName"] = image.RootDevice,
                ["RootDeviceType"] = "ebs",
                ["BlockDeviceMappings"] = new JsonArray(new JsonObject
                {
                    ["DeviceName"] = image.RootDevice,
                    ["Ebs"] = new JsonObject { ["VolumeSize"] = 8, ["VolumeType"] = "gp3", ["DeleteOnTermination"] = true },
                }),
            })]),
        };
    }
}
