namespace Tenfold.Numerics.Tuning.Forecasts;

/// <summary>What a trial measured on its way: its values at the steps at which trials are compared.</summary>
/// <param name="Trial">The number of the trial.</param>
/// <param name="Point">The snapped point of the trial.</param>
/// <param name="Values">The values by step, in ascending order of the steps; larger is better.</param>
public sealed record EarlyValues(int Trial, double[] Point, IReadOnlyList<EarlyValue> Values);

/// <summary>The value of a trial at a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Value">The value there; larger is better. NaN where it was not finite.</param>
public sealed record EarlyValue(long Step, double Value);
