using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Output;

/// <summary>
/// Finds the metrics in a command's output, sums them up and passes the full series on. Safe for several threads at once.
/// </summary>
public sealed class MetricRecorder
{
    private const int MaxMetrics = 1000, MaxPatternBytes = 16 * 1024, MaxTimeouts = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, MetricSeries> _series = [];
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _names =
        new Dictionary<string, string>().GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly List<(string Name, Regex Pattern)> _patterns;
    private readonly EarlyStoppingRule? _earlyStopping;
    private readonly SegmentBuffer _buffer;
    private readonly TimeProvider _time;
    private readonly Action<Reason> _stop;
    private readonly Func<Utf8JsonReader, string> _intern;
    private readonly Dictionary<string, int> _timeouts = [];
    private long _ignored;
    private string? _firstIgnored;

    /// <summary>Starts with no metrics.</summary>
    /// <param name="spec">The patterns and the rule for stopping early.</param>
    /// <param name="buffer">Where the full series goes.</param>
    /// <param name="stop">Called, once or more, with the reason when early stopping says so.</param>
    /// <param name="time">The clock.</param>
    public MetricRecorder(WorkSpec spec, SegmentBuffer buffer, Action<Reason> stop, TimeProvider time)
    {
        _patterns =
            [.. spec.MetricPatterns.Select(
                pattern => (pattern.Key, new Regex(pattern.Value, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(200))))];
        _earlyStopping = spec.EarlyStopping is { } early ? new EarlyStoppingRule(early) : null;
        (_buffer, _stop, _time, _intern) = (buffer, stop, time, Intern);
    }

    /// <summary>How many values were recorded.</summary>
    public long Changes { get; private set; }

    /// <summary>Lines that looked like metrics and were not, told once; null when there were none.</summary>
    public Warning? Warning
    {
        get
        {
            lock (_gate) return _ignored == 0 ? null : new Warning.MetricsNotUnderstood(_ignored, _firstIgnored!);
        }
    }

    /// <summary>Records the metrics in a whole line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="isStandardOutput">JSON metrics count on standard output only; patterns are matched in both.</param>
    public void Record(ReadOnlySpan<byte> line, bool isStandardOutput)
    {
        if (isStandardOutput && MetricLine.MayBe(line))
        {
            lock (_gate)
            {
                if (MetricLine.Parse(line, _intern, out var fault) is { } metric) Add(metric.Name, metric.Value, metric.Step);
                else Ignore(line, fault);
            }

            return;
        }

        if (_patterns.Count > 0 && line.Length <= MaxPatternBytes) RecordPatterns(line);
    }

    /// <summary>The summaries so far.</summary>
    public List<MetricSummary> Summaries()
    {
        lock (_gate) return [.. _series.Values.Select(series => series.Summary())];
    }

    private void RecordPatterns(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        foreach (var (name, pattern) in _patterns)
        {
            if (IsGivenUp(name)) continue;
            try
            {
                for (var match = pattern.Match(text); match.Success; match = match.NextMatch())
                {
                    lock (_gate)
                    {
                        if (MetricLine.ParseNumber(match.Groups[1].Value) is { } value) Add(name, value, step: null);
                        else Ignore(line, $"'{match.Groups[1].Value}', which the pattern of {name} found, is not a number");
                    }
                }
            }
            catch (RegexMatchTimeoutException)
            {
                lock (_gate)
                {
                    _timeouts[name] = _timeouts.GetValueOrDefault(name) + 1;
                    Ignore(line,
                        $"the pattern of {name} takes too long on it; make it simpler. After {MaxTimeouts} such lines it is given up");
                }
            }
        }
    }

    // The script waits while a line is matched. A pattern that is too slow again and again would slow the script down for nothing.
    private bool IsGivenUp(string name)
    {
        lock (_gate) return _timeouts.GetValueOrDefault(name) >= MaxTimeouts;
    }

    private void Add(string name, double value, long? step)
    {
        if (!_series.TryGetValue(name, out var series))
        {
            if (_series.Count == MaxMetrics)
            {
                Ignore(Encoding.UTF8.GetBytes(name), $"there are more than {MaxMetrics} metrics");
                return;
            }

            _series.Add(name, series = new MetricSeries(name));
        }

        Changes++;
        var point = new MetricPoint(series.Add(value, step), value);
        _buffer.Append((Time: _time.GetUtcNow().ToUnixTimeMilliseconds(), Name: name, Point: point), static (record, writer) =>
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
        if (_earlyStopping is { } early && early.Metric == name && early.Observe(value) is { } reason) _stop(reason);
    }

    private void Ignore(ReadOnlySpan<byte> line, string fault)
    {
        _ignored++;
        _firstIgnored ??= $"{Encoding.UTF8.GetString(line[..Math.Min(line.Length, 120)])} ({fault})";
    }

    private string Intern(Utf8JsonReader reader)
    {
        Span<char> room = stackalloc char[MetricLine.MaxNameLength + 1];
        var length = reader.HasValueSequence || reader.ValueSpan.Length > MetricLine.MaxNameLength ? 0 : reader.CopyString(room);
        if (length == 0) return reader.GetString()!;
        if (_names.TryGetValue(room[..length], out var name)) return name;
        name = room[..length].ToString();
        if (_names.Dictionary.Count < MaxMetrics) _names.Dictionary.Add(name, name);
        return name;
    }
}
