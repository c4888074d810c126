namespace Tenfold.Core.Attempts;

/// <summary>Whether another attempt follows one that has ended: the one rule, whoever applies it.</summary>
public static class RetryPolicy
{
    /// <summary>How often a run whose attempts get lost is tried again, beside its <c>retries</c>.</summary>
    public const int MaxLost = 3;

    /// <summary>The attempt that follows; null when none does.</summary>
    /// <param name="assignment">The attempt that ended.</param>
    /// <param name="ending">How it ended. Only a failing command and a lost attempt are tried again: what was stopped on purpose, or could not
    /// be started, would end the same way.</param>
    public static Assignment? Next(Assignment assignment, Ending ending) => ending switch
    {
        Ending.Lost when assignment.LostBefore < MaxLost =>
            assignment with { Number = assignment.Number + 1, LostBefore = assignment.LostBefore + 1 },
        Ending.Exited or Ending.Signalled when assignment.Number - assignment.LostBefore <= assignment.Spec.Resources.Retries =>
            assignment with { Number = assignment.Number + 1 },
        _ => null,
    };
}
