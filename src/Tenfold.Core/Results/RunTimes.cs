using Tenfold.Core.Ledger;

namespace Tenfold.Core.Results;

/// <summary>How long runs took together.</summary>
public static class RunTimes
{
    /// <summary>
    /// The time in which at least one of the runs waited or ran. The time between the end of a group's runs and the start of those by which
    /// it grew later doesn't count.
    /// </summary>
    /// <param name="runs">Runs that have ended; those without an end don't count.</param>
    public static TimeSpan Busy(IEnumerable<RunRecord> runs)
    {
        var (busy, until) = (TimeSpan.Zero, DateTimeOffset.MinValue);
        foreach (var run in runs.Where(run => run.EndedAt is not null).OrderBy(run => run.CreatedAt))
        {
            var start = run.CreatedAt > until ? run.CreatedAt : until;
            if (run.EndedAt!.Value <= start) continue;
            until = run.EndedAt.Value;
            busy += until - start;
        }

        return busy;
    }
}
