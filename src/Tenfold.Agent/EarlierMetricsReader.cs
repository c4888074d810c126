using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>Reads from the series of earlier attempts where the metrics of a resumed attempt go on.</summary>
/// <param name="store">The store, with the series of the earlier attempts.</param>
internal sealed class EarlierMetricsReader(IStore store)
{
    private readonly AttemptReports _reports = new(store);

    /// <summary>Reads what the earlier attempts printed.</summary>
    /// <param name="assignment">The attempt that resumes.</param>
    /// <param name="writtenAt">When the checkpoint was written.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    public async Task<EarlierMetrics> ReadAsync(Assignment assignment, DateTimeOffset writtenAt, CancellationToken cancellationToken)
    {
        var watched = assignment.Spec.EarlyStopping?.Metric;
        var (steps, curves) = (new List<StepsBeforeCheckpoint>(), new List<List<MetricPoint>>());
        for (var number = assignment.Number - 1; number > 0; number--)
        {
            var attempt = RunNames.Attempt(assignment.Run, number);
            var (before, curve) = (new StepsBeforeCheckpoint(writtenAt), new List<MetricPoint>());
            await foreach (var (at, name, point) in ReadSeriesAsync(attempt, cancellationToken))
            {
                before.Add(name, at, point.Step);
                if (name == watched) curve.Add(point);
            }

            steps.Add(before);
            curves.Add(curve);
            if (await HasStartedAnewAsync(attempt, cancellationToken)) break;
        }

        curves.Reverse();
        return new EarlierMetrics(StepsBeforeCheckpoint.Join(steps), Join(curves));
    }

    // The steps of a later attempt replace those of the attempts before, as they do in the run's results.
    private static List<MetricPoint> Join(IEnumerable<List<MetricPoint>> curves)
    {
        var joined = new List<MetricPoint>();
        foreach (var curve in curves.Where(curve => curve.Count > 0))
        {
            var first = curve.Min(point => point.Step);
            joined.RemoveAll(point => point.Step >= first);
            joined.AddRange(curve);
        }

        return joined;
    }

    private async Task<bool> HasStartedAnewAsync(string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return (await _reports.ReadAsync(attempt, cancellationToken))?.IsResumed == false;
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            return false;
        }
    }

    private async IAsyncEnumerable<(long At, string Name, MetricPoint Point)> ReadSeriesAsync(
        string attempt, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenSegmentsAsync(AttemptKeys.MetricSeries(attempt), 0, cancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            // A segment that was cut off ends in a part of a line.
            var fields = line.Split('\t');
            if (fields.Length == 4 && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                && long.TryParse(fields[2], CultureInfo.InvariantCulture, out var step)
                && double.TryParse(fields[3], CultureInfo.InvariantCulture, out var value))
                yield return (at, fields[1], new MetricPoint(step, value));
        }
    }
}

/// <summary>Where the metrics of a resumed attempt go on.</summary>
/// <param name="FirstSteps">The step of the first counted value, by metric; a metric that is absent begins at 0.</param>
/// <param name="Watched">The values of the metric that early stopping watches, in the order in which they were printed.</param>
internal sealed record EarlierMetrics(IReadOnlyDictionary<string, long> FirstSteps, IReadOnlyList<MetricPoint> Watched);
