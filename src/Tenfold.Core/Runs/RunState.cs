namespace Tenfold.Core.Runs;

/// <summary>The state of a run. It follows the state of the latest attempt.</summary>
public enum RunState
{
    /// <summary>Recorded, and waiting to start.</summary>
    Queued,

    /// <summary>An attempt is running.</summary>
    Running,

    /// <summary>Its command ended with exit code 0, or early stopping ended it.</summary>
    Succeeded,

    /// <summary>Its command failed, exceeded its time limit, or could not be started; no retry is left.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}

/// <summary>The state of an attempt.</summary>
public enum AttemptState
{
    /// <summary>Recorded, before it is known that the target has accepted it.</summary>
    Pending,

    /// <summary>The target has accepted it, and starts it when there is room.</summary>
    Queued,

    /// <summary>An agent is preparing or running it.</summary>
    Running,

    /// <summary>It ended successfully.</summary>
    Succeeded,

    /// <summary>It failed through a fault of its own.</summary>
    Failed,

    /// <summary>It was stopped because its run was cancelled.</summary>
    Cancelled,

    /// <summary>Its machine or agent was lost; how far it got is unknown.</summary>
    Lost,
}

/// <summary>The transitions between states, in one table.</summary>
public static class RunStates
{
    /// <summary>True when the run stays in this state unless it is retried.</summary>
    public static bool IsFinal(this RunState state) => state is RunState.Succeeded or RunState.Failed or RunState.Cancelled;

    /// <summary>True when the attempt stays in this state for ever.</summary>
    public static bool IsFinal(this AttemptState state) => state > AttemptState.Running;

    /// <summary>The states from which an attempt may change to the given one. A late or repeated report changes nothing.</summary>
    public static IReadOnlyList<AttemptState> ExpectedBefore(AttemptState next) => next switch
    {
        AttemptState.Pending => [],
        AttemptState.Queued => [AttemptState.Pending],
        AttemptState.Running => [AttemptState.Pending, AttemptState.Queued],
        _ => [AttemptState.Pending, AttemptState.Queued, AttemptState.Running],
    };

    /// <summary>The state of a run, derived from the state of its latest attempt.</summary>
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
