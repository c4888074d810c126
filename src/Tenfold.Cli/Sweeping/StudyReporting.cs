using Tenfold.App;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Numerics.Tuning.Model;
using Tenfold.Reports.Studies;

namespace Tenfold.Cli.Sweeping;

/// <summary>Brings together what a study's report is made of.</summary>
/// <param name="services">The services of this home.</param>
internal sealed class StudyReporting(Services services)
{
    /// <summary>The report's page.</summary>
    public async Task<string> RenderAsync(StudyRecord study, CancellationToken cancellationToken)
    {
        var trials = await services.Studies.TrialsOfAsync(study.Id, cancellationToken);
        var groups = await services.Studies.ConfirmationsOfAsync(study.Id, cancellationToken);
        var confirmed = new List<ConfirmedTrial>();
        foreach (var group in groups)
            confirmed.Add(new ConfirmedTrial(RunNames.TrialOf(group.Id)!.Value, new GroupRuns(group, await services.Ledger.RunsOfAsync(group.Id, cancellationToken))));
        var space = new SearchSpace(SpaceJson.Read(study.Spec.Space));
        return StudyHtmlReport.Render(StudyReportModel.From(new StudyReportInput
        {
            Study = study,
            Trials = trials,
            Rungs = await services.Studies.RungsOfAsync(study.Id, cancellationToken),
            Spans = [.. (await services.Studies.RunsOfStudyAsync(study.Id, cancellationToken)).Where(run => run.StartedAt is not null).Select(Span)],
            Confirmed = confirmed,
            Model = Surrogate.Fit(space, new StudyHistory(study.Spec, space).Observations(trials)) is { } surrogate
                ? new StudyModel(point => surrogate.Mean(point), point => surrogate.Predict(point)) : null,
            Now = services.Time.GetUtcNow(),
        }));
    }

    private static TrialSpan Span(RunRecord run) =>
        new(RunNames.TrialOf(run.Group)!.Value, run.StartedAt!.Value, run.EndedAt, IsConfirmation: run.Group.AsSpan(RunNames.StudyOf(run.Group)!.Length).StartsWith("-c"));
}
