using System.Globalization;

namespace Tenfold.Numerics.Statistics.Drift;

/// <summary>
/// Compares the features of a window of requests with a reference, one by one. The chance of at least one false verdict is at most alpha
/// for one window; every further window has that chance again.
/// </summary>
/// <remarks>
/// Requests must be independent: take one request of each user. Sources: <see cref="KolmogorovSmirnov"/>,
/// <see cref="PopulationStability"/>, <see cref="Holm"/>.
/// </remarks>
/// <param name="Features">The features, in the given order.</param>
/// <param name="Alpha">The chance of at least one false verdict.</param>
public sealed record DriftReport(IReadOnlyList<FeatureDrift> Features, double Alpha)
{
    /// <summary>Compares features.</summary>
    /// <param name="features">The features; may be empty.</param>
    /// <param name="options">Null: <see cref="DriftOptions"/> with its defaults.</param>
    public static DriftReport Of(IReadOnlyList<FeaturePair> features, DriftOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        options ??= new();
        FeatureDrift[] tested = [.. features.Select(feature => Test(feature, options))];
        var adjusted = new Queue<double>(Holm.Adjust([.. tested.Select(one => one.PValue).OfType<double>()]));
        return new([.. tested.Select(one => one.PValue is null ? one : Judged(one, adjusted.Dequeue(), options))], options.Alpha);
    }

    private static FeatureDrift Judged(FeatureDrift feature, double adjusted, DriftOptions options)
    {
        var missing = Math.Abs(feature.ReferenceMissing - feature.WindowMissing);
        var distance = Math.Max(feature.Distance ?? 0, missing);
        var verdict = adjusted > options.Alpha ? DriftVerdict.NotShown
            : distance < options.SmallDistance ? DriftVerdict.SmallShift : DriftVerdict.Shift;
        return feature with { AdjustedPValue = adjusted, Verdict = verdict };
    }

    private static FeatureDrift Test(FeaturePair feature, DriftOptions options)
    {
        var (reference, window) = (feature.Reference, feature.Window);
        var isCategorical = reference.Categories.Count + window.Categories.Count > 0
            || reference.Numbers.Distinct().Take(options.MostDiscreteValues + 1).Count() <= options.MostDiscreteValues;
        var untested = new FeatureDrift
        {
            Name = feature.Name,
            Verdict = DriftVerdict.NotTested,
            IsCategorical = isCategorical,
            Reference = reference.Count,
            Window = window.Count,
            ReferenceMissing = reference.Count == 0 ? 0 : (double)reference.Missing / reference.Count,
            WindowMissing = window.Count == 0 ? 0 : (double)window.Missing / window.Count,
        };
        if (Math.Min(reference.Count, window.Count) < options.FewestRequests) return untested;
        var hasValues = reference.Count > reference.Missing && window.Count > window.Missing;
        var tested = !hasValues ? untested
            : isCategorical ? TestCategories(untested, reference, window) : TestNumbers(untested, reference, window);
        return reference.Missing + window.Missing == 0 ? tested : WithMissing(tested, reference, window);
    }

    private static FeatureDrift TestNumbers(FeatureDrift feature, FeatureSample reference, FeatureSample window)
    {
        var bins = QuantileBins.Of(reference.Numbers);
        var test = KolmogorovSmirnov.Of(reference.Numbers, window.Numbers);
        return feature with
        {
            Distance = test.Distance,
            PValue = test.PValue,
            Stability = PopulationStability.Of(bins.CountsOf(reference.Numbers), bins.CountsOf(window.Numbers)),
        };
    }

    private static FeatureDrift TestCategories(FeatureDrift feature, FeatureSample reference, FeatureSample window)
    {
        var (expected, seen) = (CountsOf(reference), CountsOf(window));
        string[] names = [.. expected.Keys.Union(seen.Keys).Order(StringComparer.Ordinal)];
        long[] before = [.. names.Select(name => expected.GetValueOrDefault(name))];
        long[] after = [.. names.Select(name => seen.GetValueOrDefault(name))];
        var stability = PopulationStability.Of(before, after);
        // One bin is left of texts that hardly repeat, such as names or free text.
        if (stability.Bins < 2 && names.Length > 1) return feature;
        double n = before.Sum(), m = after.Sum();
        return feature with
        {
            Distance = before.Zip(after, (a, b) => Math.Abs(a / n - b / m)).Sum() / 2,
            PValue = stability.PValue,
            Stability = stability,
        };
    }

    private static FeatureDrift WithMissing(FeatureDrift feature, FeatureSample reference, FeatureSample window)
    {
        var missing = PopulationStability.Of(
            [reference.Missing, reference.Count - reference.Missing], [window.Missing, window.Count - window.Missing]);
        return feature with { PValue = feature.PValue is { } p ? Math.Min(1, 2 * Math.Min(p, missing.PValue)) : missing.PValue };
    }

    private static Dictionary<string, long> CountsOf(FeatureSample sample)
    {
        var numbers = sample.Numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture));
        return sample.Categories.Concat(numbers).CountBy(name => name, StringComparer.Ordinal)
            .ToDictionary(one => one.Key, one => (long)one.Value, StringComparer.Ordinal);
    }
}
