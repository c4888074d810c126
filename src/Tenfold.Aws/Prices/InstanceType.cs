using Tenfold.Core.Runs;

namespace Tenfold.Aws.Prices;

/// <summary>A type of machine.</summary>
/// <param name="Name">Its name, for example <c>g5.xlarge</c>.</param>
/// <param name="Vcpus">Its virtual processors.</param>
/// <param name="MemoryGiB">Its memory in GiB.</param>
/// <param name="Gpus">Its graphics processors.</param>
internal sealed record InstanceType(string Name, int Vcpus, double MemoryGiB, int Gpus)
{
    /// <summary>True when a run with these needs fits on the machine.</summary>
    public bool Fits(ResourceSpec resources) =>
        Vcpus >= (resources.Cpus ?? 1) && MemoryGiB * (1L << 30) >= (resources.MemoryBytes ?? 0) && Gpus >= resources.Gpus;

    /// <summary>True for machines whose processors slow down once their credits are used up, which training does within minutes.</summary>
    public bool IsBurstable => Name.StartsWith('t') && Name.Length > 1 && char.IsAsciiDigit(Name[1]);

    /// <summary>
    /// True for Amazon's own processors, for which the agent isn't built: the letters behind the generation have a <c>g</c>, as in
    /// <c>m7g.large</c> and <c>c6gn.large</c>.
    /// </summary>
    public static bool IsArm(string name)
    {
        var family = name.Split('.')[0];
        var generation = family.AsSpan().IndexOfAnyInRange('0', '9');
        return family.StartsWith("a1", StringComparison.Ordinal)
            || (generation >= 0 && family[generation..].Contains('g', StringComparison.Ordinal));
    }
}
