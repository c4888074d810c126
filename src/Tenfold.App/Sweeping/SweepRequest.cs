using Tenfold.Core.Queueing;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;

namespace Tenfold.App.Sweeping;

/// <summary>What a user asks for with <c>tenfold sweep</c>. Null leaves a setting to <c>tenfold.yaml</c>.</summary>
public sealed record SweepRequest
{
    /// <summary>The most points of a study, and the most runs of a trial or trials at once.</summary>
    public const int MaxTrials = 1_000_000, MaxRuns = 10_000;

    /// <summary>The project's folder; null for the project in this folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Parameters, each <c>name=value</c>. A parameter of the sweep becomes fixed.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>True to plan and store nothing.</summary>
    public bool IsTrial { get; init; }

    /// <summary>Environment variables, as for <c>fit</c>.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>The target's name; null for this machine.</summary>
    public string? On { get; init; }

    /// <summary>The metric to optimise, as <c>name</c>, <c>name:maximize</c> or <c>name:minimize</c>.</summary>
    public string? Metric { get; init; }

    /// <summary>The search method.</summary>
    public SweepMethod? Method { get; init; }

    /// <summary>How many points to try.</summary>
    public int? Trials { get; init; }

    /// <summary>How many trials at once.</summary>
    public int? Parallel { get; init; }

    /// <summary>How many runs make a trial.</summary>
    public int? Repeat { get; init; }

    /// <summary>The study's seed.</summary>
    public long? Seed { get; init; }

    /// <summary>The pruning rule.</summary>
    public PruningRule? Prune { get; init; }

    /// <summary>True to prune nothing, whatever the file says.</summary>
    public bool IsUnpruned { get; init; }

    /// <summary>True to ask in batches: the next batch only after the whole last one has ended.</summary>
    public bool Synchronous { get; init; }

    /// <summary>True for a pushed commit, whose file may come from somebody else: it reads no file outside the project.</summary>
    public bool IsPushed { get; init; }

    /// <summary>A prefix of the id of the study to learn from, or a study in a file of Optuna.</summary>
    public string? From { get; init; }

    /// <summary>The wall time that the trials may take.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>What the machines may cost, in US dollars.</summary>
    public decimal? Cost { get; init; }

    /// <summary>How urgent the runs are. Default: <see cref="RunPriority.Normal"/>.</summary>
    public RunPriority Priority { get; init; } = RunPriority.Normal;

    /// <summary>False when the user runs the trials: code, data and environment are not pinned then.</summary>
    public bool HasWork { get; init; } = true;
}
