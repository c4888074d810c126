#pragma warning disable
namespace Tenfold.Core.Tuning.Model {
/// <summary>x</summary>
public sealed class Surrogate {
/// <summary>x</summary>
public static Surrogate? Fit(SearchSpace space, System.Collections.Generic.IReadOnlyList<Observation> o) => null;
/// <summary>x</summary>
public (double Mean, double StandardDeviation) Predict(ReadOnlySpan<double> point) => (0,0);
}}
