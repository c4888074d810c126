using Tenfold.Aws.Jobs;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.SageMaker;

/// <summary>Translates faults of AWS into those of a target.</summary>
internal static class SageMakerFaults
{
    private static readonly TargetFaults Faults = new("Training jobs that SageMaker has continue.");

    /// <inheritdoc cref="TargetFaults.TranslateAsync"/>
    public static Task<T> TranslateAsync<T>(Func<Task<T>> calls) => Faults.TranslateAsync(calls);

    /// <summary>
    /// True when SageMaker refuses to stop a job because the job has ended or is ending. Then nothing is left to do, so a caller must not
    /// try again.
    /// </summary>
    public static bool IsStopNeedless(AwsException e) =>
        e.Fault is AwsFault.NotFound or AwsFault.Conflict || AwsTexts.IsOfEndedTrainingJob(e);
}
