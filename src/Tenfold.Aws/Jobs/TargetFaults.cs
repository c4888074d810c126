using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Jobs;

/// <summary>Translates faults of AWS for the control loop, which concludes nothing from them.</summary>
/// <param name="meanwhile">What happens to the target's runs meanwhile.</param>
internal sealed class TargetFaults(string meanwhile)
{
    /// <summary>Makes calls of AWS.</summary>
    /// <exception cref="TargetException">AWS refused a call, or gave no answer.</exception>
    public async Task<T> TranslateAsync<T>(Func<Task<T>> calls)
    {
        try
        {
            return await calls();
        }
        catch (AwsException e)
        {
            throw ToTarget(e);
        }
    }

    /// <summary>The fault of a target that a fault of AWS is.</summary>
    public TargetException ToTarget(AwsException e) => new($"{e.Message.TrimEnd('.')}.", e) { Meanwhile = meanwhile };
}
