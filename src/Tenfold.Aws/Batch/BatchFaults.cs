using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch;

/// <summary>Translates faults of AWS into those of a target.</summary>
internal static class BatchFaults
{
    /// <summary>Makes calls of AWS.</summary>
    /// <exception cref="TargetException">AWS refused a call, or gave no answer.</exception>
    public static async Task<T> TranslateAsync<T>(Func<Task<T>> calls)
    {
        try
        {
            return await calls();
        }
        catch (AwsException e)
        {
            throw ToTargetException(e);
        }
    }

    /// <summary>The fault of a target that a fault of AWS is.</summary>
    public static TargetException ToTargetException(AwsException e) =>
        new($"{e.Message}.", e) { Meanwhile = "Jobs that AWS Batch has continue." };
}
