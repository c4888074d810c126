using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Keys;

namespace Tenfold.Projects;

/// <summary>A hyper-parameter search: the <c>sweep</c> part.</summary>
public sealed record Sweep
{
    /// <summary>How many points are tried by default, unless the method is a grid.</summary>
    public const int DefaultTrials = 50;

    /// <summary>How the next point is chosen. Default: <see cref="SweepMethod.Auto"/>.</summary>
    public SweepMethod Method { get; init; }

    /// <summary>
    /// The space, by parameter, in the order of the file. It may name parameters that <c>train.params</c> does not declare; only trials
    /// have those.
    /// </summary>
    public required IReadOnlyDictionary<string, SearchDimension> Parameters { get; init; }

    /// <summary>How many points are tried; null: 50, or all of them for <see cref="SweepMethod.Grid"/>.</summary>
    public int? Trials { get; init; }

    /// <summary>How many trials run at once; null: as many as the target runs at once.</summary>
    public int? Parallel { get; init; }

    /// <summary>How many runs, each with its own seed, make a trial. Default: 1.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>
    /// True: the next batch of trials starts when the whole last batch has ended. False: each trial that ends is followed by another.
    /// Default: false.
    /// </summary>
    public bool Synchronous { get; init; }

    /// <summary>The seed from which every random choice and the trials' own seeds are derived. Default: 0.</summary>
    public long Seed { get; init; }

    /// <summary>When a trial is ended early; null: never.</summary>
    public Pruning? Prune { get; init; }

    /// <summary>What may be spent; null: no bound.</summary>
    public Budget? Budget { get; init; }

    /// <summary>How the best points are run again with fresh seeds; null: not at all.</summary>
    public Confirmation? Confirm { get; init; }

    /// <summary>Points to try first. A point may leave out parameters.</summary>
    public IReadOnlyList<Parameters> Start { get; init; } = [];

    /// <summary>An earlier study of the project to learn from, by id; null: none.</summary>
    public string? From { get; init; }

    /// <summary>
    /// Contradictions in this sweep, each in a sentence; empty when there are none. The reader refuses a file that has any, so that they
    /// come from options on the command line, such as <c>--method grid</c> for a space that has no grid.
    /// </summary>
    public IReadOnlyList<string> Problems() => [.. Grid.Problems(this).Select(problem => problem.Message)];
}
