using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tenfold.Core.Output;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Output;

/// <summary>
/// Finds the metrics in a command's output, sums them up and passes the full series on. Safe for several threads at once.
/// </summary>
public sealed class MetricRecorder
{
    private const int MaxMetrics = 1000, MaxTimeouts = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, MetricSeries> _series = [];
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _names =
        new Dictionary<string, string>().GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly List<MetricPattern> _patterns;
    private readonly HashSet<string> _awaited; // metrics whose room is reserved, because they decide, until they have a value
    private readonly EarlyStoppingRule? _earlyStopping;
    private readonly SegmentBuffer? _buffer;
    private readonly TimeProvider _time;
    private readonly Action<Reason> _stop;
    private readonly Func<Utf8JsonReader, string> _intern;
    private readonly Dictionary<string, int> _timeouts = [];
    private readonly MetricFaults _faults;

    /// <summary>Starts with no metrics.</summary>
    /// <param name="spec">The patterns, the rule for stopping early, and the metrics that decide, which always have room.</param>
    /// <param name="buffer">Receives the full series; null discards it.</param>
    /// <param name="stop">Called, once or more, with the reason when early stopping says so.</param>
    /// <param name="time">The clock.</param>
    public MetricRecorder(WorkSpec spec, SegmentBuffer? buffer, Action<Reason> stop, TimeProvider time)
    {
        _patterns = [.. spec.MetricPatterns.Select(pattern => new MetricPattern(pattern.Key, pattern.Value))];
        _earlyStopping = spec.EarlyStopping is { } early ? new EarlyStoppingRule(early) : null;
        _faults = new MetricFaults(spec.Metric?.Name);
        _awaited =
        [
            .. new[] { spec.Metric?.Name, spec.EarlyStopping?.Metric }.OfType<string>(), .. spec.DecidingMetrics ?? [],
            .. spec.MetricPatterns.Keys,
        ];
        (_buffer, _stop, _time, _intern) = (buffer, stop, time, Intern);
    }

    /// <summary>True to look for nothing but the patterns; false, the default, for JSON metrics too.</summary>
    public bool HasOnlyPatterns { get; init; }

    /// <summary>The steps at which counted values begin, by metric, after those of earlier attempts; set before any line is read.</summary>
    public IReadOnlyDictionary<string, long> FirstSteps { get; set; } = new Dictionary<string, long>();

    /// <summary>The earlier attempts' values of the metric that early stopping watches; set before any line is read.</summary>
    public IReadOnlyList<MetricPoint> EarlierValues { get; set; } = [];

    /// <summary>
    /// Removes secrets from a name; default: leaves it as it is. The lines have none any more, but JSON can write every letter as
    /// <c>\uXXXX</c>.
    /// </summary>
    public Func<string, string> Redact { get; init; } = name => name;

    /// <summary>Called with the name and the point of each value.</summary>
    public Action<string, MetricPoint>? Added { get; init; }

    /// <summary>How many values were recorded.</summary>
    public long Changes { get; private set; }

    /// <summary>The lines that looked like metrics and were not, as one warning; null when there were none.</summary>
    public Warning? Warning => Warnings(hasSucceeded: false).OfType<Warning.MetricsNotUnderstood>().FirstOrDefault();

    /// <summary>Warnings about the metrics.</summary>
    /// <param name="hasSucceeded">True when the attempt has ended well, so that a metric that is missing now never comes.</param>
    public IReadOnlyList<Warning> Warnings(bool hasSucceeded)
    {
        lock (_gate) return [.. _faults.ToWarnings(_series.ContainsKey, hasSucceeded)];
    }

    /// <summary>Records the metrics in an update of a line.</summary>
    /// <param name="text">The update, as <see cref="UpdateSplitter"/> gives it.</param>
    /// <param name="isStandardOutput">JSON metrics count on standard output only; patterns are matched in both.</param>
    /// <param name="isRewritten">
    /// True when it is one of several on its line. There a bar that is drawn again says nothing new: a value with a step counts once.
    /// </param>
    public void Record(ReadOnlySpan<byte> text, bool isStandardOutput, bool isRewritten = false)
    {
        string? fault = null;
        if (isStandardOutput && !HasOnlyPatterns && MetricLine.MayBe(text))
        {
            lock (_gate)
            {
                if (MetricLine.Parse(text, _intern, out fault) is { } metric)
                {
                    Add(metric.Name, metric.Value, metric.Step, text);
                    if (fault.Length > 0) _faults.Ignore(text, fault);
                    return;
                }
            }
        }

        if ((_patterns.Count > 0 && RecordPatterns(text, isRewritten)) || HasOnlyPatterns) return;
        lock (_gate)
        {
            if (fault is not null) _faults.Ignore(text, fault);
            else _faults.Consider(text, isStandardOutput, _series.ContainsKey, _intern);
        }
    }

