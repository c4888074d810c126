using System.Globalization;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>The result of a fit: the transform of the values, and the hyper-parameters for the transformed values.</summary>
internal sealed record FittedModel(ValueTransform Scale, HyperParameters Parameters)
{
    /// <summary>Fits a model to rows; null when their values are all equal.</summary>
    public static FittedModel? Of(Embedding embedding, IReadOnlyList<ModelRow> rows)
    {
        if (ValueTransform.Of(rows) is not { } scale) return null;
        return new FittedModel(scale, HyperParameterFit.Of(embedding, scale.Scaled(rows), [.. rows.Select(row => scale.Apply(row.Value))]));
    }

    /// <summary>The fit as a line of numbers, from which <see cref="Read"/> makes exactly this fit.</summary>
    public string Write() => string.Join(' ', new[]
    {
        Scale.Center, Scale.Spread, Scale.Knee, Scale.Width, Scale.Min, Parameters.Variance, Parameters.Noise,
    }.Concat(Parameters.LengthScales).Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="text">The line.</param>
    /// <param name="axes">The number of axes of the space.</param>
    /// <returns>The fit; null when the line is damaged.</returns>
    public static FittedModel? Read(string text, int axes)
    {
        var numbers = new List<double>();
        foreach (var word in text.Split(' '))
        {
            if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                return null;
            numbers.Add(number);
        }

        if (numbers.Count != 7 + axes || numbers[1] <= 0 || numbers[3] <= 0 || numbers[5..].Exists(number => number <= 0)) return null;
        return new FittedModel(
            new ValueTransform(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]),
            new HyperParameters([.. numbers[7..]], numbers[5], numbers[6]));
    }
}
