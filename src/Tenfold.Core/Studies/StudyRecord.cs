using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>A study as the ledger records it: a search for good parameters.</summary>
public sealed record StudyRecord
{
    /// <summary>Its name, of the same form as a group's; see <see cref="RunNames"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The project's folder on the machine that made it.</summary>
    public required string Root { get; init; }

    /// <summary>The target's name.</summary>
    public required string Target { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The machine that made it.</summary>
    public required string Host { get; init; }

    /// <summary>The version of Tenfold that made it.</summary>
    public required string Version { get; init; }

    /// <summary>The commit that was checked out; null outside a git work tree.</summary>
    public string? GitCommit { get; init; }

    /// <summary>The branch; null when detached, or outside git.</summary>
    public string? GitBranch { get; init; }

    /// <summary>True when files differed from the commit; null outside git.</summary>
    public bool? GitDirty { get; init; }

    /// <summary>Its state.</summary>
    public StudyState State { get; init; }

    /// <summary>Why it is in this state; null when there is no reason to give.</summary>
    public Reason? Reason { get; init; }

    /// <summary>When it reached a final state; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What is searched, and how.</summary>
    public required StudySpec Spec { get; init; }
}

/// <summary>Everything that is fixed before a study's first trial.</summary>
public sealed record StudySpec
{
    /// <summary>The project's name.</summary>
    public required string Project { get; init; }

    /// <summary>The metric that decides, and which way it is better; the first one where there are several objectives.</summary>
    public required MetricSpec Metric { get; init; }

    /// <summary>The objectives, two or more, of a study that searches their Pareto front; empty where one metric decides.</summary>
    public IReadOnlyList<MetricSpec> Objectives { get; init => field = value ?? []; } = [];

    /// <summary>True when there are several objectives, so that no trial is the best.</summary>
    [JsonIgnore]
    public bool HasFront => Objectives.Count > 0;

    /// <summary>Each metric that a trial is judged by: the objectives, or the one that decides.</summary>
    [JsonIgnore]
    public IReadOnlyList<MetricSpec> Metrics => HasFront ? Objectives : [Metric];

    /// <summary>The space, as <see cref="SpaceJson"/> writes it.</summary>
    public required JsonElement Space { get; init; }

    /// <summary>
    /// Combinations that are never tried, as <see cref="SpaceJson"/> writes them: JSON objects with a list of values for each parameter.
    /// </summary>
    public IReadOnlyList<JsonElement> Forbidden { get; init => field = value ?? []; } = [];

    /// <summary>How the next point is chosen.</summary>
    public SweepMethod Method { get; init; }

    /// <summary>The seed from which the trials' seeds and every random choice are derived.</summary>
    public long Seed { get; init; }

    /// <summary>How many points are tried; null for no limit but the size of the space.</summary>
    public int? Trials { get; init; }

    /// <summary>True when the user wants the study to go on although its first trials all failed alike.</summary>
    public bool ToleratesFailures { get; init; }

    /// <summary>How many trials run at once.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>
    /// True when trials start in batches of <see cref="Parallel"/>, each batch after all trials of the one before have ended.
    /// </summary>
    public bool Synchronous { get; init; }

    /// <summary>True when the search prefers trials that are expected to end soon; see <see cref="StudyHistory"/>.</summary>
    public bool CostAware { get; init; }

    /// <summary>How many runs make a trial.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>When a trial is stopped early; null for never.</summary>
    public Pruning? Prune { get; init; }

    /// <summary>How the best trials are run again; null when they are not.</summary>
    public Confirmation? Confirm { get; init; }

    /// <summary>
    /// The settings of the baseline, which the confirmation's winner is compared with: a JSON object with a value for each searched
    /// parameter that is active. Null when the project has no such settings.
    /// </summary>
    public JsonElement? Baseline { get; init; }

    /// <summary>What may be spent; null for no limit.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Limits on other metrics, which a trial must keep to count; empty for none.</summary>
    public IReadOnlyList<MetricLimit> Constraints { get; init => field = value ?? []; } = [];

    /// <summary>The points that are tried first: JSON objects, each with all parameters of a point.</summary>
    public IReadOnlyList<JsonElement> Start { get; init => field = value ?? []; } = [];

    /// <summary>The study to learn from; null for none.</summary>
    public string? From { get; init; }

    /// <summary>The completed trials of <see cref="From"/> when this study was made, as far as they lie in this space.</summary>
    public IReadOnlyList<EarlierTrial> Earlier { get; init => field = value ?? []; } = [];

    /// <summary>How urgent the study's runs are; null for normal, and in studies of earlier versions.</summary>
    public RunPriority? Priority { get; init; }

    /// <summary>
    /// What all runs of the study share, apart from their parameters; null when the trials run outside Tenfold (ask and tell).
    /// </summary>
    public WorkSpec? Work { get; init; }

    /// <summary>Reads the space with its forbidden combinations.</summary>
    /// <exception cref="JsonException">The JSON is not a search space.</exception>
    public SearchSpace ReadSpace() => new(SpaceJson.Read(Space), SpaceJson.ReadForbidden(Forbidden));
}

/// <summary>A completed trial of an earlier study.</summary>
/// <param name="Number">Its number in that study.</param>
/// <param name="Parameters">Its parameters, as a JSON object.</param>
/// <param name="Values">Its values, in the metric's unit.</param>
public sealed record EarlierTrial(int Number, JsonElement Parameters, IReadOnlyList<double> Values)
{
    /// <summary>Its values of the objectives after the first; see <see cref="TrialRecord.Others"/>.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Others { get; init => field = value ?? []; } = [];
}
