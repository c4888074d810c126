using System.ComponentModel;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>
/// Asks the accounting database about jobs that slurmctld has forgotten. The database may be slow or unreachable for a long time. That
/// must not delay anything else.
/// </summary>
/// <param name="slurm">The cluster.</param>
/// <param name="time">The clock.</param>
/// <param name="timeout">How long an answer may take; null for 15 s.</param>
internal sealed class AccountingReader(ISlurm slurm, TimeProvider time, TimeSpan? timeout = null)
{
    // slurmctld remembers ended jobs for minutes and accounting has them at once, so an answer may be some seconds old.
    private static readonly TimeSpan AnswerLifetime = TimeSpan.FromSeconds(5), RetryInterval = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromSeconds(15);
    private AccountingAnswer? _last;
    private long _at;

    /// <summary>
    /// Asks accounting, or returns the last answer if it is recent. After a failure, it waits a minute before it asks again.
    /// </summary>
    public async Task<AccountingAnswer> AskAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && time.GetElapsedTime(_at) < (last.Fault is null ? AnswerLifetime : RetryInterval)) return last;
        _last = await AskAnewAsync(cancellationToken);
        _at = time.GetTimestamp();
        return _last;
    }

    private async Task<AccountingAnswer> AskAnewAsync(CancellationToken cancellationToken)
    {
        using var bound = new Deadline(_timeout, time, cancellationToken);
        try
        {
            // Only an end counts: accounting may still show a job as running that has ended, because slurmctld delivers ends later.
            return new AccountingAnswer(
                await slurm.ListAccountedJobsAsync(bound.Token) is { } jobs ? new QueueView([.. jobs.Where(IsEnded)]) : null);
        }
        catch (TargetException e) when (e.InnerException is Win32Exception)
        {
            return new AccountingAnswer(null); // no sacct here
        }
        catch (TargetException e)
        {
            return new AccountingAnswer(null, FaultFrom(e.Message));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AccountingAnswer(null, FaultFrom($"`sacct` did not answer within {_timeout.TotalSeconds:0} s"));
        }
    }

    private static bool IsEnded(SlurmJob job) => JobStates.IsEnded(job.State);

    private static Reason.OfBackend FaultFrom(string cause) => SlurmReason.OfFact(
        SlurmFact.AccountingSilent,
        $"Slurm's accounting does not answer ({cause.TrimEnd('.')}), so the state of jobs that slurmctld has forgotten is unknown; "
        + "all other runs continue.",
        cause);
}

/// <summary>The answer of accounting.</summary>
/// <param name="Ended">The jobs that have ended; null when the cluster has no accounting, or when it did not answer.</param>
/// <param name="Fault">Why accounting did not answer; null when it did, or when the cluster has none.</param>
internal sealed record AccountingAnswer(QueueView? Ended, Reason? Fault = null);
