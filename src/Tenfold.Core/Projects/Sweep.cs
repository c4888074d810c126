namespace Tenfold.Core.Projects;

/// <summary>A hyper-parameter search: the <c>sweep</c> part.</summary>
public sealed record Sweep
{
    /// <summary>How the next point is chosen. Default: <see cref="SweepMethod.Auto"/>.</summary>
    public SweepMethod Method { get; init; }

    /// <summary>The space, by parameter, in the order of the file; perhaps with names that <c>train.params</c> does not declare: then only trials have them.</summary>
    public required IReadOnlyDictionary<string, SearchDimension> Parameters { get; init; }

    /// <summary>How many points are tried; null: 50, or all of them for <see cref="SweepMethod.Grid"/>.</summary>
    public int? Trials { get; init; }

    /// <summary>How many trials run at once; null: as many as the target runs at once.</summary>
    public int? Parallel { get; init; }

    /// <summary>How many runs, each with its own seed, make a trial. Default: 1.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>When a trial is ended early. Default: never.</summary>
    public PruningRule Prune { get; init; }

    /// <summary>How the best are run again with fresh seeds; null: they are not.</summary>
    public Confirmation? Confirm { get; init; }

    /// <summary>Points to begin with, perhaps of some parameters only.</summary>
    public IReadOnlyList<Parameters> Start { get; init; } = [];

    /// <summary>An earlier study of the project to learn from, by id; null: none.</summary>
    public string? From { get; init; }
}

/// <summary>How a sweep chooses its next point.</summary>
public enum SweepMethod
{
    /// <summary>Chosen by the space, the noise and the number of trials.</summary>
    Auto,

    /// <summary>Independent uniform points.</summary>
    Random,

    /// <summary>A scrambled Sobol sequence.</summary>
    Sobol,

    /// <summary>Every combination; ranges need a step.</summary>
    Grid,

    /// <summary>The optimum of one posterior draw for each freed worker.</summary>
    Thompson,

    /// <summary>Log expected improvement, running trials as believers.</summary>
    LogEI,

    /// <summary>Tree-structured Parzen estimator.</summary>
    Tpe,
}

/// <summary>When a sweep ends a trial early.</summary>
public enum PruningRule
{
    /// <summary>Never.</summary>
    None,

    /// <summary>Asynchronous successive halving, η = 3.</summary>
    Asha,

    /// <summary>Worse than the median of earlier trials at the same step.</summary>
    Median,
}

/// <summary>Runs a sweep's best again with fresh seeds.</summary>
/// <param name="Top">How many of the best; at least 1. Default: 3.</param>
/// <param name="Repeat">How many runs of each; at least 2. Default: 10.</param>
public sealed record Confirmation(int Top = 3, int Repeat = 10);
