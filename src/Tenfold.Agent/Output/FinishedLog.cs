using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Output;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Output;

/// <summary>Finds metrics in the log of an attempt that has ended, by the rules that hold while a command runs.</summary>
public sealed class FinishedLog
{
    private readonly IReadOnlyDictionary<string, string> _patterns;
    private readonly MetricRecorder _metrics;
    private readonly Dictionary<char, Stream> _streams = [];
    private long _at;

    /// <summary>Starts with nothing.</summary>
    /// <param name="spec">What the attempt ran.</param>
    /// <param name="patterns">Metric name to the regular expression that finds its values; no other metric is looked for.</param>
    /// <param name="time">The clock.</param>
    public FinishedLog(WorkSpec spec, IReadOnlyDictionary<string, string> patterns, TimeProvider time)
    {
        _patterns = patterns;
        var read = spec with { MetricPatterns = patterns, EarlyStopping = null, Metric = null };
        _metrics = new MetricRecorder(read, buffer: null, stop: _ => { }, time)
        {
            HasOnlyPatterns = true,
            Added = (name, point) => Found?.Invoke(name, _at, point.Step),
        };
    }

    /// <summary>The steps at which counted values begin, by metric, after those of earlier attempts.</summary>
    public IReadOnlyDictionary<string, long> FirstSteps
    {
        init => _metrics.FirstSteps = value;
    }

    /// <summary>Called for each value with its metric, the Unix milliseconds at which it was printed, and its step.</summary>
    public Action<string, long, long>? Found { get; init; }

    /// <summary>Takes the next record of the log.</summary>
    public void Take(LogLine record)
    {
        if (record.Source is not ('o' or 'e')) return;
        _at = record.At.ToUnixTimeMilliseconds();
        if (!_streams.TryGetValue(record.Source, out var stream)) _streams[record.Source] = stream = new Stream(_metrics);
        stream.Take(record);
    }

    /// <summary>Ends the log.</summary>
    /// <returns>The metrics that were found, each with its pattern.</returns>
    public IReadOnlyList<MetricSummary> End()
    {
        foreach (var stream in _streams.Values) stream.End();
        return [.. _metrics.Summaries().Select(metric => metric with { Pattern = _patterns[metric.Name] })];
    }

    /// <summary>Warnings about the values.</summary>
    public IReadOnlyList<Warning> Warnings => _metrics.Warnings(hasSucceeded: false);

    private sealed class Stream
    {
        private readonly UpdateSplitter _updates;

        public Stream(MetricRecorder metrics)
        {
            var sampler = new RewriteSampler();
            _updates = new UpdateSplitter((text, end, isTooLong) =>
            {
                if (isTooLong) metrics.RecordTooLong(text);
                sampler.Take(
                    isTooLong ? [] : text, end, (update, isRewritten) => metrics.Record(update, isStandardOutput: true, isRewritten));
                if (sampler.HasSkipped) metrics.RecordSkipped();
            });
        }

        public void Take(LogLine record)
        {
            _updates.Append(Encoding.UTF8.GetBytes(record.Text));
            if (!record.GoesOn) _updates.Append("\n"u8);
        }

        public void End() => _updates.End();
    }
}
