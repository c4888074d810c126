using System.Globalization;
using System.Text.RegularExpressions;

namespace Tenfold.Aws.Batch.Submit;

/// <summary>What the name of an instance type says: <c>m5.2xlarge</c> has 8 vCPUs, and <c>g5</c> is a family with GPUs.</summary>
/// <remarks>Source: EC2 user guide, "Instance type naming conventions".</remarks>
internal static partial class InstanceTypes
{
    /// <summary>True for a type or family of NVIDIA's GPUs.</summary>
    public static bool HasGpu(string type) => GpuFamily().IsMatch(type);

    /// <summary>The vCPUs of a type; null for a family, for <c>optimal</c>, and for bare metal.</summary>
    public static int? Cpus(string type)
    {
        var match = Size().Match(type);
        if (!match.Success) return null;
        return match.Groups["size"].Value switch
        {
            "medium" => 1,
            "large" => 2,
            "xlarge" => 4 * (match.Groups["times"].Value is { Length: > 0 } times ? int.Parse(times, CultureInfo.InvariantCulture) : 1),
            _ => null,
        };
    }

    // p2 to p6, g3 to g7, gr6. AWS's own accelerators (trn, inf) and AMD's (g4ad) have no NVIDIA driver.
    [GeneratedRegex("^(p[0-9]|g[0-9](?!ad)|gr[0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex GpuFamily();

    [GeneratedRegex(@"\.(?<times>[0-9]+)?(?<size>medium|large|xlarge)$", RegexOptions.CultureInvariant)]
    private static partial Regex Size();
}
