using Tenfold.Numerics.Statistics;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Keys;

/// <summary>Checks the objectives of a sweep against its other settings, most of which need one metric that decides.</summary>
internal static class ObjectiveChecks
{
    /// <summary>With more objectives, almost every trial is on the front.</summary>
    public const int Most = 4;

    /// <summary>What contradicts the objectives, each with its key in <c>sweep</c>; empty without objectives.</summary>
    public static IEnumerable<(string Key, string Message)> Problems(Sweep sweep)
    {
        if (sweep.Objectives.Count == 0) yield break;
        if (sweep.Objectives is [var only])
        {
            yield return (SweepKeys.Objectives.Key,
                $"objectives names only {only.Name}, and a front needs two metrics; for one metric, write train.metric instead");
        }

        if (sweep.Objectives.Count > Most)
        {
            yield return (SweepKeys.Objectives.Key,
                $"objectives names {sweep.Objectives.Count} metrics, and with more than {Most} almost every trial is on the front; "
                + "limit some of them with constraints instead");
        }

        if (sweep.Prune is not null)
        {
            yield return (SweepKeys.Prune.Key,
                "prune compares trials by one metric, and this sweep has several objectives; leave out prune, or the objectives");
        }

        if (sweep.Baseline is not null)
        {
            yield return (SweepKeys.Baseline.Key,
                "baseline is what the winner of confirm is compared with, and a sweep with several objectives has no winner; "
                + "leave out baseline");
        }
    }

    /// <summary>Reports what contradicts the objectives in a file.</summary>
    public static void Run(FaultList faults, MapNode node, Sweep sweep, TrainingMetric? metric)
    {
        foreach (var (key, message) in Problems(sweep)) faults.Add((node.Find(key) ?? node).Mark, message);
        var own = sweep.Objectives.FirstOrDefault(objective => objective.Name == metric?.Name);
        if (own is null || own.Goal == metric!.Goal || node.Find(SweepKeys.Objectives.Key) is not { } objectives) return;
        faults.Add(objectives.Mark,
            $"objectives says to {Word(own.Goal)} {own.Name}, and train.metric says to {Word(metric.Goal)} it; make both the same");
    }

    private static string Word(MetricGoal goal) => goal.ToString().ToLowerInvariant();
}
