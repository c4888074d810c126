namespace Tenfold.Core.Studies;

/// <summary>How a sweep's best trials are run again with fresh seeds.</summary>
/// <param name="Top">How many of the best trials are confirmed; at least 1. Default: 3.</param>
/// <param name="Repeat">How many runs each of them gets; at least 2. Default: 10.</param>
public sealed record Confirmation(int Top = 3, int Repeat = 10);
