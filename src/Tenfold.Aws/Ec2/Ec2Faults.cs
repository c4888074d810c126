using Tenfold.Aws.Jobs;
using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>Translates faults of AWS into those of a target.</summary>
internal static class Ec2Faults
{
    private static readonly TargetFaults Faults = new("Running machines continue, and end themselves after their run.");

    /// <inheritdoc cref="TargetFaults.TranslateAsync"/>
    public static Task<T> TranslateAsync<T>(Func<Task<T>> calls) => Faults.TranslateAsync(calls);

    /// <inheritdoc cref="TargetFaults.ToTarget"/>
    public static TargetException ToTarget(AwsException e) => Faults.ToTarget(e);
}
