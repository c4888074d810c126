namespace Tenfold.Core.Experiments;

/// <summary>What an experiment says so far.</summary>
public enum ExperimentVerdict
{
    /// <summary>Nothing is shown yet.</summary>
    KeepGoing,

    /// <summary>The candidate is better.</summary>
    Better,

    /// <summary>The candidate is worse.</summary>
    Worse,

    /// <summary>The arms did not get the keys that they should have got, so nothing can be concluded.</summary>
    Blocked,
}
