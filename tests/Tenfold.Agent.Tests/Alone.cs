namespace Tenfold.Agent.Tests;

/// <summary>
/// Tests beside which no others run: what those start would hold the locks of these for an instant, between fork and exec.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
