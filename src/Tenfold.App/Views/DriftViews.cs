using Tenfold.App.Serving.Drift;
using Tenfold.Numerics.Statistics.Drift;
using Tenfold.Reports.Text;

namespace Tenfold.App.Views;

// The shapes of --json; docs/json.md describes every field. Programs read them: a field may be added, never changed or removed.
#pragma warning disable MA0048

/// <summary>How a window of requests differs from what is expected, in <c>requests --drift</c>.</summary>
public sealed record DriftView(
    string Model, string Version, DateTimeOffset Since, string Against, double Alpha, IReadOnlyList<FeatureDriftView> Features,
    IReadOnlyList<string> LeftOut)
{
    /// <summary>The view of a comparison.</summary>
    public static DriftView Of(DriftResult drift) => new(
        drift.Model, drift.Version, drift.Since, drift.Against, drift.Report.Alpha,
        [.. drift.Report.Features.Select(FeatureDriftView.Of)], drift.LeftOut);
}

/// <summary>How a feature differs.</summary>
public sealed record FeatureDriftView(
    string Name, string Kind, string Verdict, long N, long ReferenceN, double Missing, double ReferenceMissing, double? Distance,
    double? PopulationStability, double? PopulationStabilityExpected, double? PValue, double? AdjustedPValue)
{
    /// <summary>The view of a feature.</summary>
    public static FeatureDriftView Of(FeatureDrift feature) => new(
        feature.Name, feature.IsCategorical ? "categories" : "numbers", DriftText.Word(feature.Verdict), feature.Window, feature.Reference,
        feature.WindowMissing, feature.ReferenceMissing, feature.Distance, feature.Stability?.Index, feature.Stability?.Expected,
        feature.PValue, feature.AdjustedPValue);
}
