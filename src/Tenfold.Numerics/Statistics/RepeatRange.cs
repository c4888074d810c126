namespace Tenfold.Numerics.Statistics;

/// <summary>A range of further repeats.</summary>
/// <param name="Low">The fewest; at least 0.</param>
/// <param name="High">The most; null when more than a million.</param>
public readonly record struct RepeatRange(int Low, int? High);
