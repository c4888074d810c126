using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Runs;

/// <summary>
/// All that is fixed before a group's runs start and that they share: code, command, parameters, data, environment, limits. Kept in the
/// ledger, so that <c>fit --like</c> and <c>retry</c> can do it again, and handed to the agent inside each
/// <see cref="Attempts.Assignment"/>.
/// </summary>
public sealed record WorkSpec
{
    /// <summary>The project's name.</summary>
    public required string Project { get; init; }

    /// <summary>The snapshot's id: the SHA-256 of its manifest, as 64 lower-case hexadecimal digits.</summary>
    public required string Snapshot { get; init; }

    /// <summary>The command with its placeholders; null when <see cref="Script"/> is given.</summary>
    public string? Command { get; init; }

    /// <summary>
    /// The script's path in the snapshot (<c>.py</c>, <c>.ipynb</c> or <c>.cs</c>); null when <see cref="Command"/> is given.
    /// </summary>
    public string? Script { get; init; }

    /// <summary>What the command runs in.</summary>
    public required EnvironmentSpec Environment { get; init; }

    /// <summary>The parameters: name to JSON value, in the order of <c>tenfold.yaml</c>.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>The data: channel to where it is and what it was.</summary>
    public IReadOnlyDictionary<string, DataSpec> Data { get; init; } = new Dictionary<string, DataSpec>();

    /// <summary>The metric that decides; null when the project names none.</summary>
    public MetricSpec? Metric { get; init; }

    /// <summary>Metric name to the regular expression whose first group is its value, for scripts that print their own way.</summary>
    public IReadOnlyDictionary<string, string> MetricPatterns { get; init; } = new Dictionary<string, string>();

    /// <summary>When to stop a run that no longer improves; null for never.</summary>
    public EarlyStoppingSpec? EarlyStopping { get; init; }

    /// <summary>What one run needs and may take.</summary>
    public ResourceSpec Resources { get; init; } = new();

    /// <summary>Names of environment variables that are passed on; their values are never stored.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The project's <c>exclude</c> patterns; files that they fit are not kept from the working folder either.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>
    /// Variables of the shell that started the work, from a short list of harmless ones (<c>PATH</c>, <c>VIRTUAL_ENV</c>, …), so that
    /// <c>python</c> means the same in the run as where it was started.
    /// </summary>
    public IReadOnlyDictionary<string, string> Shell { get; init; } = new Dictionary<string, string>();

    /// <summary>How many of the group may run at once; null for what the machine has room for.</summary>
    public int? Parallel { get; init; }

    /// <summary>
    /// The store's URL, where files and reports of the group lie; null for the folder in the home of the machine that made it.
    /// </summary>
    public string? Store { get; init; }

    /// <summary>Where its runs execute; null for the machine that made it.</summary>
    public TargetSpec? Target { get; init; }
}

/// <summary>The environment of a run.</summary>
/// <param name="Kind"><c>system</c>, <c>requirements</c> or <c>conda</c>.</param>
/// <param name="File">The file that describes it, in the snapshot; null for <c>system</c>.</param>
/// <param name="Hash">The file's SHA-256; null for <c>system</c>.</param>
public sealed record EnvironmentSpec(string Kind, string? File = null, string? Hash = null);

/// <summary>A data channel.</summary>
/// <param name="Path">The absolute path of the file or folder; or the URL of its origin, a folder's with a closing <c>/</c>.</param>
/// <param name="Hash">Its SHA-256 when the group was made; of data at an origin, that of
/// <see cref="Data.DataManifest.ComputeHash"/>.</param>
/// <param name="SizeBytes">Its size then.</param>
/// <param name="Link">Its place in the project's folder, relative, when it lies there: a link to it stands in the working folder; null
/// when it lies elsewhere.</param>
/// <param name="Files">How many files it had; null in groups of earlier versions.</param>
public sealed record DataSpec(string Path, string Hash, long SizeBytes, string? Link = null, int? Files = null)
{
    /// <summary>True when it lies at an origin, and each machine that runs fetches it from there.</summary>
    [JsonIgnore]
    public bool IsAtOrigin => IsOrigin(Path);

    /// <summary>The name that it has on a machine: the last of its path or URL.</summary>
    [JsonIgnore]
    public string Name => NameOf(Path);

    /// <summary>True for a URL, false for a path.</summary>
    public static bool IsOrigin(string path) => !path.StartsWith('/') && path.Contains("://", StringComparison.Ordinal);

    /// <summary>The last name of a path or URL.</summary>
    public static string NameOf(string path) => path.TrimEnd('/') is var trimmed ? trimmed[(trimmed.LastIndexOf('/') + 1)..] : "";
}

/// <summary>A metric and which way it is better.</summary>
public sealed record MetricSpec(string Name, MetricGoal Goal);

/// <summary>
/// Stops a run after <paramref name="Patience"/> evaluations in a row without improvement by more than <paramref name="MinDelta"/>.
/// </summary>
/// <param name="Metric">The metric that is watched.</param>
/// <param name="Goal">Which way it improves.</param>
/// <param name="Patience">Evaluations without improvement that are borne, at least 1.</param>
/// <param name="MinDelta">What counts as improvement, in the metric's unit.</param>
public sealed record EarlyStoppingSpec(string Metric, MetricGoal Goal, int Patience, double MinDelta = 0);

/// <summary>What one run needs and may take.</summary>
public sealed record ResourceSpec
{
    /// <summary>Cores; null for one.</summary>
    public double? Cpus { get; init; }

    /// <summary>Memory in bytes; null when not stated, and then not counted.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Graphics processors; default 0.</summary>
    public int Gpus { get; init; }

    /// <summary>True when cheaper machines that may be withdrawn will do; default false.</summary>
    public bool Spot { get; init; }

    /// <summary>How long one attempt may take; null for ever.</summary>
    public TimeSpan? MaxRuntime { get; init; }

    /// <summary>How many more attempts follow when the command fails; default 0. A lost attempt is tried again anyhow.</summary>
    public int Retries { get; init; }
}
