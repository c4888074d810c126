using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes;

/// <summary>Says what became of a push.</summary>
public static class PushText
{
    /// <summary>What became of a push, in one line for each project; never empty.</summary>
    public static IReadOnlyList<string> Results(PushRecord push) =>
        push.Projects.Count > 0 ? [.. push.Projects.Select(project => Of(push, project))] : [$"{Place(push)}: {Of(push)}"];

    private static string Place(PushRecord push) => $"{push.Ref} at {push.Commit[..Math.Min(10, push.Commit.Length)]}";

    private static string Of(PushRecord push) => push switch
    {
        { State: PushState.Waiting, FailingSince: not null } => "it can't be processed now, and is tried again every 30 s",
        { State: PushState.Waiting } => "its runs are not planned yet",
        { State: PushState.Superseded } => "nothing ran, since a newer push replaced it",
        { State: PushState.Failed } => $"it failed: {push.Detail}",
        _ => $"nothing ran: {push.Detail}",
    };

    private static string Of(PushRecord push, PushProject project)
    {
        var place = $"{Place(push)}{(project.Folder.Length == 0 ? "" : $" ({project.Folder})")}";
        if (push.State is PushState.Failed or PushState.Superseded) return $"{place}: {Of(push)}";
        var name = project.Group ?? project.Study;
        var state = project.Outcome switch
        {
            null => push.State == PushState.Waiting ? "its runs are being planned" : $"the runs of {name} are not over",
            PushOutcome.Success => $"{name} passed",
            PushOutcome.Failure => $"{name} failed",
            _ => name is null ? "it could not run" : $"{name} could not be judged",
        };
        return $"{place}: {state}{(project is { Outcome: not null, Detail: { } detail } ? $": {detail}" : "")}";
    }
}
