using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>What a fit found: how values are scaled, and the hyper-parameters for values so scaled.</summary>
internal sealed record FittedModel(ValueScale Scale, HyperParameters Parameters)
{
    /// <summary>The fit of some rows; null when their values are all the same.</summary>
    public static FittedModel? Of(Embedding embedding, IReadOnlyList<ModelRow> rows)
    {
        if (ValueScale.Of(rows) is not { } scale) return null;
        return new FittedModel(scale, HyperParameterFit.Of(embedding, rows, [.. rows.Select(row => scale.Apply(row.Value))]));
    }
}
