namespace Tenfold.Numerics.Statistics.Variance;

/// <summary>A base run, and the runs that differ from it in one source of variance each.</summary>
/// <param name="Base">The base run's value; null when it has none that counts.</param>
/// <param name="Redrawn">For each source in turn, the value of the run in which only that source was drawn anew; null for none.</param>
public sealed record VarianceBlock(double? Base, IReadOnlyList<double?> Redrawn);
