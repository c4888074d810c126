using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics.Variance;

/// <summary>
/// Where the variance between runs comes from, estimated from blocks of runs: a base run in which every source is drawn anew, and for
/// each source a run in which only that source is drawn again.
/// </summary>
/// <remarks>
/// <para>A source's variance is half the mean square of its differences from the base runs. So it is the variance that the source adds
/// when the others are held fixed, averaged over what the others are held at. Source: M. J. W. Jansen, "Analysis of variance designs for
/// model output", Computer Physics Communications 117 (1999), 35–43. Together the sources vary no more than the sum of these variances,
/// and exactly as much if none depends on another (B. Efron and C. Stein, "The jackknife estimate of variance", Annals of Statistics 9
/// (1981), 586–596).</para>
/// <para>Tests and intervals are those of a χ² with f degrees of freedom, 2/f = (2 + g)/n. For normal values g is 0 and f is n; for others,
/// g is a multiple of the excess kurtosis of the differences, pooled over the sources and at least 0. The estimate is too small for few
/// pairs, hence the multiple. It is 2 in tests. An interval has ends of its own: a sample with a value far out shows that the variance may
/// be smaller, so the lower end takes 9 times the excess at the level 1.1·α. A sample without one can't show that the variance may be
/// larger, so the upper end takes the level 0.1·α, and 1 times the excess. Simulations chose these (docs/decisions/0050).</para>
/// </remarks>
public sealed record VarianceComponents
{
    /// <summary>The name of all sources together.</summary>
    public const string TogetherName = "together";

    private const double Level = 0.05;
    private const double TestExcess = 2;

    // How many times the excess kurtosis counts at each end of an interval, and which part of α lies beyond it.
    private static readonly (double Excess, double Share) Lower = (9, 1.1), Upper = (1, 0.1);

    /// <summary>The confidence of the intervals.</summary>
    public required double Confidence { get; init; }

    /// <summary>The sources, in the order given.</summary>
    public required IReadOnlyList<SourceVariance> Sources { get; init; }

    /// <summary>All sources together: the base runs.</summary>
    public required SourceVariance Together { get; init; }

    /// <summary>
    /// The standard deviation that the sum of the sources gives, in which the hardware counts once; null when a source has no variance.
    /// </summary>
    public required double? SumStandardDeviation { get; init; }

    /// <summary>
    /// The p-value of "the sum is no more than what all sources give together", one-sided by an F test; null when it can't be tested. The
    /// two share runs, so the test is rather too careful.
    /// </summary>
    public required double? SumPValue { get; init; }

    /// <summary>True when the sum is shown to exceed what all sources give together: the effect of a source depends on another.</summary>
    public bool IsSumTooLarge => SumPValue <= Level;

    /// <summary>
    /// The name of the source that is shown to vary more than each other source (F tests, Bonferroni over all pairs of sources); null
    /// when none is.
    /// </summary>
    public required string? Largest { get; init; }

    /// <summary>Computes the components.</summary>
    /// <param name="sources">The names of the sources; at least two.</param>
    /// <param name="blocks">The blocks, each with a value or null for every source.</param>
    /// <param name="hardware">The index of the source in which nothing is drawn anew; null when it was not varied.</param>
    /// <param name="confidence">The confidence of the intervals, above 0 and below 1.</param>
    /// <exception cref="ArgumentException">There are fewer than two sources, or a block has another number of them.</exception>
    public static VarianceComponents Of(
        IReadOnlyList<string> sources, IReadOnlyList<VarianceBlock> blocks, int? hardware = null, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(blocks);
        if (sources.Count < 2) throw new ArgumentException("Two sources are needed.", nameof(sources));
        if (blocks.Any(block => block.Redrawn.Count != sources.Count))
            throw new ArgumentException("A block needs a value or null for every source.", nameof(blocks));
        double[][] differences = [.. sources.Select((_, source) => DifferencesOf(blocks, source))];
        var excess = ExcessOf(differences);
        var measured = sources.Select((name, i) => Estimate(name, differences[i], excess, confidence)).ToArray();
        var noise = hardware is { } index ? measured[index] : null;
        var found = measured.Select((source, i) => i == hardware ? source : WithFinding(source, noise)).ToArray();
        double[] values = [.. blocks.Select(block => block.Base).OfType<double>()];
        var together = TogetherOf(values, excess, confidence);
        var (sum, sumDegrees) = SumOf(found, noise);
        return new()
        {
            Confidence = confidence,
            Sources = [.. found.Zip(SharesOf(found, noise), (source, share) => source with { Share = share })],
            Together = together,
            SumStandardDeviation = sum is { } total ? Math.Sqrt(Math.Max(0, total)) : null,
            SumPValue = sum is > 0 && together is { Variance: > 0 and var whole, DegreesOfFreedom: { } degrees }
                ? Tail(sum.Value / whole, sumDegrees, degrees) : null,
            Largest = LargestOf(found),
        };
    }

    private static double[] DifferencesOf(IReadOnlyList<VarianceBlock> blocks, int source) =>
        [.. blocks.Where(block => block.Base is not null && block.Redrawn[source] is not null)
            .Select(block => block.Redrawn[source]!.Value - block.Base!.Value)];

    private static double MeanSquare(double[] differences) => differences.Sum(one => one * one) / (2 * differences.Length);

