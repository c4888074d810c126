using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Projects;

/// <summary>A hyper-parameter search: the <c>sweep</c> part.</summary>
public sealed record Sweep
{
    /// <summary>How many points are tried when nothing is said, but for a grid.</summary>
    public const int DefaultTrials = 50;

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

    /// <summary>True when trials are asked in batches, each after all of the last have ended; false: one for each that ends.</summary>
    public bool Synchronous { get; init; }

    /// <summary>The seed from which every random choice and the trials' own seeds are derived. Default: 0.</summary>
    public long Seed { get; init; }

    /// <summary>When a trial is ended early; null: never.</summary>
    public Pruning? Prune { get; init; }

    /// <summary>What may be spent; null: no bound.</summary>
    public Budget? Budget { get; init; }

    /// <summary>How the best are run again with fresh seeds; null: they are not.</summary>
    public Confirmation? Confirm { get; init; }

    /// <summary>Points to begin with, perhaps of some parameters only.</summary>
    public IReadOnlyList<Parameters> Start { get; init; } = [];

    /// <summary>An earlier study of the project to learn from, by id; null: none.</summary>
    public string? From { get; init; }

    /// <summary>
    /// What of this sweep goes against itself, each in a sentence; empty when nothing does. The file was checked for it, so only a command
    /// line's options on top can have brought it about, as <c>--method grid</c> for a space that has no grid.
    /// </summary>
    public IReadOnlyList<string> Problems() => [.. Grid.Problems(this).Select(problem => problem.Message)];
}
