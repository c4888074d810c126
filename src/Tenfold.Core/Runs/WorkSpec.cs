using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Costs;
using Tenfold.Core.Queueing;
using Tenfold.Core.Snapshots;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Runs;

/// <summary>
/// Everything that a group's runs share and that is fixed before they start: code, command, parameters, data, environment, limits. It is
/// recorded in the ledger, so that <c>fit --like</c> and <c>retry</c> can repeat the work, and passed to the agent in each
/// <see cref="Attempts.Assignment"/>.
/// </summary>
/// <remarks>What an earlier version didn't record is null when it is read, and then becomes the default.</remarks>
public sealed record WorkSpec : IJsonOnDeserialized
{
    /// <summary>The project's name.</summary>
    public required string Project { get; init; }

    /// <summary>The snapshot's id: the SHA-256 of its manifest, as 64 lower-case hexadecimal digits.</summary>
    public required string Snapshot { get; init; }

    /// <summary>
    /// The paths of the project's folder when the group was made: as the user knew it, and without links. A run's command may name it, and
    /// then points to the run's own copy. Null in specs of earlier versions.
    /// </summary>
    public IReadOnlyList<string>? ProjectFolders { get; init; }

    /// <summary>The command with its placeholders; null when <see cref="Script"/> is given.</summary>
    public string? Command { get; init; }

    /// <summary>
    /// The script's path in the snapshot (<c>.py</c>, <c>.ipynb</c> or <c>.cs</c>); null when <see cref="Command"/> is given.
    /// </summary>
    public string? Script { get; init; }

    /// <summary>How <see cref="Script"/> gets its parameters. Null in specs of earlier versions, and means
    /// <see cref="ArgumentStyle.Separate"/>.</summary>
    public ArgumentStyle? Arguments { get; init; }

    /// <summary>The environment in which the command runs.</summary>
    public required EnvironmentSpec Environment { get; init; }

    /// <summary>The parameters: name to JSON value, in the order of <c>tenfold.yaml</c>.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>The data: channel name to where the data is, and its hash when the group was made.</summary>
    public IReadOnlyDictionary<string, DataSpec> Data { get; init => field = value ?? new Dictionary<string, DataSpec>(); } =
        new Dictionary<string, DataSpec>();

    /// <summary>The metric that decides; null when the project names none.</summary>
    public MetricSpec? Metric { get; init; }

    /// <summary>
    /// Further metrics that decide: those of a study's objectives and limits. They always have room among a run's metrics. Null for none,
    /// and in specs of earlier versions.
    /// </summary>
    public IReadOnlyList<string>? DecidingMetrics { get; init; }

    /// <summary>
    /// Metric name to the regular expression whose first group is its value, for scripts with an output format of their own.
    /// </summary>
    public IReadOnlyDictionary<string, string> MetricPatterns { get; init => field = value ?? new Dictionary<string, string>(); } =
        new Dictionary<string, string>();

    /// <summary>
    /// The share of the data that each run tests on, when the seed chooses that share anew; above 0, below 1. The runs' values are then
    /// correlated. Null: the seed doesn't choose the split, or nobody has declared it.
    /// </summary>
    public double? TestFraction { get; init; }

    /// <summary>The sources of variance that the runs vary; null when the runs differ in their seed only.</summary>
    public Variation? Variation { get; init; }

    /// <summary>When to stop a run that no longer improves; null for never.</summary>
    public EarlyStoppingSpec? EarlyStopping { get; init; }

    /// <summary>What one run needs and may take.</summary>
    public ResourceSpec Resources { get; init => field = value ?? new(); } = new();

    /// <summary>Environment variables that the project gives the command, with their values; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    /// <summary>Names of environment variables that are passed to the run; their values are never stored.</summary>
    public IReadOnlyList<string> Secrets { get; init => field = value ?? []; } = [];

    /// <summary>The project's <c>exclude</c> patterns; matching files of the working folder are not uploaded as artifacts either.</summary>
    public IReadOnlyList<string> Exclude { get; init => field = value ?? []; } = [];

    /// <summary>
    /// Variables of the submitting shell, from a short list of harmless ones (<c>PATH</c>, <c>VIRTUAL_ENV</c>, …), so that <c>python</c> is
    /// the same program in the run as in that shell.
    /// </summary>
    public IReadOnlyDictionary<string, string> Shell { get; init => field = value ?? new Dictionary<string, string>(); } =
        new Dictionary<string, string>();

    /// <summary>How many of the group's runs may run at once; null for as many as the machine has room for.</summary>
    public int? Parallel { get; init; }

    /// <summary>
    /// The URL of the store for the group's files; null for the folder in the home of the machine that made the group.
    /// </summary>
    public string? Store { get; init; }

    /// <summary>Where the runs execute; null for the machine that made the group.</summary>
    public TargetSpec? Target { get; init; }

    /// <summary>True when the runs execute on the machine that made the group.</summary>
    [JsonIgnore]
    public bool IsLocal => Target is null or { IsLocal: true };

    /// <summary>
    /// What an hour of each run's machine cost in US dollars when the group was made; null when that is unknown, for the machine that made
    /// the group, and in specs of earlier versions. A negative price, and one above <see cref="CostMath.MostUsdPerHour"/>, is unknown.
    /// </summary>
    public decimal? UsdPerHour { get; init => field = CostMath.Price(value); }

    /// <summary>What the group's machines may cost in US dollars; null for no limit.</summary>
    public decimal? MaxUsd { get; init; }

    /// <summary>What the project's repository only points to, and the snapshot lacks; null for nothing.</summary>
    public MissingContent? Missing { get; init; }

