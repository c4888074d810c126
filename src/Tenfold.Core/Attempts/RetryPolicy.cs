namespace Tenfold.Core.Attempts;

/// <summary>The rule by which another attempt follows one that has ended. Agents and controllers apply it alike.</summary>
public static class RetryPolicy
{
    /// <summary>Finds the attempt that follows; null when none does.</summary>
    /// <param name="assignment">The attempt that ended.</param>
    /// <param name="ending">How it ended. Only a failed command and a lost attempt are tried again: an attempt that was stopped on
    /// purpose, or could not be started, would end in the same way.</param>
    public static Assignment? Next(Assignment assignment, Ending ending) => ending switch
    {
        Ending.Lost when assignment.LostBefore < assignment.Spec.Resources.MaxLost =>
            assignment with { Number = assignment.Number + 1, LostBefore = assignment.LostBefore + 1 },
        Ending.Exited or Ending.Signalled when assignment.Number - assignment.LostBefore <= assignment.Spec.Resources.Retries =>
            assignment with { Number = assignment.Number + 1 },
        _ => null,
    };
}
