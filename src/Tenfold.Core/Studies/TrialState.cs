namespace Tenfold.Core.Studies;

/// <summary>The state of a trial.</summary>
public enum TrialState
{
    /// <summary>Suggested, and without an outcome yet.</summary>
    Running,

    /// <summary>It ended with a value.</summary>
    Completed,

    /// <summary>It ended with a value, and breaks a constraint of the study: its value does not count, and its point is avoided.</summary>
    Infeasible,

    /// <summary>It was stopped early, because it was worse than others at the same step.</summary>
    Pruned,

    /// <summary>It failed through a fault of its own (an error, out of memory, NaN): a point to be avoided.</summary>
    Failed,

    /// <summary>Its machine was lost too often. Nothing is known about the point, so it is tried again.</summary>
    Lost,

    /// <summary>It was cancelled: nothing is known about the point.</summary>
    Cancelled,
}

/// <summary>The state of a study.</summary>
public enum StudyState
{
    /// <summary>It starts trials, or waits for <c>ask</c>.</summary>
    Running,

    /// <summary>Its trials have ended, and the best are run again with fresh seeds.</summary>
    Confirming,

    /// <summary>It has ended.</summary>
    Finished,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}
