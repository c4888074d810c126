using System.Text.Json.Serialization;
using Tenfold.Core.Results;

namespace Tenfold.Core.Pushes;

/// <summary>A push to a branch, or a new state of a pull request, and the runs that it leads to.</summary>
public sealed record PushRecord
{
    /// <summary>Its name: eight letters and digits, like a group's.</summary>
    public required string Id { get; init; }

    /// <summary>The repository, as <c>server.yaml</c> names it.</summary>
    public required string Repository { get; init; }

    /// <summary>What was pushed to.</summary>
    public required PushRef Ref { get; init; }

    /// <summary>The commit, as a full hash.</summary>
    public required string Commit { get; init; }

    /// <summary>The branch's commit before the push, as the host said; null for a new branch, and for pull requests.</summary>
    public string? Before { get; init; }

    /// <summary>When the event arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>True when earlier pushes to the same place that still wait run too; false when this one replaces them.</summary>
    public bool KeepsEarlier { get; init; }

    /// <summary>What became of it.</summary>
    public PushState State { get; init; }

    /// <summary>What was done, or why nothing was; null while it waits.</summary>
    public string? Detail { get; init; }

    /// <summary>Since when every try to process it has failed; null when the last one did not.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>True when a project trains what is pushed to this place, also if no file of it changed.</summary>
    public bool IsWatched { get; init; }

    /// <summary>True when a project would train the pull request, but ignores it because it comes from a fork.</summary>
    public bool IsIgnoredFork { get; init; }

    /// <summary>The projects that the push concerns.</summary>
    public IReadOnlyList<PushProject> Projects { get; init; } = [];

    /// <summary>What has been posted, by what it is about; see <see cref="Posting"/>.</summary>
    public IReadOnlyDictionary<string, Posting> Posted { get; init; } = new Dictionary<string, Posting>();
}

/// <summary>What was pushed to: a branch, or a pull request; or what is scheduled.</summary>
/// <param name="Branch">The branch; the one to merge into for a pull request.</param>
public sealed record PushRef(string Branch)
{
    /// <summary>The number of the pull request; null for a branch.</summary>
    public int? Number { get; init; }

    /// <summary>True for a pull request from another repository, whose author may be anybody.</summary>
    public bool IsFromFork { get; init; }

    /// <summary>
    /// The folder of the project whose schedule this is, empty for the repository's root; null for a push or a pull request.
    /// </summary>
    public string? Schedule { get; init; }

    /// <summary>True for a pull request.</summary>
    [JsonIgnore]
    public bool IsPullRequest => Number is not null;

    /// <summary>The text by which pushes to one place are found: <c>main</c>, or <c>#7</c>. No branch begins with <c>#</c> here.</summary>
    [JsonIgnore]
    public string Key => Number is { } number ? $"#{number}" : Schedule is null ? $"branch {Branch}" : $"schedule {Branch} {Schedule}";

    /// <inheritdoc/>
    public override string ToString() => Number is { } number ? $"#{number}" : Schedule is null ? Branch : $"{Branch} (schedule)";
}

/// <summary>What became of a push.</summary>
public enum PushState
{
    /// <summary>It waits to be planned.</summary>
    Waiting,

    /// <summary>Its runs wait or run.</summary>
    Running,

    /// <summary>Its runs have ended, or it concerns no project.</summary>
    Done,

    /// <summary>A newer push replaced it before its runs began.</summary>
    Superseded,

    /// <summary>It could not be planned.</summary>
    Failed,
}

/// <summary>A project that a push concerns.</summary>
/// <param name="Folder">The project's folder in the repository; empty for its root.</param>
public sealed record PushProject(string Folder)
{
    /// <summary>The group with the runs of the pushed commit. It is chosen before the group is recorded; null when nothing runs.</summary>
    public string? Group { get; init; }

    /// <summary>The study that searches for hyper-parameters, chosen before it is recorded; null when the push trains.</summary>
    public string? Study { get; init; }

    /// <summary>The group to compare with; null for none.</summary>
    public string? Baseline { get; init; }

    /// <summary>The commit of the group to compare with; null for none.</summary>
    public string? BaselineCommit { get; init; }

    /// <summary>What fails the check; null for no verdict. By <see cref="Margin"/>, if there is one.</summary>
    public FailOn? FailsOn { get; init; }

    /// <summary>The difference that is too small to matter, in the metric's unit; null for none.</summary>
    public double? Margin { get; init; }

    /// <summary>Where to announce it in Slack; null for nowhere.</summary>
    public string? SlackChannel { get; init; }

    /// <summary>The address to which it is announced by e-mail; null for none.</summary>
    public string? Email { get; init; }

    /// <summary>What its readers should know beside the outcome, such as files that were not fetched; null for nothing.</summary>
    public string? Notice { get; init; }

    /// <summary>Why nothing runs, or how it ended; null while it runs.</summary>
    public string? Detail { get; init; }

    /// <summary>How it ended; null while it runs.</summary>
    public PushOutcome? Outcome { get; init; }
}

/// <summary>How the runs of a project ended, as a check of a commit.</summary>
public enum PushOutcome
{
    /// <summary>The check passes.</summary>
    Success,

    /// <summary>The check fails: the commit is worse, or its runs failed.</summary>
    Failure,

    /// <summary>Tenfold could not do what was asked.</summary>
    Error,
}

/// <summary>Something that was posted about a push.</summary>
/// <param name="Content">What was posted: the same content is never posted twice.</param>
/// <param name="Id">The host's id of a comment or a message, by which it is updated; null for none.</param>
public sealed record Posting(string Content, string? Id = null);

/// <summary>How the records of pushes are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(PushRecord))]
[JsonSerializable(typeof(ScheduleRecord))]
public sealed partial class PushJson : JsonSerializerContext;
