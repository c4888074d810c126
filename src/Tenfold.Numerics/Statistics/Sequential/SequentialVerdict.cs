namespace Tenfold.Numerics.Statistics.Sequential;

/// <summary>What a sequential comparison says so far.</summary>
public enum SequentialVerdict
{
    /// <summary>The interval contains zero, or there are too few units: go on.</summary>
    KeepGoing,

    /// <summary>The interval excludes zero, and the candidate is better.</summary>
    Better,

    /// <summary>The interval excludes zero, and the candidate is worse.</summary>
    Worse,
}
