using Tenfold.App.Queueing;
using Tenfold.Core.Reasons;

namespace Tenfold.App.Views;

#pragma warning disable MA0048

/// <summary>A run that waits, as <c>tenfold queue --json</c> shows it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Group">Its group.</param>
/// <param name="Project">Its project.</param>
/// <param name="User">The user who made the group; null when unknown.</param>
/// <param name="Priority"><c>low</c>, <c>normal</c> or <c>high</c>.</param>
/// <param name="Target">The target's name.</param>
/// <param name="Ahead">How many runs of its target start before it; null when the target decides that itself.</param>
/// <param name="Reason">Why it waits, in words; null when nothing is known.</param>
/// <param name="ReasonCode">The reason's code.</param>
public sealed record WaitingRunView(
    string Run, string Group, string Project, string? User, string Priority, string Target, int? Ahead, string? Reason, string? ReasonCode)
{
    /// <summary>Makes the view.</summary>
    public static WaitingRunView Of(WaitingRun waiting)
    {
        var (group, why) = (waiting.Attempt.Group, waiting.Why);
        return new WaitingRunView(
            waiting.Attempt.Run.Id, group.Id, group.Spec.Project, group.Spec.User, group.Priority.ToString().ToLowerInvariant(),
            group.Target, waiting.Ahead, why.Words(), why?.Code);
    }
}

/// <summary>A group whose priority was changed.</summary>
/// <param name="Group">Its id.</param>
/// <param name="Priority">Its priority now: <c>low</c>, <c>normal</c> or <c>high</c>.</param>
/// <param name="Waiting">How many of its runs wait.</param>
/// <param name="Kept">How many of these keep their place in the queue of their target.</param>
/// <param name="Why">Why they do; null when none does.</param>
public sealed record MovedGroupView(string Group, string Priority, int Waiting, int Kept, string? Why)
{
    /// <summary>Makes the view.</summary>
    public static MovedGroupView Of(MovedGroup moved) =>
        new(moved.Group, moved.Priority.ToString().ToLowerInvariant(), moved.Waiting, moved.Kept, moved.Why);
}
