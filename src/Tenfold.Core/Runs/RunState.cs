namespace Tenfold.Core.Runs;

/// <summary>Where a run stands. A run follows its latest attempt.</summary>
public enum RunState
{
    /// <summary>Recorded, and waiting to start.</summary>
    Queued,

    /// <summary>An attempt of it runs.</summary>
    Running,

    /// <summary>Its command ended with exit code 0, or early stopping ended it.</summary>
    Succeeded,

    /// <summary>Its command failed, it passed its time limit, or it could not be started; no retry is left.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}

/// <summary>Where an attempt stands.</summary>
public enum AttemptState
{
    /// <summary>Recorded, and not yet known to be handed to the target: the intent.</summary>
    Pending,

    /// <summary>The target has it, and starts it as room allows.</summary>
    Queued,

    /// <summary>An agent prepares or runs it.</summary>
    Running,

    /// <summary>It ended well.</summary>
    Succeeded,

    /// <summary>It ended badly, by its own fault.</summary>
    Failed,

    /// <summary>It was stopped because its run was cancelled.</summary>
    Cancelled,

    /// <summary>Its machine or agent went away; nobody knows how far it came.</summary>
    Lost,
}

/// <summary>What the states mean to each other: the one table of the state machine.</summary>
public static class RunStates
{
    /// <summary>True once nothing more happens to the run by itself.</summary>
    public static bool IsFinal(this RunState state) => state is RunState.Succeeded or RunState.Failed or RunState.Cancelled;

    /// <summary>True once nothing more happens to the attempt.</summary>
    public static bool IsFinal(this AttemptState state) => state > AttemptState.Running;

    /// <summary>The states from which an attempt may come to the given one. A late or repeated report changes nothing.</summary>
    public static IReadOnlyList<AttemptState> ExpectedBefore(AttemptState next) => next switch
    {
        AttemptState.Pending => [],
        AttemptState.Queued => [AttemptState.Pending],
        AttemptState.Running => [AttemptState.Pending, AttemptState.Queued],
        _ => [AttemptState.Pending, AttemptState.Queued, AttemptState.Running],
    };

    /// <summary>The run's state that follows from its latest attempt's.</summary>
    /// <param name="attempt">The latest attempt's state.</param>
    /// <param name="isRetried">True when another attempt follows this one.</param>
    public static RunState RunFollows(AttemptState attempt, bool isRetried) => attempt switch
    {
        AttemptState.Pending or AttemptState.Queued => RunState.Queued,
        AttemptState.Running => RunState.Running,
        AttemptState.Succeeded => RunState.Succeeded,
        AttemptState.Cancelled => RunState.Cancelled,
        _ => isRetried ? RunState.Queued : RunState.Failed,
    };
}
