using Tenfold.Aws.Prices;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Aws.Ec2;

/// <summary>Which machine a run gets.</summary>
/// <param name="InstanceType">Its type.</param>
/// <param name="IsSpot">True for a spot machine.</param>
/// <param name="HasGpus">True when its image needs a driver for graphics processors.</param>
/// <param name="Lifetime">The time after which it ends in any case.</param>
internal sealed record LaunchPlan(string InstanceType, bool IsSpot, bool HasGpus, TimeSpan Lifetime)
{
    // For the environment and the data before the run, and for the upload after it.
    private static readonly TimeSpan BesideTheRun = TimeSpan.FromHours(2);

    /// <summary>Chooses the machine of a run.</summary>
    /// <param name="options">The target's options.</param>
    /// <param name="resources">What the run needs.</param>
    /// <param name="region">The region.</param>
    /// <param name="fault">Why there is no such machine, and what to change; null when there is one.</param>
    public static LaunchPlan? For(Ec2Options options, ResourceSpec resources, string region, out Reason.OfBackend? fault)
    {
        var type = options.InstanceType ?? InstanceCatalog.Shared.CheapestFor(resources, region)?.Name;
        fault = FaultOf(type, resources);
        if (type is null || fault is not null) return null;
        return new LaunchPlan(
            type, options.Spot ?? resources.Spot, resources.Gpus > 0 || IsWithGpus(type), LifetimeOf(options, resources));
    }

    /// <summary>The time after which a run's machine ends in any case.</summary>
    public static TimeSpan LifetimeOf(Ec2Options options, ResourceSpec resources) =>
        options.Lifetime ?? (resources.MaxRuntime is { } limit ? limit + BesideTheRun : TimeSpan.FromHours(Ec2Options.DefaultLifetime));

    private static Reason.OfBackend? FaultOf(string? type, ResourceSpec resources)
    {
        if (type is null)
        {
            return Ec2Reason.Of(
                Ec2Fact.MachineNotFound,
                "no common machine has the run's `resources`: lower them, or name a larger machine as `instance_type` of the target");
        }

        if (Prices.InstanceType.IsArm(type))
        {
            return Ec2Reason.Of(
                Ec2Fact.WrongProcessor,
                $"{type} has an Arm processor, for which the agent isn't built: set `instance_type` to one with Intel or AMD",
                about: ("type", type));
        }

        return InstanceCatalog.Shared.Find(type) is { } known && !known.Fits(resources)
            ? Ec2Reason.Of(
                Ec2Fact.MachineTooSmall,
                $"{type} has {known.Vcpus} processors, {known.MemoryGiB} GiB and {known.Gpus} GPUs, which is less than the run's "
                + "`resources`: change `instance_type` of the target, or lower `resources`",
                about: ("type", type))
            : null;
    }

    // Families with graphics processors are g4dn, g5, p4d and so on.
    private static bool IsWithGpus(string type) =>
        InstanceCatalog.Shared.Find(type) is { } known ? known.Gpus > 0 : type is ['g' or 'p', >= '0' and <= '9', ..];
}