    /// <summary>Counts an update that is longer than <see cref="UpdateSplitter.MaxBytes"/>: no metric is looked for in it.</summary>
    /// <param name="start">Its beginning.</param>
    public void RecordTooLong(ReadOnlySpan<byte> start)
    {
        lock (_gate) _faults.CountTooLong(start);
    }

    /// <summary>Says that a line was rewritten so often that not all of its updates counted.</summary>
    public void RecordSkipped()
    {
        lock (_gate) _faults.HasSkipped = true;
    }

    /// <summary>The summaries so far.</summary>
    public List<MetricSummary> Summaries()
    {
        lock (_gate) return [.. _series.Values.Select(series => series.Summary())];
    }

    // Returns true when a pattern found something.
    private bool RecordPatterns(ReadOnlySpan<byte> text, bool isRewritten)
    {
        var line = Encoding.UTF8.GetString(text);
        var hasFound = false;
        foreach (var pattern in _patterns)
        {
            if (IsGivenUp(pattern.Name)) continue;
            try
            {
                foreach (var match in pattern.In(line))
                {
                    hasFound = true;
                    lock (_gate) Record(pattern.Name, match, text, isRewritten);
                }
            }
            catch (RegexMatchTimeoutException)
            {
                lock (_gate)
                {
                    _timeouts[pattern.Name] = _timeouts.GetValueOrDefault(pattern.Name) + 1;
                    _faults.Ignore(text, $"the pattern of {pattern.Name} takes too long on it; make it simpler. " +
                        $"After {MaxTimeouts} such lines it is given up");
                }
            }
        }

        return hasFound;
    }

    private void Record(string name, PatternMatch match, ReadOnlySpan<byte> text, bool isRewritten)
    {
        if (match.Value is not { } value)
            _faults.Ignore(text, $"'{match.Text}', which the pattern of {name} found, is not a number");
        else if (match.BadStep is { } step)
            _faults.Ignore(text, $"'{step}', which the pattern of {name} found as the step, is not a number");
        else if (!isRewritten || match.Step is null || !_series.TryGetValue(name, out var series) || !series.EndsWith(match.Step, value))
            Add(name, value, match.Step, text);
    }

    // The script waits while a line is matched, so a pattern that is always too slow would only slow the script down.
    private bool IsGivenUp(string name)
    {
        lock (_gate) return _timeouts.GetValueOrDefault(name) >= MaxTimeouts;
    }

    private void Add(string name, double value, long? step, ReadOnlySpan<byte> text)
    {
        var isFirst = !_series.TryGetValue(name, out var series);
        if (isFirst)
        {
            if (!_awaited.Remove(name) && _series.Count + _awaited.Count >= MaxMetrics)
            {
                _faults.Ignore(text, $"there are more than {MaxMetrics} metrics");
                return;
            }

            _series.Add(name, series = new MetricSeries(name, FirstSteps.GetValueOrDefault(name)));
        }

        Changes++;
        var point = new MetricPoint(series!.Add(value, step), value);
        Added?.Invoke(name, point);
        _buffer?.Append((Time: _time.GetUtcNow().ToUnixTimeMilliseconds(), Name: name, Point: point), static (record, writer) =>
        {
            var room = writer.GetSpan((3 * record.Name.Length) + 100);
            Utf8Formatter.TryFormat(record.Time, room, out var used);
            room[used++] = (byte)'\t';
            used += Encoding.UTF8.GetBytes(record.Name, room[used..]);
            room[used++] = (byte)'\t';
            Utf8Formatter.TryFormat(record.Point.Step, room[used..], out var step);
            used += step;
            room[used++] = (byte)'\t';
            record.Point.Value.TryFormat(room[used..], out var number, default, null);
            used += number;
            room[used++] = (byte)'\n';
            writer.Advance(used);
        });
        if (_earlyStopping is not { } early || early.Metric != name) return;
        // Only the first value shows which of the earlier values were lost with the work after the checkpoint.
        if (isFirst) early.Continue(EarlierValues.Where(earlier => earlier.Step < point.Step).Select(earlier => earlier.Value));
        if (early.Observe(value) is { } reason) _stop(reason);
    }

    private string Intern(Utf8JsonReader reader)
    {
        Span<char> room = stackalloc char[MetricLine.MaxNameLength + 1];
        var length = reader.HasValueSequence || reader.ValueSpan.Length > MetricLine.MaxNameLength ? 0 : reader.CopyString(room);
        if (length == 0) return Redact(reader.GetString()!);
        if (_names.TryGetValue(room[..length], out var name)) return name;
        var written = room[..length].ToString();
        name = Redact(written);
        if (_names.Dictionary.Count < MaxMetrics) _names.Dictionary.Add(written, name);
        return name;
    }
}