    /// <summary>The limits of the project when the group was made; null for none.</summary>
    public RunLimits? Limits { get; init; }

    /// <summary>The name of the user who made the group; null in specs of earlier versions.</summary>
    public string? User { get; init; }

    /// <inheritdoc/>
    void IJsonOnDeserialized.OnDeserialized()
    {
        if (HasNull(Secrets) || HasNull(Exclude) || HasNull(ProjectFolders) || HasNull(Data.Values) || HasNull(MetricPatterns.Values)
            || HasNull(Shell.Values) || HasNull(Variables?.Values) || HasNull(DecidingMetrics))
            throw new JsonException("a list or a table of the specification contains null");
    }

    /// <summary>The specification of a single run: with the parameters that the run got.</summary>
    /// <param name="baseSeed">The group's base seed.</param>
    /// <param name="repeat">The run's repeat, from 1.</param>
    public WorkSpec OfRun(long baseSeed, int repeat) => Variation is null ? this : this with
    {
        Parameters = Variation.ParametersOf(Parameters, baseSeed, repeat),
        Variation = null,
    };

    private static bool HasNull(IEnumerable<object?>? values) => values?.Contains(null) == true;
}

/// <summary>The environment of a run.</summary>
/// <param name="Kind"><c>system</c>, <c>requirements</c>, <c>conda</c> or <c>image</c>.</param>
/// <param name="File">The file that describes it, in the snapshot; or the image, by its digest if that is known; null for
/// <c>system</c>.</param>
/// <param name="Hash">The file's SHA-256, or the image's; null for <c>system</c>.</param>
public sealed record EnvironmentSpec(string Kind, string? File = null, string? Hash = null)
{
    /// <summary>The kind of a container image.</summary>
    public const string ImageKind = "image";

    /// <summary>The container image; null for another kind of environment.</summary>
    [JsonIgnore]
    public string? Image => Kind == ImageKind ? File : null;
}

/// <summary>A data channel.</summary>
/// <param name="Path">The absolute path of the file or folder; or the URL of its origin, which ends in <c>/</c> for a folder.</param>
/// <param name="Hash">Its SHA-256 when the group was made; for data at an origin, the result of
/// <see cref="Data.DataManifest.ComputeHash"/>.</param>
/// <param name="SizeBytes">Its size when the group was made.</param>
/// <param name="Link">Its path relative to the project's folder, at which the working folder gets a link to it; null when it lies outside
/// the project's folder.</param>
/// <param name="Files">How many files it had; null in groups of earlier versions.</param>
public sealed record DataSpec(string Path, string Hash, long SizeBytes, string? Link = null, int? Files = null)
{
    /// <summary>True when it lies at an origin, from which each machine fetches it.</summary>
    [JsonIgnore]
    public bool IsAtOrigin => IsOrigin(Path);

    /// <summary>Its name on a machine: the last segment of its path or URL.</summary>
    [JsonIgnore]
    public string Name => NameOf(Path);

    /// <summary>True for a URL, false for a path.</summary>
    public static bool IsOrigin(string path) => !path.StartsWith('/') && path.Contains("://", StringComparison.Ordinal);

    /// <summary>The last segment of a path or URL.</summary>
    public static string NameOf(string path) => path.TrimEnd('/') is var trimmed ? trimmed[(trimmed.LastIndexOf('/') + 1)..] : "";
}

/// <summary>A metric and which way it is better.</summary>
public sealed record MetricSpec(string Name, MetricGoal Goal);

/// <summary>
/// Stops a run after <paramref name="Patience"/> evaluations in a row without improvement by more than <paramref name="MinDelta"/>.
/// </summary>
/// <param name="Metric">The monitored metric.</param>
/// <param name="Goal">Which way it improves.</param>
/// <param name="Patience">How many evaluations without improvement are tolerated; at least 1.</param>
/// <param name="MinDelta">The smallest change that counts as improvement, in the metric's unit.</param>
public sealed record EarlyStoppingSpec(string Metric, MetricGoal Goal, int Patience, double MinDelta = 0);

/// <summary>The resources that one run needs, and its limits.</summary>
public sealed record ResourceSpec
{
    /// <summary>How many lost attempts are followed by another one where nobody says otherwise.</summary>
    public const int UsualLostRetries = 3;

    /// <summary>How many are followed by another one on machines that may be reclaimed.</summary>
    public const int SpotLostRetries = 20;

    /// <summary>Cores; null for one.</summary>
    public double? Cpus { get; init; }

    /// <summary>Memory in bytes; null when not stated: then memory doesn't limit how many runs start at once.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>GPUs; default 0.</summary>
    public int Gpus { get; init; }

    /// <summary>True when cheaper, preemptible machines may be used; default false.</summary>
    public bool Spot { get; init; }

    /// <summary>How long one attempt may take; null for no limit.</summary>
    public TimeSpan? MaxRuntime { get; init; }

    /// <summary>How many more attempts follow when the command fails; default 0.</summary>
    public int Retries { get; init; }

    /// <summary>
    /// How many more attempts follow when the machine or its agent is lost; they don't count against <see cref="Retries"/>. Null for
    /// <see cref="UsualLostRetries"/>, as in specifications of older versions.
    /// </summary>
    public int? LostRetries { get; init; }

    /// <summary>How many lost attempts are followed by another one.</summary>
    [JsonIgnore]
    public int MaxLost => LostRetries ?? UsualLostRetries;

    /// <summary>How many attempts may follow the first.</summary>
    [JsonIgnore]
    public long MoreAttempts => (long)Retries + MaxLost;
}