    // The kurtosis about zero, corrected so that it is 3 on average for normal values.
    private static double ExcessOf(double[][] differences)
    {
        var kurtosis = differences.Where(one => one.Length > 1 && one.Any(value => value != 0)).Select(one =>
        {
            var scale = one.Max(Math.Abs);
            var squares = one.Select(value => value / scale * (value / scale)).ToArray();
            return (one.Length + 2) * squares.Sum(square => square * square) / Math.Pow(squares.Sum(), 2);
        }).DefaultIfEmpty(3).Average();
        return Math.Max(0, kurtosis - 3);
    }

    private static SourceVariance Estimate(string name, double[] differences, double excess, double confidence)
    {
        if (differences.Length < 2) return None(name, differences.Length);
        var (variance, n) = (MeanSquare(differences), differences.Length);
        return new()
        {
            Name = name,
            Count = differences.Length,
            Variance = variance,
            DegreesOfFreedom = Degrees(TestExcess),
            Interval = IntervalOf(variance, Degrees, confidence),
            Finding = variance == 0 ? SourceFinding.NoEffect : SourceFinding.Varies,
        };

        double Degrees(double times) => 2 * n / (2 + times * excess);
    }

    private static SourceVariance TogetherOf(double[] values, double excess, double confidence)
    {
        if (values.Length < 2) return None(TogetherName, values.Length);
        var (mean, n) = (values.Average(), values.Length);
        var variance = values.Min() == values.Max() ? 0 : values.Sum(value => (value - mean) * (value - mean)) / (n - 1);
        return new()
        {
            Name = TogetherName,
            Count = n,
            Variance = variance,
            DegreesOfFreedom = Degrees(TestExcess),
            Interval = IntervalOf(variance, Degrees, confidence),
            Finding = variance == 0 ? SourceFinding.NoEffect : SourceFinding.Varies,
        };

        double Degrees(double times) => 2 / (2.0 / (n - 1) + times * excess / n);
    }

    private static SourceVariance None(string name, int count) => new()
    {
        Name = name,
        Count = count,
        Variance = null,
        DegreesOfFreedom = null,
        Interval = null,
        Finding = SourceFinding.TooFew,
    };

    private static Interval? IntervalOf(double variance, Func<double, double> degreesAt, double confidence)
    {
        if (variance == 0) return null;
        var (alpha, below, above) = (1 - confidence, degreesAt(Lower.Excess), degreesAt(Upper.Excess));
        return new(
            Math.Sqrt(variance * below / ChiSquared.InvCDF(below, 1 - Math.Min(0.5, Lower.Share * alpha))),
            Math.Sqrt(variance * above / ChiSquared.InvCDF(above, Upper.Share * alpha)));
    }

    // A run that is repeated without any change differs too when the script isn't deterministic, and so do all other pairs.
    private static SourceVariance WithFinding(SourceVariance source, SourceVariance? noise)
    {
        if (source.Finding != SourceFinding.Varies || noise is not { Variance: > 0 }) return source;
        var p = Tail(
            source.Variance!.Value / noise.Variance.Value, source.DegreesOfFreedom!.Value, noise.DegreesOfFreedom!.Value);
        return p <= Level ? source : source with { Finding = SourceFinding.NotAboveHardware };
    }

    // The hardware is part of what every pair of runs differs by, so it is subtracted from the other sources.
    private static IReadOnlyList<double?> SharesOf(SourceVariance[] sources, SourceVariance? noise)
    {
        if (sources.Any(source => source.Variance is null)) return [.. sources.Select(_ => (double?)null)];
        double[] parts =
        [
            .. sources.Select(source => ReferenceEquals(source, noise) ? noise.Variance!.Value
                : Math.Max(0, source.Variance!.Value - (noise?.Variance ?? 0))),
        ];
        return [.. parts.Select(part => parts.Sum() > 0 ? part / parts.Sum() : (double?)null)];
    }

    // Satterthwaite's degrees of freedom of a sum, in which the hardware is subtracted from all sources but one.
    private static (double? Sum, double Degrees) SumOf(SourceVariance[] sources, SourceVariance? noise)
    {
        if (sources.Any(source => source.Variance is null)) return (null, 0);
        double sum = 0, uncertain = 0;
        foreach (var source in sources)
        {
            var weight = ReferenceEquals(source, noise) ? 2.0 - sources.Length : 1;
            var part = weight * source.Variance!.Value;
            sum += part;
            uncertain += part * part / source.DegreesOfFreedom!.Value;
        }

        return (sum, uncertain > 0 ? sum * sum / uncertain : 0);
    }

    private static string? LargestOf(SourceVariance[] sources)
    {
        if (sources.MaxBy(source => source.Variance) is not { Variance: > 0 } largest) return null;
        var level = Level / (sources.Length * (sources.Length - 1));
        return sources.Where(other => !ReferenceEquals(other, largest)).All(other => other.Variance is { } variance
            && (variance == 0 || Tail(
                largest.Variance.Value / variance, largest.DegreesOfFreedom!.Value, other.DegreesOfFreedom!.Value) <= level))
            ? largest.Name : null;
    }

    private static double Tail(double ratio, double degrees, double ofDegrees) =>
        MathNet.Numerics.SpecialFunctions.BetaRegularized(ofDegrees / 2, degrees / 2, ofDegrees / (ofDegrees + degrees * ratio));
}
