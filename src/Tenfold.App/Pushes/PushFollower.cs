using Tenfold.App.Comparing;
using Tenfold.App.Sweeping;
using Tenfold.Core.Pushes;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.App.Pushes;

/// <summary>Judges the runs of a push once they have ended.</summary>
/// <param name="services">The services of this home.</param>
internal sealed class PushFollower(Services services)
{
    /// <summary>Judges each project whose runs have ended.</summary>
    /// <returns>The push; it is done once every project has been judged.</returns>
    public async Task<PushRecord> FollowAsync(PushRecord push, CancellationToken cancellationToken)
    {
        var projects = new List<PushProject>();
        foreach (var project in push.Projects)
        {
            projects.Add(project switch
            {
                { Outcome: null, Group: not null } => await JudgeAsync(project, cancellationToken),
                { Outcome: null, Study: not null } => await JudgeStudyAsync(project, cancellationToken),
                _ => project,
            });
        }

        var isDone = projects.TrueForAll(project => project.Outcome is not null);
        return push with { Projects = projects, State = isDone ? PushState.Done : push.State };
    }

    /// <summary>Compares the groups of a project.</summary>
    /// <returns>The comparison; or a refusal: no metric is named. Null when there is no baseline.</returns>
    public async Task<Outcome<GroupComparison>?> CompareAsync(PushProject project, CancellationToken cancellationToken) =>
        project is { Group: { } group, Baseline: { } baseline }
            ? await new GroupLoader(services).CompareAsync(
                [baseline, group], null, new ComparisonOptions { Margin = project.Margin }, cancellationToken)
            : null;

    private async Task<PushProject> JudgeAsync(PushProject project, CancellationToken cancellationToken)
    {
        var runs = await services.Ledger.ListRunsAsync(project.Group!, cancellationToken);
        if (!runs.All(run => run.Run.State.IsFinal())) return project;
        if (project.Baseline is { } baseline
            && !(await services.Ledger.ListRunsAsync(baseline, cancellationToken)).All(run => run.Run.State.IsFinal())) return project;
        var failed = runs.Count(run => run.Run.State != RunState.Succeeded);
        if (failed > 0)
        {
            var why = runs.FirstOrDefault(run => run.Run.State == RunState.Failed)?.Run.Reason;
            return project with
            {
                Outcome = PushOutcome.Failure,
                Detail = $"{failed} of {Numbers.Count(runs.Count, "run")} did not succeed{(why is null ? "" : $": {why}")}",
            };
        }

        if (await CompareAsync(project, cancellationToken) is not { } compared)
            return project with { Outcome = PushOutcome.Success, Detail = await SummarizeAsync(project, runs, cancellationToken) };
        if (compared.Succeeded(out var comparison, out var refusal)) return Judge(project, comparison);
        if (project.FailsOn is not null)
            return project with { Outcome = PushOutcome.Error, Detail = $"could not be compared: {refusal.Message}" };
        return project with { Outcome = PushOutcome.Success, Detail = await SummarizeAsync(project, runs, cancellationToken) };
    }

    // The server drives the study itself.
    private async Task<PushProject> JudgeStudyAsync(PushProject project, CancellationToken cancellationToken)
    {
        if (await services.Studies.FindStudyAsync(project.Study!, cancellationToken) is not { } study)
            return project with { Outcome = PushOutcome.Error, Detail = $"the ledger has no study {project.Study}" };
        if (study.State == StudyState.Cancelled)
            return project with { Outcome = PushOutcome.Failure, Detail = $"the study was cancelled: {study.Reason}" };
        if (study.State != StudyState.Finished) return project;
        var result = await StudyResult.LoadAsync(services, study.Id, cancellationToken);
        if (result.Front.Count > 0)
        {
            return project with
            {
                Outcome = PushOutcome.Success,
                Detail = $"{Numbers.Count(result.Front.Count, "trial")} of {result.Trials.Count} on the front of "
                    + string.Join(" and ", study.Spec.Objectives.Select(objective => objective.Name)),
            };
        }

        var value = await StudyResult.ValueAsync(services, study, result.Trials, cancellationToken);
        return value is null ? project with { Outcome = PushOutcome.Failure, Detail = "no trial of the study succeeded" } : project with
        {
            Outcome = PushOutcome.Success,
            Detail = $"{study.Spec.Metric.Name} {Numbers.Format(value.Value, null)} in trial {value.Trial} of {result.Trials.Count}"
                + (value.IsConfirmed ? ", confirmed by fresh runs" : ""),
        };
    }

    // As for `compare --fail-on worse`: a gate that tested nothing does not pass.
    private static PushProject Judge(PushProject project, GroupComparison comparison)
    {
        var candidate = comparison.Candidates[0].Comparison;
        var baselineName = project.BaselineCommit is { } commit ? commit[..10] : "the baseline";
        var sentence = VerdictText.Sentence(candidate, "this commit", baselineName, comparison.Metric.Name);
        if (candidate.Method is null && project.FailsOn is not null)
            return project with { Outcome = PushOutcome.Error, Detail = $"could not be compared: {sentence}" };
        var margin = candidate.Margin is { } judged
            ? $" {VerdictText.Sentence(judged, candidate.Method == ComparisonMethod.Paired)}" : "";
        return project with
        {
            Outcome = project.FailsOn is { } rule && !ComparisonGate.Passes(rule, candidate) ? PushOutcome.Failure : PushOutcome.Success,
            Detail = $"{VerdictText.Word(candidate)}: {sentence}{margin}",
        };
    }

    private async Task<string> SummarizeAsync(
        PushProject project, IReadOnlyList<Core.Ledger.RunWithMetrics> runs, CancellationToken cancellationToken)
    {
        var all = Numbers.Count(runs.Count, "run");
        if ((await services.Ledger.FindGroupAsync(project.Group!, cancellationToken))?.Spec.Metric is not { } metric
            || GroupStatistics.Of(metric, runs).Summary is not { } summary) return $"{all} succeeded";
        var spread = summary.StandardDeviation is { } deviation ? $" ± {Numbers.Format(deviation, deviation)}" : "";
        var mean = Numbers.Format(summary.Mean, summary.StandardDeviation);
        return $"{metric.Name} {mean}{spread} over {all}{(project.Detail is { } note ? $"; {note}" : "; nothing to compare with yet")}";
    }
}
