namespace Tenfold.Core.Studies;

/// <summary>Runs a sweep's best again with fresh seeds.</summary>
/// <param name="Top">How many of the best; at least 1. Default: 3.</param>
/// <param name="Repeat">How many runs of each; at least 2. Default: 10.</param>
public sealed record Confirmation(int Top = 3, int Repeat = 10);
