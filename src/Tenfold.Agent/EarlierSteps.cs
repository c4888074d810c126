using System.Globalization;
using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>
/// Finds the steps at which the counted values of a resumed attempt continue: after those that earlier attempts reported before they
/// wrote the checkpoint.
/// </summary>
/// <param name="store">The store, with the series of the earlier attempts.</param>
internal sealed class EarlierSteps(IStore store)
{
    private readonly AttemptReports _reports = new(store);

    /// <summary>Finds the first step of each metric.</summary>
    /// <param name="assignment">The attempt that resumes.</param>
    /// <param name="writtenAt">When the checkpoint was written.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The first step by metric; a metric that no earlier attempt reported is absent and begins at 0.</returns>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    public async Task<IReadOnlyDictionary<string, long>> FindAsync(
        Assignment assignment, DateTimeOffset writtenAt, CancellationToken cancellationToken)
    {
        var steps = new Dictionary<string, long>();
        for (var number = assignment.Number - 1; number > 0; number--)
        {
            var attempt = RunNames.Attempt(assignment.Run, number);
            foreach (var (name, times) in await ReadAsync(attempt, writtenAt.ToUnixTimeMilliseconds(), cancellationToken))
                if (times.NextStep is { } next) steps.TryAdd(name, next);
            if (await HasStartedAnewAsync(attempt, cancellationToken)) break;
        }

        return steps;
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

    private async Task<Dictionary<string, ValueTimes>> ReadAsync(string attempt, long writtenAt, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, ValueTimes>();
        await using var stream = await store.OpenSegmentsAsync(AttemptKeys.MetricSeries(attempt), 0, cancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            // A truncated segment ends in a part of a line.
            var fields = line.Split('\t');
            if (fields.Length != 4 || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                || !long.TryParse(fields[2], CultureInfo.InvariantCulture, out var step)) continue;
            if (!found.TryGetValue(fields[1], out var times)) found[fields[1]] = times = new ValueTimes(writtenAt);
            times.Add(at, step);
        }

        return found;
    }

    /// <summary>When the values of a metric came, beside the time at which a checkpoint was written.</summary>
    /// <remarks>
    /// A script may print a value just before it saves, or just after. So a value counts as saved that came within half the usual time
    /// between two values, and within a second.
    /// </remarks>
    private sealed class ValueTimes(long writtenAt)
    {
        private const long LongestDelayMs = 1000, DelayOfFirstMs = 200;

        private long _count, _firstAt, _lastAt, _lastStep, _laterAt, _laterStep;
        private bool _hasLater;

        /// <summary>The step after the last saved value; null when no value was saved.</summary>
        public long? NextStep
        {
            get
            {
                var delay = _count switch
                {
                    0 => DelayOfFirstMs,
                    1 when _hasLater => (_laterAt - _lastAt) / 2,
                    1 => 0,
                    _ => (_lastAt - _firstAt) / (_count - 1) / 2,
                };
                if (_hasLater && _laterAt - writtenAt <= Math.Min(delay, LongestDelayMs)) return _laterStep + 1;
                return _count > 0 ? _lastStep + 1 : null;
            }
        }

        public void Add(long at, long step)
        {
            if (at <= writtenAt)
            {
                if (_count++ == 0) _firstAt = at;
                (_lastAt, _lastStep) = (at, step);
            }
            else if (!_hasLater) (_hasLater, _laterAt, _laterStep) = (true, at, step);
        }
    }
}
