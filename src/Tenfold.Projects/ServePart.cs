using Tenfold.Numerics.Statistics;

namespace Tenfold.Projects;

/// <summary>How a model is served: the <c>serve</c> part.</summary>
public sealed record ServePart
{
    /// <summary>The command that answers requests, for /bin/sh. <c>{port}</c> stands for the port.</summary>
    public required string Command { get; init; }

    /// <summary>A JSON Schema of one request; null: requests are not checked.</summary>
    public string? Input { get; init; }

    /// <summary>The body of one request, which <c>deploy</c> sends to the service before it is registered; null for none.</summary>
    public string? Sample { get; init; }

    /// <summary>A command that tests the running service, for /bin/sh; null for none.</summary>
    public string? Test { get; init; }

    /// <summary>How many processes answer at once on one machine. Default: 1.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>What the run's group must be better than; null for no gate.</summary>
    public Gate? Gate { get; init; }

    /// <summary>JSON Pointers of the members that are replaced before bodies are logged. Default: none.</summary>
    public IReadOnlyList<string> Redact { get; init; } = [];

    /// <summary>How long a request may take. Default: 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a process may take until it is ready. Default: 8 minutes.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>The longest body of a request in bytes. Default: 6 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 6 << 20;
}

/// <summary>A comparison that a run must pass before it is deployed.</summary>
/// <param name="Compare">A version of the model, a group or a run; <see cref="Production"/> for the version with most traffic.</param>
/// <param name="Require">The verdict that it takes.</param>
public sealed record Gate(string Compare, GateRequirement Require)
{
    /// <summary>The statistic that is compared; default the mean.</summary>
    public LocationStatistic Statistic { get; init; }

    /// <summary>The difference that is too small to matter, in the metric's unit; null for none.</summary>
    public double? Margin { get; init; }

    /// <summary>Names the version that has most of the model's traffic.</summary>
    public const string Production = "production";
}

/// <summary>The verdicts with which a gate opens.</summary>
public enum GateRequirement
{
    /// <summary>Only with the verdict that the run's group is better; with a margin, better by more.</summary>
    Better,

    /// <summary>With every verdict but that the run's group is worse; with a margin, only when that is shown.</summary>
    NotWorse,
}
