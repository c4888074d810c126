namespace Tenfold.Numerics.Statistics.Drift;

/// <summary>The largest distance between two empirical distribution functions, with its p-value.</summary>
/// <remarks>
/// <para>Ties make the p-value too large, never too small: a value that many requests share weakens the test.</para>
/// <para>Sources: Smirnov 1939; Hodges, "The significance probability of the Smirnov two-sample test", Ark. Mat. 3 (1958) for the exact
/// distribution by counting paths; Kolmogorov 1933 for its limit.</para>
/// </remarks>
public sealed record KolmogorovSmirnov
{
    private const long MostCells = 4_000_000;

    private KolmogorovSmirnov(double distance, double at, double pValue, bool isExact) =>
        (Distance, At, PValue, IsExact) = (distance, at, pValue, isExact);

    /// <summary>sup |F − G|, from 0 to 1.</summary>
    public double Distance { get; }

    /// <summary>The value at which the distributions are farthest apart.</summary>
    public double At { get; }

    /// <summary>The two-sided p-value, before any correction.</summary>
    public double PValue { get; }

    /// <summary>True for the exact distribution, which small samples use; false for Kolmogorov's limit.</summary>
    public bool IsExact { get; }

    /// <summary>Compares two samples.</summary>
    /// <param name="reference">Values; at least one, all finite, in any order.</param>
    /// <param name="window">Values; at least one, all finite, in any order.</param>
    /// <exception cref="ArgumentException">A sample is empty, or a value is NaN or infinite.</exception>
    public static KolmogorovSmirnov Of(IReadOnlyList<double> reference, IReadOnlyList<double> window)
    {
        double[] x = [.. Checked(reference, nameof(reference)).Order()], y = [.. Checked(window, nameof(window)).Order()];
        long n = x.Length, m = y.Length, most = 0;
        var at = x[0];
        for (int i = 0, j = 0; i < n && j < m;)
        {
            var value = Math.Min(x[i], y[j]);
            while (i < n && x[i] == value) i++;
            while (j < m && y[j] == value) j++;
            // In whole numbers, so that equal distances compare as equal.
            if (Math.Abs(i * m - j * n) is var gap && gap > most) (most, at) = (gap, value);
        }

        var isExact = n * m <= MostCells;
        var distance = (double)most / (n * m);
        return new(distance, at, isExact ? ExactTail(n, m, most) : Limit(distance * Math.Sqrt((double)n / (n + m) * m)), isExact);
    }

    /// <summary>P(√n D ≥ x) in the limit of large samples.</summary>
    internal static double Limit(double x)
    {
        if (x <= 0) return 1;
        if (x < 1)
        {
            // The series in 1/x², which converges where the other one does not.
            var below = 0.0;
            for (var k = 1; k <= 19; k += 2) below += Math.Exp(-k * k * Math.PI * Math.PI / (8 * x * x));
            return 1 - Math.Sqrt(2 * Math.PI) / x * below;
        }

        var tail = 0.0;
        for (var k = 1; k <= 10; k++) tail += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2.0 * k * k * x * x);
        return Math.Clamp(tail, 0, 1);
    }

    /// <summary>The share of all orders of n and m values whose largest gap |im − jn| is at least this.</summary>
    private static double ExactTail(long n, long m, long gap)
    {
        if (gap == 0) return 1;
        // In cell j of row i: the probability that a random order of i and j values touches the gap. Counts of orders would overflow.
        var touched = new double[m + 1];
        for (long i = 0; i <= n; i++)
        {
            for (long j = 0; j <= m; j++)
            {
                if (i + j == 0) continue;
                double left = j == 0 ? 0 : touched[j - 1] * j, up = i == 0 ? 0 : touched[j] * i;
                touched[j] = Math.Abs(i * m - j * n) >= gap ? 1 : (left + up) / (i + j);
            }
        }

        return touched[m];
    }

    private static IReadOnlyList<double> Checked(IReadOnlyList<double> values, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        if (values.Count == 0) throw new ArgumentException("A sample has at least one value.", name);
        return values.All(double.IsFinite) ? values : throw new ArgumentException("A value must be finite.", name);
    }
}
