using Tenfold.Core.Queueing;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Ledger;

/// <summary>A group as the ledger records it: runs that differ only in their seed.</summary>
public sealed record GroupRecord
{
    /// <summary>Its name, see <see cref="RunNames"/>.</summary>
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

    /// <summary>The seed from which the runs' seeds are derived.</summary>
    public required long BaseSeed { get; init; }

    /// <summary>How many runs it has.</summary>
    public required int Repeat { get; init; }

    /// <summary>The run that this group repeats; null when it is new.</summary>
    public string? Like { get; init; }

    /// <summary>The commit that was checked out; null outside a git work tree.</summary>
    public string? GitCommit { get; init; }

    /// <summary>The branch; null when detached, or outside git.</summary>
    public string? GitBranch { get; init; }

    /// <summary>True when files differed from the commit; null outside git.</summary>
    public bool? GitDirty { get; init; }

    /// <summary>How urgent its runs are; it may change while they wait.</summary>
    public RunPriority Priority { get; init; } = RunPriority.Normal;

    /// <summary>Everything that its runs share.</summary>
    public required WorkSpec Spec { get; init; }

    /// <summary>Whose turn a run takes when it starts.</summary>
    public QueueOwner Owner => new(Spec.Project, Spec.User ?? "", Priority);

    /// <summary>The seed of one of its runs.</summary>
    /// <param name="repeat">Which repeat, from 1.</param>
    public long SeedOf(int repeat) => Spec.Variation?.SeedOf(BaseSeed, repeat) ?? SeedSequence.Derive(BaseSeed, repeat);

    /// <summary>Everything that one of its runs executes, apart from its seed.</summary>
    /// <param name="repeat">Which repeat, from 1.</param>
    public WorkSpec SpecOf(int repeat) => Spec.OfRun(BaseSeed, repeat);
}

/// <summary>A run as the ledger records it.</summary>
public sealed record RunRecord
{
    /// <summary>Its name, see <see cref="RunNames"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Its group.</summary>
    public required string Group { get; init; }

    /// <summary>Which repeat of the group it is, from 1.</summary>
    public required int Repeat { get; init; }

    /// <summary>Its seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Its state.</summary>
    public required RunState State { get; init; }

    /// <summary>Why it is in this state; null when there is no reason to give.</summary>
    public Reason? Reason { get; init; }

    /// <summary>The warnings of its latest attempt.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its first attempt started; null when none has.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it reached a final state; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How many attempts it has had.</summary>
    public required int Attempts { get; init; }

    /// <summary>When its cancellation was requested; null when it was not.</summary>
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>Why its cancellation was requested; null when it was not, or no reason was given.</summary>
    public Reason? CancelReason { get; init; }

    /// <summary>The name of its latest attempt.</summary>
    public string Attempt => RunNames.Attempt(Id, Attempts);

    /// <summary>Creates a queued run of a group.</summary>
    public static RunRecord New(GroupRecord group, int repeat, long seed) => new()
    {
        Id = RunNames.Run(group.Id, repeat),
        Group = group.Id,
        Repeat = repeat,
        Seed = seed,
        State = RunState.Queued,
        CreatedAt = group.CreatedAt,
        Attempts = 1,
    };
}

/// <summary>An attempt as the ledger records it.</summary>
public sealed record AttemptRecord
{
    /// <summary>Its name, see <see cref="RunNames"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Its run.</summary>
    public required string Run { get; init; }

    /// <summary>Its number among the run's attempts, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Its state.</summary>
    public required AttemptState State { get; init; }

    /// <summary>Why it is in this state; null when there is no reason to give.</summary>
    public Reason? Reason { get; init; }

    /// <summary>What a user should know about it, apart from why it ended.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the limits let it start; null while they don't, and when there were none.</summary>
    public DateTimeOffset? AdmittedAt { get; init; }

    /// <summary>When its command started; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The command's exit code; null when it did not exit by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended the command; null when none did.</summary>
    public int? Signal { get; init; }

    /// <summary>The machine that it ran on; null before it started.</summary>
    public string? Host { get; init; }

    /// <summary>The largest resident memory of its processes, in bytes; null when unknown.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>CPU time of its processes; null when unknown.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>Whether it began with a checkpoint of an earlier attempt; null for a first attempt, and when unknown.</summary>
    public bool? IsResumed { get; init; }
}

/// <summary>Something that happened. Events are never deleted.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Subject">What it happened to: a study, trial (by its group's name), group, run or attempt.</param>
/// <param name="Kind">
/// For groups, runs and attempts: <c>created</c>, <c>queued</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c>, <c>cancelled</c>,
/// <c>lost</c>, <c>cancel-asked</c>, <c>retry-asked</c>, <c>adopted</c>, <c>admitted</c>, <c>priority</c>. For trials: <c>asked</c>,
/// <c>completed</c>, <c>pruned</c>, <c>failed</c>, <c>lost</c>, <c>cancelled</c>. For studies: <c>created</c>, <c>confirming</c>,
/// <c>finished</c>, <c>cancelled</c>, <c>adopted</c>.
/// </param>
/// <param name="Detail">Details in plain words, including <paramref name="Reason"/> and the attempt's warnings; null when there are
/// none.</param>
/// <param name="Reason">Why it happened; null when there was no reason, and in events of older versions, which give the reason in
/// <paramref name="Detail"/>.</param>
public sealed record EventRecord(DateTimeOffset At, string Subject, string Kind, string? Detail, Reason? Reason = null);

/// <summary>Runs to be added to a group that exists.</summary>
/// <param name="Group">The group's id.</param>
/// <param name="Before">How many repeats the group has; nothing is added when it has another number.</param>
/// <param name="Runs">The further runs; their repeats follow the group's.</param>
public sealed record AddedRuns(string Group, int Before, IReadOnlyList<RunRecord> Runs);
