namespace Tenfold.Numerics.Statistics.Drift;

/// <summary>The values of a feature in a sample of independent requests: numbers, or names of categories.</summary>
/// <param name="Numbers">The numbers; all finite.</param>
/// <param name="Categories">The categories, such as the texts of a field.</param>
/// <param name="Missing">How many requests have no value.</param>
public sealed record FeatureSample(IReadOnlyList<double> Numbers, IReadOnlyList<string> Categories, long Missing = 0)
{
    /// <summary>The number of requests, including those without a value.</summary>
    public long Count => Numbers.Count + Categories.Count + Missing;
}

/// <summary>A feature of the reference and of the window.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reference">What is expected, for example the training data.</param>
/// <param name="Window">What came.</param>
public sealed record FeaturePair(string Name, FeatureSample Reference, FeatureSample Window);
