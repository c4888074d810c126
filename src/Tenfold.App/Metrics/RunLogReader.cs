using Tenfold.Agent.Output;
using Tenfold.App.Logs;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.App.Metrics;

/// <summary>Finds metrics in the logs of a run's attempts. The values of a resumed attempt continue from its checkpoint.</summary>
/// <param name="store">The store of the logs.</param>
/// <param name="spec">What the run executed.</param>
/// <param name="patterns">Metric name to the regular expression that finds its values.</param>
/// <param name="time">The clock.</param>
internal sealed class RunLogReader(IStore store, WorkSpec spec, IReadOnlyDictionary<string, string> patterns, TimeProvider time)
{
    private readonly AttemptReports _reports = new(store);

    /// <summary>Reads the logs.</summary>
    /// <param name="attempts">The run's attempts, first to last.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>For each attempt, the metrics that were found, and what a user should know of them.</returns>
    public async Task<IReadOnlyList<FoundMetrics>> ReadAsync(IReadOnlyList<AttemptRecord> attempts, CancellationToken cancellationToken)
    {
        var found = new List<FoundMetrics>();
        var checkpoints = new List<DateTimeOffset?>();
        foreach (var attempt in attempts) checkpoints.Add(await CheckpointTimeAsync(attempt, cancellationToken));
        // For each attempt, what the attempts before it printed before its checkpoint was written; the latest attempt first.
        var before = attempts.Select(_ => new List<StepsBeforeCheckpoint>()).ToList();
        for (var i = 0; i < attempts.Count; i++)
        {
            var own = new List<StepsBeforeCheckpoint>();
            for (var later = i + 1; later < attempts.Count; later++)
            {
                if (attempts[i].IsResumed == false) before[later].Clear();
                if (checkpoints[later] is not { } writtenAt) continue;
                own.Add(new StepsBeforeCheckpoint(writtenAt));
                before[later].Insert(0, own[^1]);
            }

            var log = new FinishedLog(spec, patterns, time)
            {
                FirstSteps = StepsBeforeCheckpoint.Join(before[i]),
                Found = (name, at, step) => own.ForEach(steps => steps.Add(name, at, step)),
            };
            await ReadLogAsync(attempts[i].Id, log, cancellationToken);
            found.Add(new FoundMetrics(attempts[i].Id, log.End(), log.Warnings));
        }

        return found;
    }

    // Older agents did not report the time. All that was printed before the resume counts then, although the last part may be lost.
    private async Task<DateTimeOffset?> CheckpointTimeAsync(AttemptRecord attempt, CancellationToken cancellationToken)
    {
        if (attempt.IsResumed != true) return null;
        try
        {
            return (await _reports.ReadAsync(attempt.Id, cancellationToken))?.CheckpointAt ?? DateTimeOffset.MaxValue;
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            return DateTimeOffset.MaxValue;
        }
    }

    private async Task ReadLogAsync(string attempt, FinishedLog log, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenSegmentsAsync(AttemptKeys.Log(attempt), 0, cancellationToken);
        var records = new LogRecords(stream);
        while (await records.ReadAsync((record, _) => log.Take(record), cancellationToken))
        {
        }
    }
}

/// <summary>What was found in the log of an attempt.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Metrics">The metrics; empty when there are none.</param>
/// <param name="Warnings">What a user should know of them.</param>
internal sealed record FoundMetrics(string Attempt, IReadOnlyList<MetricSummary> Metrics, IReadOnlyList<Warning> Warnings);
