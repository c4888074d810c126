using Tenfold.Core.Input;
using Tenfold.Core.Pushes;
using Tenfold.Core.Targets;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Keys;

/// <summary>Checks the <c>on</c> part against the rest of the file.</summary>
internal static class TriggerChecks
{
    /// <summary>Checks that each trigger has one target, which exists.</summary>
    public static void Run(FaultList faults, MapNode node, Triggers triggers, ProjectFile project)
    {
        Check(faults, node, TriggerKeys.Push.Key, triggers.Push, project);
        Check(faults, node, TriggerKeys.PullRequest.Key, triggers.PullRequest, project);
        Check(faults, node, TriggerKeys.Schedule.Key, triggers.Schedule, project);
        if (triggers.Schedule is not { Work: ScheduledWork.Sweep } schedule || node.Find(TriggerKeys.Schedule.Key) is not { } part) return;
        if (project.Sweep is null) faults.Add(part.Mark, "on.schedule: 'do: sweep' needs a 'sweep' part in this file");
        if (schedule.Repeat is not null)
            faults.Add(part.Mark, "on.schedule: 'repeat' is for 'do: fit'; how often a trial runs is said in the 'sweep' part");
    }

    private static void Check(FaultList faults, MapNode node, string key, PushTrigger? trigger, ProjectFile project)
    {
        if (trigger is null || node.Find(key) is not { } part) return;
        var known = project.Targets.Keys.Append(TargetSettings.LocalKind).Distinct().ToList();
        if (trigger.Target is { } name && !known.Contains(name))
        {
            var mark = ((part as MapNode)?.Find(TriggerKeys.Target.Key) ?? part).Mark;
            faults.Add(
                mark, $"on.{key}: there is no target {Excerpt.Of(name)}; the file has {string.Join(", ", known)}",
                Nearest.To(name, known));
        }
        else if (trigger.Target is null && project.Targets.Count > 1)
        {
            faults.Add(part.Mark, $"on.{key} needs a target, since the file has several: add a line such as target: {known[0]}");
        }
    }
}
