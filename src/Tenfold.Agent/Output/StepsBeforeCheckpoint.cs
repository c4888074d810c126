namespace Tenfold.Agent.Output;

/// <summary>
/// The steps at which the counted values of a resumed attempt go on: after those that an earlier attempt printed before the checkpoint was
/// written.
/// </summary>
/// <param name="writtenAt">When the checkpoint was written.</param>
public sealed class StepsBeforeCheckpoint(DateTimeOffset writtenAt)
{
    private readonly long _writtenAt = writtenAt.ToUnixTimeMilliseconds();
    private readonly Dictionary<string, ValueTimes> _metrics = [];

    /// <summary>Adds a value of the earlier attempt. Values come in the order in which they were printed.</summary>
    /// <param name="name">The metric.</param>
    /// <param name="at">When the value was printed, in Unix milliseconds.</param>
    /// <param name="step">Its step.</param>
    public void Add(string name, long at, long step)
    {
        if (!_metrics.TryGetValue(name, out var times)) _metrics[name] = times = new ValueTimes(_writtenAt);
        times.Add(at, step);
    }

    /// <summary>Finds the first steps of a resumed attempt.</summary>
    /// <param name="attempts">The attempts before it, the latest first, back to the one that started from the beginning.</param>
    /// <returns>The first step by metric; a metric without a value before the checkpoint is absent and begins at 0.</returns>
    public static IReadOnlyDictionary<string, long> Join(IEnumerable<StepsBeforeCheckpoint> attempts)
    {
        var steps = new Dictionary<string, long>();
        foreach (var (name, times) in attempts.SelectMany(attempt => attempt._metrics))
            if (times.NextStep is { } next) steps.TryAdd(name, next);
        return steps;
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
