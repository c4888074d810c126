using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Queueing;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>Plans the groups of runs for trials and their confirmations.</summary>
public static class TrialGroups
{
    /// <summary>The group of a trial's runs.</summary>
    public static PlannedGroup OfTrial(StudyRecord study, TrialRecord trial) =>
        Make(study, RunNames.Trial(study.Id, trial.Number), trial.Parameters, trial.Seed, study.Spec.Repeat, trial.AskedAt);

    /// <summary>
    /// The group that runs a trial's point again. All finalists get the same seeds, so that they can be compared in pairs.
    /// </summary>
    /// <remarks>The seeds are fresh: they derive from the complement of the study's seed, while the
    /// trials' seeds derive from the seed itself.</remarks>
    public static PlannedGroup OfConfirmation(StudyRecord study, TrialRecord trial, DateTimeOffset now) => Make(
        study, RunNames.Confirmation(study.Id, trial.Number), trial.Parameters, SeedSequence.Derive(~study.Spec.Seed, 1),
        study.Spec.Confirm!.Repeat, now);

    /// <summary>
    /// The group of the baseline. It has the finalists' seeds; or, where the winner is chosen among several, the winner's further seeds.
    /// </summary>
    public static PlannedGroup OfBaseline(StudyRecord study, DateTimeOffset now)
    {
        var (confirm, seed) = (study.Spec.Confirm!, SeedSequence.Derive(~study.Spec.Seed, 1));
        var id = RunNames.Confirmation(study.Id, ConfirmationPlan.Baseline);
        var first = confirm.Top == 1 ? 1 : confirm.Repeat + 1;
        var planned = Make(study, id, study.Spec.Baseline!.Value, seed, confirm.Repeat, now);
        return planned with { Runs = Runs(planned.Group, first, confirm.Repeat) };
    }

    /// <summary>The winner's further runs, which continue the seeds of its group.</summary>
    public static AddedRuns OfWinner(StudyRecord study, GroupRecord group)
    {
        var repeat = study.Spec.Confirm!.Repeat;
        return new AddedRuns(group.Id, repeat, Runs(group, repeat + 1, repeat));
    }

    private static RunRecord[] Runs(GroupRecord group, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => RunRecord.New(group, i, SeedSequence.Derive(group.BaseSeed, i)))];

    private static PlannedGroup Make(StudyRecord study, string id, JsonElement parameters, long seed, int repeat, DateTimeOffset now)
    {
        var work = study.Spec.Work
            ?? throw new InvalidOperationException($"{study.Id} has no work: its trials run outside Tenfold");
        var group = new GroupRecord
        {
            Id = id,
            Root = study.Root,
            Target = study.Target,
            CreatedAt = now,
            Host = study.Host,
            Version = study.Version,
            BaseSeed = seed,
            Repeat = repeat,
            GitCommit = study.GitCommit,
            GitBranch = study.GitBranch,
            GitDirty = study.GitDirty,
            Priority = study.Spec.Priority ?? RunPriority.Normal,
            Spec = work with
            {
                Parameters = Merged(work.Parameters, parameters),
                Parallel = study.Spec.Parallel,
                DecidingMetrics = MetricsOf(study.Spec),
            },
        };
        return new PlannedGroup(group, Runs(group, 1, repeat));
    }

    private static string[] MetricsOf(StudySpec spec) =>
    [
        .. spec.Objectives.Select(objective => objective.Name).Concat(spec.Constraints.Select(limit => limit.Metric))
            .Prepend(spec.Metric.Name).Distinct(StringComparer.Ordinal),
    ];

    // A parameter that is inactive in the trial keeps the project's value; if the project
    // requires a value, the run doesn't get the parameter.
    private static JsonElement Merged(JsonElement own, JsonElement trial)
    {
        var merged = Parameters.FromJson(own.GetRawText());
        var settings = Parameters.FromJson(trial.GetRawText());
        foreach (var (name, value) in settings) merged = merged.With(name, value);
        var inPlay = merged.Where(parameter => parameter.Value is not NullValue || settings.ContainsKey(parameter.Key));
        using var document = JsonDocument.Parse(Parameters.From(inPlay).ToJson());
        return document.RootElement.Clone();
    }
}
