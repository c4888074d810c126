namespace Tenfold.Numerics.Statistics.Drift;

/// <summary>Bins that are cut where the reference has about equally many values, so that no later window can move them.</summary>
public sealed class QuantileBins
{
    private readonly double[] _upperEnds;

    private QuantileBins(double[] upperEnds) => _upperEnds = upperEnds;

    /// <summary>The number of bins; at least 1.</summary>
    public int Count => _upperEnds.Length + 1;

    /// <summary>Cuts bins.</summary>
    /// <param name="reference">The reference's values; at least one, all finite.</param>
    /// <param name="most">The largest number of bins; there are fewer when values repeat. Default 10.</param>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static QuantileBins Of(IReadOnlyList<double> reference, int most = 10)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (reference.Count == 0) throw new ArgumentException("A sample has at least one value.", nameof(reference));
        double[] sorted = [.. reference.Order()];
        var ends = Enumerable.Range(1, most - 1).Select(i => sorted[(int)((long)i * sorted.Length / most)]);
        // The bin of the largest value needs no end.
        return new([.. ends.Distinct().Where(end => end < sorted[^1])]);
    }

    /// <summary>Counts values in each bin. A bin includes its upper end.</summary>
    public long[] CountsOf(IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var counts = new long[Count];
        foreach (var value in values)
        {
            var index = Array.BinarySearch(_upperEnds, value);
            counts[index < 0 ? ~index : index]++;
        }

        return counts;
    }
}
