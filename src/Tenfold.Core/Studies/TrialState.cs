namespace Tenfold.Core.Studies;

/// <summary>Where a trial stands.</summary>
public enum TrialState
{
    /// <summary>Asked, and not told yet.</summary>
    Running,

    /// <summary>Told a value.</summary>
    Completed,

    /// <summary>Ended early, since it was worse than others at the same step.</summary>
    Pruned,

    /// <summary>It failed by its own fault (an error, out of memory, NaN): a point to be avoided.</summary>
    Failed,

    /// <summary>Its machine was taken away too often: nothing is known of the point, which is asked again.</summary>
    Lost,

    /// <summary>Somebody cancelled it: nothing is known of the point.</summary>
    Cancelled,
}

/// <summary>Where a study stands.</summary>
public enum StudyState
{
    /// <summary>It asks, or waits to be asked.</summary>
    Running,

    /// <summary>Its trials are done, and its best are run again with fresh seeds.</summary>
    Confirming,

    /// <summary>All is done.</summary>
    Finished,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled,
}
