using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Studies;

/// <summary>The groups of runs that trials and their confirmations are.</summary>
public static class TrialGroups
{
    /// <summary>The group of a trial's runs.</summary>
    public static PlannedGroup OfTrial(StudyRecord study, TrialRecord trial) =>
        Make(study, RunNames.Trial(study.Id, trial.Number), trial.Parameters, trial.Seed, study.Spec.Repeat, trial.AskedAt);

    /// <summary>
    /// The group in which a trial's point is run again. All finalists have the same seeds, so that they are compared in pairs.
    /// </summary>
    /// <remarks>The seeds are fresh: trials' are derived from the study's seed, these from its complement.</remarks>
    public static PlannedGroup OfConfirmation(StudyRecord study, TrialRecord trial, DateTimeOffset now) => Make(
        study, RunNames.Confirmation(study.Id, trial.Number), trial.Parameters, SeedSequence.Derive(~study.Spec.Seed, 1),
        study.Spec.Confirm!.Repeat, now);

    private static PlannedGroup Make(StudyRecord study, string id, JsonElement parameters, long seed, int repeat, DateTimeOffset now)
    {
        var work = study.Spec.Work
            ?? throw new InvalidOperationException($"{study.Id} has no work of its own: somebody else runs its trials");
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
            Spec = work with { Parameters = Merged(work.Parameters, parameters), Parallel = study.Spec.Parallel },
        };
        return new PlannedGroup(group, [.. Enumerable.Range(1, repeat).Select(i => RunRecord.New(group, i, SeedSequence.Derive(seed, i)))]);
    }

    // A parameter that the trial does not have in play keeps the project's own value; where there is none, the run does not have it.
    private static JsonElement Merged(JsonElement own, JsonElement trial)
    {
        var merged = Parameters.FromJson(own.GetRawText());
        foreach (var (name, value) in Parameters.FromJson(trial.GetRawText())) merged = merged.With(name, value);
        using var document = JsonDocument.Parse(Parameters.From(merged.Where(parameter => parameter.Value is not RequiredValue)).ToJson());
        return document.RootElement.Clone();
    }
}
