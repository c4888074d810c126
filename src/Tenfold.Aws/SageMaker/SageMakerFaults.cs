using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker;

/// <summary>Translates faults of AWS into those of a target.</summary>
internal static class SageMakerFaults
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
            throw new TargetException($"{e.Message}.", e) { Meanwhile = "Training jobs that SageMaker has continue." };
        }
    }

    /// <summary>
    /// True when SageMaker refuses to stop a job because the job has ended or is ending. Then nothing is left to do, so a caller must not
    /// try again.
    /// </summary>
    public static bool IsStopNeedless(AwsException e) =>
        e.Fault is AwsFault.NotFound or AwsFault.Conflict || AwsTexts.IsOfEndedTrainingJob(e);
}
