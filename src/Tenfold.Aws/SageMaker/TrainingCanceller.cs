using Tenfold.Aws.SageMaker.Observe;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Aws.SageMaker;

/// <summary>
/// Stops attempts. It ends the jobs of attempts that have not begun. Agents stop running attempts, and SageMaker ends the job of an agent
/// that is stuck.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="store">The store.</param>
/// <param name="index">The jobs that this process has seen.</param>
/// <param name="observer">Finds jobs that execute attempts of other jobs.</param>
/// <param name="time">The clock.</param>
internal sealed class TrainingCanceller(
    SageMakerConnection connection, IStore store, TrainingIndex index, TrainingObserver observer, TimeProvider time)
{
    private const int AtOnce = 8;

    // The control loop calls again in every round until the attempt has ended. SageMaker takes minutes to stop a job.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly RecentlyUsed<string, long> _stopped = new(10 * Patience, time);
    private readonly StuckAgents _stuck = new(store, time);

    /// <summary>Stops attempts whose jobs the index has.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        foreach (var chunk in attempts.Distinct().Chunk(AtOnce))
            await Task.WhenAll(chunk.Select(attempt => StopAsync(attempt, cancellationToken)));
    }

    private async Task StopAsync(string attempt, CancellationToken cancellationToken)
    {
        var own = index.Find(attempt);
        var job = own is { HasEnded: false } ? own : await observer.FindHostAsync(attempt, cancellationToken);
        if (job is null or { HasEnded: true } or { Status: "Stopping" } || !IsNew(job.Name.ToString())) return;
        // A job that waited a moment ago may run now, and its agent is to stop it.
        if (await store.ExistsAsync(AttemptKeys.Claim(attempt), cancellationToken))
        {
            var requestedAt = await _stuck.ReadRequestTimeAsync(attempt, cancellationToken);
            if (!await _stuck.IsStuckAsync(attempt, requestedAt, cancellationToken)) return;
        }

        await EndAsync(job.Name.ToString(), cancellationToken);
    }

    private bool IsNew(string job) => !_stopped.TryGet(job, out var at) || time.GetElapsedTime(at) > Patience;

    private async Task EndAsync(string job, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Jobs.StopTrainingJobAsync(new(job), cancellationToken);
        }
        catch (AwsException e) when (SageMakerFaults.IsStopNeedless(e))
        {
            // The job has ended, or ends.
        }

        _stopped.Set(job, time.GetTimestamp());
    }
}
