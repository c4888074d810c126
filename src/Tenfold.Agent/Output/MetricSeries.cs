using Tenfold.Core.Runs;

namespace Tenfold.Agent.Output;

/// <summary>Summarises one metric of one attempt in memory that does not grow with the number of values.</summary>
/// <param name="name">The metric's name.</param>
/// <param name="firstStep">The step of the first counted value.</param>
public sealed class MetricSeries(string name, long firstStep = 0)
{
    private const int MaxPoints = 256;

    private readonly List<MetricPoint> _points = new(MaxPoints);
    private long _count, _nonFinite, _stride = 1;
    private double _first, _min = double.NaN, _max = double.NaN;
    private MetricPoint _last;

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="step">Its step; null to count.</param>
    /// <returns>The step it was given.</returns>
    public long Add(double value, long? step)
    {
        _last = new MetricPoint(step ?? firstStep + _count, value);
        if (_count == 0) _first = value;
        if (!double.IsFinite(value)) _nonFinite++;
        else
        {
            if (!(_min <= value)) _min = value;
            if (!(_max >= value)) _max = value;
        }

        if (_count++ % _stride == 0)
        {
            if (_points.Count == MaxPoints) Thin();
            if ((_count - 1) % _stride == 0) _points.Add(_last);
        }

        return _last.Step;
    }

    /// <summary>True when the last value is this one, at this step.</summary>
    public bool EndsWith(long? step, double value) => _count > 0 && _last.Step == step && _last.Value.Equals(value);

    /// <summary>The summary so far.</summary>
    public MetricSummary Summary() => new()
    {
        Name = name,
        Count = _count,
        NonFinite = _nonFinite,
        First = _first,
        Last = _last.Value,
        Min = _min,
        Max = _max,
        LastStep = _last.Step,
        Series = _points.Count > 0 && _points[^1] == _last ? [.. _points] : [.. _points.Take(MaxPoints - 1), _last],
    };

    // Drops every second point, and from now on keeps half as many of the new values.
    private void Thin()
    {
        for (var i = 0; 2 * i < _points.Count; i++) _points[i] = _points[2 * i];
        _points.RemoveRange((_points.Count + 1) / 2, _points.Count / 2);
        _stride *= 2;
    }
}
