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
}
