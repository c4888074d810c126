namespace Tenfold.Numerics.Statistics.Sequential;

/// <summary>The count, mean, variance and skewness of the values of independent units, such as the users of one arm.</summary>
/// <remarks>
/// Source: Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments", Sandia
/// report SAND2008-6212, equations 2.1 to 2.3.
/// </remarks>
public sealed record UnitMoments
{
    private readonly double _squares;
    private readonly double _cubes;

    private UnitMoments(long count, double mean, double squares, double cubes) =>
        (Count, Mean, _squares, _cubes) = (count, mean, squares, cubes);

    /// <summary>No unit.</summary>
    public static UnitMoments None { get; } = new(0, 0, 0, 0);

    /// <summary>The number of units.</summary>
    public long Count { get; }

    /// <summary>The mean; 0 without units.</summary>
    public double Mean { get; }

    /// <summary>The sample variance, with divisor n − 1; 0 for fewer than two units.</summary>
    public double Variance => Count < 2 ? 0 : _squares / (Count - 1);

    /// <summary>
    /// The square of the skewness. A rare event of probability p has about 1/p, so <c>Count / SkewnessSquared</c> is about the number of
    /// rare events. 0 without spread.
    /// </summary>
    public double SkewnessSquared => _squares > 0 ? Count * (_cubes / _squares) * (_cubes / _squares) / _squares : 0;

    /// <summary>The moments of values.</summary>
    /// <param name="values">The value of each unit; all finite.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public static UnitMoments Of(IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        long count = 0;
        double mean = 0, squares = 0, cubes = 0;
        foreach (var value in values)
        {
            if (!double.IsFinite(value)) throw new ArgumentException($"A value must be finite, not {value}.", nameof(values));
            count++;
            var step = (value - mean) / count;
            var spread = (value - mean) * step * (count - 1);
            cubes += spread * step * (count - 2) - 3 * step * squares;
            squares += spread;
            mean += step;
        }

        return new(count, mean, squares, cubes);
    }

    /// <summary>The moments of a sample of zeros and ones.</summary>
    /// <param name="count">The number of units; at least 0.</param>
    /// <param name="ones">How many of them have the value 1; at most <paramref name="count"/>.</param>
    public static UnitMoments OfEvents(long count, long ones)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ones);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ones, count);
        if (count == 0) return None;
        var p = (double)ones / count;
        return new(count, p, count * p * (1 - p), count * p * (1 - p) * (1 - 2 * p));
    }

    /// <summary>The moments of all units of two samples.</summary>
    public UnitMoments Join(UnitMoments other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Count == 0) return other;
        if (other.Count == 0) return this;
        double n = Count + other.Count, step = other.Mean - Mean;
        var (a, b) = (Count / n, other.Count / n);
        var squares = _squares + other._squares + step * step * a * other.Count;
        var cubes = _cubes + other._cubes + step * step * step * a * other.Count * (a - b) + 3 * step * (a * other._squares - b * _squares);
        return new(Count + other.Count, Mean + step * b, squares, cubes);
    }
}
