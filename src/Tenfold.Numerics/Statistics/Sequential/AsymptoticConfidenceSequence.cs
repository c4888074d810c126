namespace Tenfold.Numerics.Statistics.Sequential;

/// <summary>
/// An interval around an estimate that holds at all times at once: the chance that it ever excludes the true value is about
/// <see cref="Alpha"/>, however often one looks. A fixed-time interval such as Student's makes that promise for one look only.
/// </summary>
/// <remarks>
/// <para>It is asymptotic, like an interval from the central limit theorem: the units must be independent, and the first look must come
/// late enough. <see cref="SequentialComparison"/> takes care of the first look.</para>
/// <para>Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence
/// sequences", arXiv 2103.06476 v7: equation 9 with the ρ that makes it tightest.</para>
/// </remarks>
public sealed class AsymptoticConfidenceSequence
{
    /// <summary>Makes a sequence.</summary>
    /// <param name="alpha">The chance that the interval ever excludes the true value; above 0, below 0.5. Default 0.05.</param>
    /// <param name="tightestAt">
    /// The number of units at which the interval is tightest beside others of its kind; at least 1. It must be fixed before the first unit.
    /// Default 5,000.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public AsymptoticConfidenceSequence(double alpha = 0.05, double tightestAt = 5000)
    {
        if (alpha is not (> 0 and < 0.5)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha lies between 0 and 0.5.");
        if (!(tightestAt >= 1 && double.IsFinite(tightestAt)))
            throw new ArgumentOutOfRangeException(nameof(tightestAt), tightestAt, "The interval is tightest at one unit or more.");
        (Alpha, TightestAt) = (alpha, tightestAt);
    }

    /// <summary>The chance that the interval ever excludes the true value.</summary>
    public double Alpha { get; }

    /// <summary>The number of units at which the interval is tightest.</summary>
    public double TightestAt { get; }

    /// <summary>Half the width of the two-sided interval.</summary>
    /// <param name="standardError">The estimate's standard error, in its unit; at least 0.</param>
    /// <param name="n">The number of units behind the estimate; above 0, need not be whole.</param>
    /// <remarks>Equation 9, with σ̂ = standard error · √n.</remarks>
    public double Radius(double standardError, double n)
    {
        var time = n * RhoSquared();
        return standardError * Math.Sqrt(2 * (time + 1) / time * (Math.Log(time + 1) / 2 - Math.Log(Alpha)));
    }

    /// <summary>The two-sided p-value at this look. It is at most alpha when the interval excludes the null hypothesis.</summary>
    /// <param name="z">The estimate, less its value under the null hypothesis, over its standard error.</param>
    /// <param name="n">The number of units behind the estimate; above 0, need not be whole.</param>
    /// <remarks>1 / E, with the normal mixture E = exp(ρ²z²n / (2(nρ² + 1))) / √(nρ² + 1).</remarks>
    public double PValue(double z, double n)
    {
        var time = n * RhoSquared();
        return Math.Exp(Math.Min(0, Math.Log(time + 1) / 2 - z * z * time / (2 * (time + 1))));
    }

    private double RhoSquared()
    {
        var log = -2 * Math.Log(Alpha);
        return (log + Math.Log(log + 1)) / TightestAt;
    }
}
