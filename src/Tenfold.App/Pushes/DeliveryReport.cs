using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes;

/// <summary>A delivery, and what it led to.</summary>
/// <param name="Delivery">The delivery, without its body.</param>
/// <param name="Push">The push to which it led; null for none.</param>
public sealed record DeliveryReport(Delivery Delivery, PushRecord? Push)
{
    /// <summary>What became of the delivery, in one line for each project; never empty.</summary>
    public IReadOnlyList<string> Results() => (Delivery, Push) switch
    {
        ({ State: DeliveryState.Waiting }, _) => ["it waits to be read"],
        (_, null) => [Delivery.Detail ?? "nothing ran"],
        (_, { Projects.Count: > 0 } push) => [.. push.Projects.Select(project => Of(push, project))],
        (_, { } push) => [$"{Place(push)}: {Of(push)}"],
    };

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
        var state = project.Outcome switch
        {
            null => push.State == PushState.Waiting ? "its runs are being planned" : $"the runs of {project.Group} are not over",
            PushOutcome.Success => $"{project.Group} passed",
            PushOutcome.Failure => $"{project.Group} failed",
            _ => project.Group is null ? "it could not run" : $"{project.Group} could not be judged",
        };
        return $"{place}: {state}{(project is { Outcome: not null, Detail: { } detail } ? $": {detail}" : "")}";
    }
}
