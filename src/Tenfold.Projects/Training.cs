using Tenfold.Core.Commands;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Projects;

/// <summary>
/// How a model is trained: the <c>train</c> part. Either <see cref="Command"/> or <see cref="Script"/> is set, never both.
/// </summary>
public sealed record Training
{
    /// <summary>The command for /bin/sh, a <see cref="CommandTemplate"/>; null when there is a script.</summary>
    public string? Command { get; init; }

    /// <summary>A file that ends in .py, .ipynb or .cs; null when there is a command.</summary>
    public string? Script { get; init; }

    /// <summary>What the command finds installed. Default: what the machine has.</summary>
    public TrainingEnvironment Environment { get; init; } = TrainingEnvironment.System;

    /// <summary>Data by channel, in the order of the file; each is <c>$TENFOLD_DATA_&lt;CHANNEL&gt;</c> to the command.</summary>
    public IReadOnlyDictionary<string, Location> Data { get; init; } = new OrderedDictionary<string, Location>();

    /// <summary>The declared parameters; a <see cref="RequiredValue"/> among them must be given with <c>-p</c>.</summary>
    public Parameters Params { get; init; } = Parameters.Empty;

    /// <summary>True to accept undeclared parameters; only without a <c>tenfold.yaml</c>.</summary>
    public bool AnyParameter { get; init; }

    /// <summary>What runs are compared by; null: runs have no score.</summary>
    public TrainingMetric? Metric { get; init; }

    /// <summary>Metrics to be found in the output, by name: .NET regular expressions, whose first group is the value.</summary>
    public IReadOnlyDictionary<string, string> Metrics { get; init; } = new OrderedDictionary<string, string>();

    /// <summary>When to end a run that no longer improves; null: never.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Patterns like those of .gitignore: what stays out of the snapshot, besides what .gitignore names.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Names of environment variables to be passed on, and kept out of logs.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
}

/// <summary>The metric that runs are compared by.</summary>
/// <param name="Name">Its name, as the script prints it.</param>
/// <param name="Goal">Which way it is better.</param>
public sealed record TrainingMetric(string Name, MetricGoal Goal);

/// <summary>Ends a run whose metric no longer improves.</summary>
public sealed record EarlyStopping
{
    /// <summary>The metric that is watched.</summary>
    public required string Metric { get; init; }

    /// <summary>How many evaluations in a row may bring no improvement; at least 1.</summary>
    public required int Patience { get; init; }

    /// <summary>
    /// Which way it is better. Default: the goal of <c>train.metric</c> when that is the watched metric, otherwise minimize.
    /// </summary>
    public MetricGoal Goal { get; init; }

    /// <summary>An improvement must be larger than this, in the metric's unit. Default: 0.</summary>
    public double MinDelta { get; init; }
}
