using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Keys;

namespace Tenfold.Projects;

/// <summary>A hyper-parameter search: the <c>sweep</c> part.</summary>
public sealed record Sweep
{
    /// <summary>The default number of trials, unless the method is a grid.</summary>
    public const int DefaultTrials = 50;

    /// <summary>The search method. Default: <see cref="SweepMethod.Auto"/>.</summary>
    public SweepMethod Method { get; init; }

    /// <summary>
    /// The space by parameter name, in the order of the file. It may contain parameters that <c>train.params</c> doesn't declare; only
    /// trials have them.
    /// </summary>
    public required IReadOnlyDictionary<string, SearchDimension> Parameters { get; init; }

    /// <summary>Combinations that are never tried: parameters with the values that they must not have together. Default: none.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, IReadOnlyList<ParameterValue>>> Forbidden { get; init; } = [];

    /// <summary>The number of points to try; null: 50, or all points for <see cref="SweepMethod.Grid"/>.</summary>
    public int? Trials { get; init; }

    /// <summary>The number of trials that run in parallel; null: as many as the target allows.</summary>
    public int? Parallel { get; init; }

    /// <summary>The number of runs of each trial, each with its own seed. Default: 1.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>
    /// True: the next batch of trials starts when all trials of the last batch have ended. False, the default: a new trial starts whenever
    /// one ends.
    /// </summary>
    public bool Synchronous { get; init; }

    /// <summary>
    /// True: the search divides the improvement that it expects of a point by the time that it expects a trial to take there. Default:
    /// false.
    /// </summary>
    public bool CostAware { get; init; }

    /// <summary>The seed from which every random choice and the trials' own seeds are derived. Default: 0.</summary>
    public long Seed { get; init; }

    /// <summary>The rule that prunes trials; null: no trial is pruned.</summary>
    public Pruning? Prune { get; init; }

    /// <summary>What the sweep may spend; null: no limit.</summary>
    public Budget? Budget { get; init; }

    /// <summary>How the best points are run again with fresh seeds; null: they are not.</summary>
    public Confirmation? Confirm { get; init; }

    /// <summary>The settings that the winner is compared with, as far as they differ from <c>train.params</c>; null: those.</summary>
    public Parameters? Baseline { get; init; }

    /// <summary>Points to try first. A point may leave out parameters.</summary>
    public IReadOnlyList<Parameters> Start { get; init; } = [];

    /// <summary>The metrics that are optimised at once, instead of <c>train.metric</c>. Default: none.</summary>
    public IReadOnlyList<MetricSpec> Objectives { get; init; } = [];

    /// <summary>Limits on other metrics than the one that decides. Default: none.</summary>
    public IReadOnlyList<MetricLimit> Constraints { get; init; } = [];

    /// <summary>An earlier study of the project to learn from, by id; null: none.</summary>
    public string? From { get; init; }

    /// <summary>
    /// Contradictions in this sweep, each in a sentence; empty when there are none. The reader refuses a file with contradictions, so these
    /// come from options on the command line, such as <c>--method grid</c> for a continuous space.
    /// </summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. Grid.Problems(this).Select(problem => problem.Message), .. ObjectiveChecks.Problems(this).Select(problem => problem.Message),
        .. CostAwareProblem() is { } problem ? [problem] : Array.Empty<string>(),
    ];

    /// <summary>Why the method can't be cost-aware; null when it can, or need not.</summary>
    internal string? CostAwareProblem() => !CostAware || Method is SweepMethod.Auto or SweepMethod.LogEI ? null
        : $"cost_aware needs an expected improvement, which method: {Method.ToString().ToLowerInvariant()} does not compute; "
            + "use method: auto, or leave out cost_aware";
}
