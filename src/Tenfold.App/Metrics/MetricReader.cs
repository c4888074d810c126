using Tenfold.Agent.Output;
using Tenfold.App.Listing;
using Tenfold.Core.Input;
using Tenfold.Core.Ledger;
using Tenfold.Core.Output;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.App.Metrics;

/// <summary>Reads the logs of a group's ended runs again, so that a metric without a pattern needs no second training.</summary>
/// <param name="services">The services of this home.</param>
public sealed class MetricReader(Services services)
{
    /// <summary>Reads the logs, and records the values as read afterwards.</summary>
    /// <param name="id">A prefix of the group's id.</param>
    /// <param name="patterns">Each <c>name=regex</c>.</param>
    /// <param name="isDryRun">True to record nothing.</param>
    /// <param name="cancellationToken">Stops it; nothing is recorded then.</param>
    /// <returns>
    /// What was found; or a refusal: the id names no group, a pattern is wrong, a run has not ended, or recorded one of the metrics itself.
    /// </returns>
    public async Task<Outcome<MetricReading>> ReadAsync(
        string id, IReadOnlyList<string> patterns, bool isDryRun, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveGroupAsync(id, cancellationToken)).Succeeded(out var group, out var refusal)) return refusal;
        if (!Parse(patterns).Succeeded(out var expressions, out refusal)) return refusal;
        var runs = await services.Ledger.ListRunsAsync(group.Id, cancellationToken);
        if (RefusalOf(group, runs, expressions) is { } wrong) return wrong;
        if (!services.StoreOf(group).Succeeded(out var store, out refusal)) return refusal;
        var logs = new RunLogReader(store, group.Spec, expressions, services.Time);
        var (found, warnings) = (new Dictionary<string, IReadOnlyList<MetricSummary>>(), new List<(string Attempt, Warning Warning)>());
        foreach (var run in runs)
        {
            var attempts = await services.Ledger.ListAttemptsAsync(run.Run.Id, cancellationToken);
            foreach (var (attempt, metrics, cautions) in await logs.ReadAsync(attempts, cancellationToken))
            {
                if (metrics.Count > 0) found[attempt] = metrics;
                warnings.AddRange(cautions.Select(warning => (attempt, warning)));
            }
        }

        if (!isDryRun && found.Count > 0)
        {
            await services.Ledger.RecordMetricsReadAsync(group.Id, found, services.Time.GetUtcNow(), cancellationToken);
            runs = await services.Ledger.ListRunsAsync(group.Id, cancellationToken);
        }

        return new MetricReading(GroupListing.Of(group, runs), [.. expressions.Keys], found, warnings);
    }

    private static Outcome<Dictionary<string, string>> Parse(IReadOnlyList<string> patterns)
    {
        var expressions = new Dictionary<string, string>();
        foreach (var pattern in patterns)
        {
            var equals = pattern.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                return Refusal.BadInput($"--pattern {Excerpt.Of(pattern)} is not name=regex; write for instance 'acc=acc: ([-+.\\w]+)'");
            var (name, expression) = (pattern[..equals].Trim(), pattern[(equals + 1)..]);
            if (name.Length is 0 or > MetricLine.MaxNameLength || name.Any(char.IsControl))
                return Refusal.BadInput($"--pattern {Excerpt.Of(pattern)}: a metric's name has 1 to {MetricLine.MaxNameLength} characters");
            if (MetricPattern.Fault(expression) is { } fault) return Refusal.BadInput($"--pattern {Excerpt.Of(pattern)}: {fault}");
            if (!expressions.TryAdd(name, expression)) return Refusal.BadInput($"--pattern names {name} twice; give one pattern for it");
        }

        return Outcome.Of(expressions);
    }

    private static Refusal? RefusalOf(GroupRecord group, IReadOnlyList<RunWithMetrics> runs, Dictionary<string, string> expressions)
    {
        if (runs.FirstOrDefault(run => !run.Run.State.IsFinal()) is { } open)
        {
            return Refusal.BadInput(
                $"{open.Run.Id} has not ended, and only finished logs are read; wait for it, or `tenfold cancel {group.Id}`");
        }

        // Values that a run recorded and values that are read afterwards must not share a name: nobody could tell them apart.
        var recorded = runs.SelectMany(run => run.Metrics.Where(metric => metric.Pattern is null && expressions.ContainsKey(metric.Name))
            .Select(metric => (run.Run.Id, metric.Name))).FirstOrDefault();
        return recorded.Name is null ? null : Refusal.BadInput(
            $"{recorded.Id} recorded {recorded.Name} while it ran, and its values stay as they are; choose another name, for instance " +
            $"--pattern '{recorded.Name}_read=…', and compare with --metric {recorded.Name}_read:maximize");
    }
}

/// <summary>What was found in the logs of a group's runs.</summary>
/// <param name="Listing">The group with its runs, as they are recorded now.</param>
/// <param name="Names">The metrics that were looked for.</param>
/// <param name="Found">What was found, by attempt; attempts without any value are missing.</param>
/// <param name="Warnings">What a user should know about the values, with the attempt.</param>
public sealed record MetricReading(
    GroupListing Listing, IReadOnlyList<string> Names, IReadOnlyDictionary<string, IReadOnlyList<MetricSummary>> Found,
    IReadOnlyList<(string Attempt, Warning Warning)> Warnings);
