using System.Text.RegularExpressions;
using Amazon;

namespace Tenfold.Aws.Wire;

/// <summary>
/// Finds the region of calls to AWS. A name that no region can have is refused: otherwise a call would wait for a host that doesn't exist.
/// </summary>
/// <remarks>Servers other than Amazon's may have regions of any name.</remarks>
internal static partial class Regions
{
    /// <summary>Finds a region.</summary>
    /// <param name="named">The name that a target or a command line has; null for none.</param>
    /// <param name="configured">The region of the environment or the profile; null for none.</param>
    /// <exception cref="NoRegionException">There is none.</exception>
    /// <exception cref="WrongRegionException">No region has such a name.</exception>
    public static RegionEndpoint Find(string? named, RegionEndpoint? configured)
    {
        var name = named ?? configured?.SystemName ?? throw new NoRegionException();
        if (FaultOf(name) is { } fault) throw new WrongRegionException(fault);
        return named is null ? configured! : RegionEndpoint.GetBySystemName(named);
    }

    /// <summary>Says why a name is no region's; null when it may be one. Regions that are newer than this program count.</summary>
    internal static string? FaultOf(string name) =>
        Region().IsMatch(name) || RegionEndpoint.EnumerableAllRegions.Any(region => region.SystemName == name) ? null
        : Zone().Match(name) is { Success: true, Groups: var parts } ? $"the region '{name}' is a zone: write {parts[1].Value}"
        : $"there is no region '{name}': the names of AWS's regions look like eu-west-1";

    [GeneratedRegex(@"^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Region();

    [GeneratedRegex(@"^([a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2})(?:[a-z]|-[a-z]{3}-[0-9][a-z])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Zone();
}
