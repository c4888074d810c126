using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>Translates faults of AWS for the control loop, which concludes nothing from them.</summary>
internal static class Ec2Faults
{
    private const string RunsGoOn = "Running machines continue, and end themselves after their run.";

    /// <summary>The exception for a call that failed.</summary>
    public static TargetException ToTarget(AwsException e) => new($"{e.Message.TrimEnd('.')}.", e) { Meanwhile = RunsGoOn };

    /// <summary>Makes a call.</summary>
    /// <exception cref="TargetException">The call failed.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (AwsException e)
        {
            throw ToTarget(e);
        }
    }
}
