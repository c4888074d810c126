using Tenfold.Aws.Jobs;

namespace Tenfold.Aws.Batch;

/// <summary>Translates faults of AWS into those of a target.</summary>
internal static class BatchFaults
{
    private static readonly TargetFaults Faults = new("Jobs that AWS Batch has continue.");

    /// <inheritdoc cref="TargetFaults.TranslateAsync"/>
    public static Task<T> TranslateAsync<T>(Func<Task<T>> calls) => Faults.TranslateAsync(calls);
}
