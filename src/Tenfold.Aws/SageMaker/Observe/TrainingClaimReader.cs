using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Aws.SageMaker.Observe;

/// <summary>
/// Reads which job executes an attempt. A job whose spot machine was reclaimed continues with the run's next attempt, which has no job of
/// its own then (<c>Tenfold.Agent.JobAgent</c>).
/// </summary>
/// <param name="store">The store.</param>
internal sealed class TrainingClaimReader(IStore store)
{
    private readonly StoredAttempts _attempts = new(store);

    /// <summary>Finds the attempt that a live job executes now: its own, or a later one of the run.</summary>
    /// <param name="attempt">The attempt for which the job was created.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<string> FindExecutedAsync(string attempt, CancellationToken cancellationToken)
    {
        var current = attempt;
        while (await _attempts.HasEndedAsync(current, cancellationToken))
        {
            if (Next(current) is not { } next || (await _attempts.FindClaimAsync(next, cancellationToken))?.HostAttempt != attempt) break;
            current = next;
        }

        return current;
    }

    private static string? Next(string attempt) =>
        int.TryParse(attempt.AsSpan(attempt.LastIndexOf('-') + 1), out var number)
            ? RunNames.Attempt(RunNames.RunOf(attempt), number + 1) : null;
}
