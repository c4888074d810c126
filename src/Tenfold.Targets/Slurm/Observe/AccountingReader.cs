using System.ComponentModel;
using Tenfold.Core.Platform;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>
/// Asks the accounting database about jobs that slurmctld has forgotten. The database may be slow or unreachable for a long time, which
/// must not delay anything else.
/// </summary>
/// <param name="slurm">The cluster.</param>
/// <param name="time">The clock.</param>
/// <param name="patience">How long an answer may take; null for 15 s.</param>
internal sealed class AccountingReader(ISlurm slurm, TimeProvider time, TimeSpan? patience = null)
{
    // slurmctld remembers ended jobs for minutes and accounting has them at once, so an answer may be some seconds old.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5), NotAskedAgainFor = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(15);
    private AccountingAnswer? _last;
    private long _at;

    /// <summary>Asks, or repeats the last answer when it is a few seconds old.</summary>
    public async Task<AccountingAnswer> AskAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && time.GetElapsedTime(_at) < (last.Trouble is null ? GoodFor : NotAskedAgainFor)) return last;
        _last = await AskAnewAsync(cancellationToken);
        _at = time.GetTimestamp();
        return _last;
    }

    private async Task<AccountingAnswer> AskAnewAsync(CancellationToken cancellationToken)
    {
        using var bound = new Deadline(_patience, time, cancellationToken);
        try
        {
            return new AccountingAnswer(await slurm.ListEndedJobsAsync(bound.Token) is { } jobs ? new QueueView(jobs) : null);
        }
        catch (TargetException e) when (e.InnerException is Win32Exception)
        {
            return new AccountingAnswer(null); // no sacct here
        }
        catch (TargetException e)
        {
            return new AccountingAnswer(null, Words(e.Message));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AccountingAnswer(null, Words($"`sacct` had no answer in {_patience.TotalSeconds:0} s"));
        }
    }

    private static string Words(string trouble) =>
        $"what became of jobs that slurmctld has forgotten is not known as long as Slurm's accounts do not answer; "
        + $"all else goes on ({trouble.TrimEnd('.')}).";
}

/// <summary>What the accounts answered.</summary>
/// <param name="Ended">What has ended; null where there are none, or with a trouble.</param>
/// <param name="Trouble">Why nothing is known; null when all is.</param>
internal sealed record AccountingAnswer(QueueView? Ended, string? Trouble = null);
