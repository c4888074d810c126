using Tenfold.Cli.Reports;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Statistics;
using Tenfold.Core.Studies;
using Tenfold.Core.Tuning;
using Tenfold.Core.Tuning.Model;

namespace Tenfold.Cli.Sweeping;

/// <summary>Brings together what a study's report is made of.</summary>
/// <param name="place">The parts to work with.</param>
internal sealed class StudyReporting(Workplace place)
{
    /// <summary>The report's page.</summary>
    public async Task<string> RenderAsync(StudyRecord study, CancellationToken cancellationToken)
    {
        var trials = await place.Studies.TrialsOfAsync(study.Id, cancellationToken);
        var groups = await place.Studies.ConfirmationsOfAsync(study.Id, cancellationToken);
        var confirmed = new List<ConfirmedTrial>();
        foreach (var group in groups)
            confirmed.Add(new ConfirmedTrial(RunNames.TrialOf(group.Id)!.Value, new GroupRuns(group, await place.Ledger.RunsOfAsync(group.Id, cancellationToken))));
        var space = new SearchSpace(SpaceJson.Read(study.Spec.Space));
        return StudyHtmlReport.Render(StudyReportModel.From(new StudyReportInput
        {
            Study = study,
            Trials = trials,
            Rungs = await place.Studies.RungsOfAsync(study.Id, cancellationToken),
            Spans = [.. (await place.Studies.RunsOfStudyAsync(study.Id, cancellationToken)).Where(run => run.StartedAt is not null).Select(Span)],
            Confirmed = confirmed,
            Model = Surrogate.Fit(space, new StudyHistory(study.Spec, space).Observations(trials)) is { } surrogate
                ? new StudyModel(point => surrogate.Mean(point), point => surrogate.Predict(point)) : null,
            Now = place.Time.GetUtcNow(),
        }));
    }

    private static TrialSpan Span(RunRecord run) =>
        new(RunNames.TrialOf(run.Group)!.Value, run.StartedAt!.Value, run.EndedAt, IsConfirmation: run.Group.AsSpan(RunNames.StudyOf(run.Group)!.Length).StartsWith("-c"));
}
