using Tenfold.Core.Runs;

namespace Tenfold.Core.Versions;

/// <summary>A deployed version of a model, as the ledger records it. What it serves never changes; only its state does.</summary>
public sealed record ModelVersion
{
    /// <summary>The model's name: the project's name, unless the user gave another; see <see cref="VersionNames"/>.</summary>
    public required string Model { get; init; }

    /// <summary>The version's name, such as <c>1.1.0</c>; unique within the model for ever, also after a purge.</summary>
    public required string Version { get; init; }

    /// <summary>When it was deployed.</summary>
    public required DateTimeOffset DeployedAt { get; init; }

    /// <summary>Who deployed it: <c>user@host</c>.</summary>
    public required string DeployedBy { get; init; }

    /// <summary>What the version's processes are started from; null when <see cref="Address"/> is given.</summary>
    public ServedRun? Run { get; init; }

    /// <summary>The service that answers already, which nothing starts or stops; null when <see cref="Run"/> is given.</summary>
    public Uri? Address { get; init; }

    /// <summary>
    /// The service of a cluster that runs the version's processes, by its name there; null when gateways start them themselves, or when
    /// <see cref="Address"/> is given.
    /// </summary>
    public string? Service { get; init; }

    /// <summary>A JSON Schema of one request, as text; null: requests are not checked.</summary>
    public string? InputSchema { get; init; }

    /// <summary>How requests are forwarded to the version and logged.</summary>
    public ServingLimits Limits { get; init; } = new();

    /// <summary>Its state.</summary>
    public VersionState State { get; init; }

    /// <summary>When the state last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>What a version is made of: the artifacts of one run, and everything that its processes need.</summary>
public sealed record ServedRun
{
    /// <summary>The run.</summary>
    public required string Run { get; init; }

    /// <summary>The run's attempt whose artifacts are served.</summary>
    public required string Attempt { get; init; }

    /// <summary>The SHA-256 of the manifest of the attempt's artifacts, which names every file by its SHA-256.</summary>
    public required string Manifest { get; init; }

    /// <summary>The URL of the store that has the artifacts and the snapshot; null for the folder in the home of the machine.</summary>
    public string? Store { get; init; }

    /// <summary>The run's specification: snapshot, environment, parameters and data.</summary>
    public required WorkSpec Spec { get; init; }

    /// <summary>The run's seed.</summary>
    public required long Seed { get; init; }

    /// <summary>The commit that was checked out when the run was made; null outside git.</summary>
    public string? GitCommit { get; init; }

    /// <summary>True when files differed from the commit; null outside git.</summary>
    public bool? GitDirty { get; init; }

    /// <summary>The command that answers requests, for /bin/sh; <c>{port}</c> stands for the port.</summary>
    public required string Command { get; init; }

    /// <summary>How many processes answer at once on one machine; at least 1.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>How long a process may take until <c>GET /ping</c> is answered with 200. Default: 8 minutes, as on SageMaker.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(8);
}

/// <summary>How requests are forwarded to a version and logged.</summary>
public sealed record ServingLimits
{
    /// <summary>How long a version may take to answer a request, to its last byte unless it streams. Default: 60 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest body of a request in bytes. Default: 6,291,456, as on SageMaker.</summary>
    public long MaxBodyBytes { get; init; } = 6 * 1024 * 1024;

    /// <summary>
    /// The members of request and reply that are replaced before a body is logged, as JSON Pointers (RFC 6901) in which <c>*</c> stands for
    /// any member or index. Empty: bodies are logged as they are.
    /// </summary>
    public IReadOnlyList<string> Redact { get; init; } = [];
}

/// <summary>Whether a version serves.</summary>
public enum VersionState
{
    /// <summary>It is started, and may get traffic.</summary>
    Active,

    /// <summary>It is not started and gets no traffic. Its artifacts, requests and outcomes are all there.</summary>
    Reverted,

    /// <summary>Its logged requests and outcomes are deleted too. Its record stays.</summary>
    Purged,
}
