using Tenfold.Core.Commands;
using Tenfold.Core.Runs;
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

    /// <summary>How a script gets its parameters. Default: <see cref="ArgumentStyle.Flags"/>.</summary>
    public ArgumentStyle Arguments { get; init; } = ArgumentStyle.Flags;

    /// <summary>The environment of the command. Default: what the machine has.</summary>
    public TrainingEnvironment Environment { get; init; } = TrainingEnvironment.System;

    /// <summary>Data by channel, in the order of the file; the command finds each at <c>$TENFOLD_DATA_&lt;CHANNEL&gt;</c>.</summary>
    public IReadOnlyDictionary<string, Location> Data { get; init; } = new OrderedDictionary<string, Location>();

    /// <summary>The declared parameters; a <see cref="RequiredValue"/> among them must be given with <c>-p</c>.</summary>
    public Parameters Params { get; init; } = Parameters.Empty;

    /// <summary>True to accept undeclared parameters; only without a <c>tenfold.yaml</c>.</summary>
    public bool AnyParameter { get; init; }

    /// <summary>The metric that runs are compared by; null: runs have no score.</summary>
    public TrainingMetric? Metric { get; init; }

    /// <summary>Metrics to find in the output, by name: .NET regular expressions whose first group is the value.</summary>
    public IReadOnlyDictionary<string, string> Metrics { get; init; } = new OrderedDictionary<string, string>();

    /// <summary>
    /// The share of the data that each run tests on, when the seed chooses that share anew; null: the split doesn't depend on the seed.
    /// </summary>
    public double? TestFraction { get; init; }

    /// <summary>
    /// The sources of variance beside the seed, in the order of the file: each with the parameter by which the script receives its draws.
    /// </summary>
    public IReadOnlyDictionary<string, string> Vary { get; init; } = new OrderedDictionary<string, string>();

    /// <summary>When to end a run that no longer improves; null: never.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Patterns of files to leave out of the snapshot, in the syntax of .gitignore and in addition to it.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Environment variables that the command receives, in the order of the file. They are recorded.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new OrderedDictionary<string, string>();

    /// <summary>Names of environment variables that the command receives and whose values are redacted in logs.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
}

/// <summary>The metric that runs are compared by.</summary>
/// <param name="Name">The name, as the script prints it.</param>
/// <param name="Goal">Whether higher or lower is better.</param>
public sealed record TrainingMetric(string Name, MetricGoal Goal);

/// <summary>Ends a run whose metric no longer improves.</summary>
public sealed record EarlyStopping
{
    /// <summary>The metric to watch.</summary>
    public required string Metric { get; init; }

    /// <summary>The run ends after this many evaluations in a row without improvement; at least 1.</summary>
    public required int Patience { get; init; }

    /// <summary>
    /// Whether higher or lower is better. Default: the goal of <c>train.metric</c> when it is the watched metric, otherwise minimize.
    /// </summary>
    public MetricGoal Goal { get; init; }

    /// <summary>An improvement must be larger than this, in the metric's unit. Default: 0.</summary>
    public double MinDelta { get; init; }
}
