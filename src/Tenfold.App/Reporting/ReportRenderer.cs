using Tenfold.App.Comparing;
using Tenfold.App.Fitting;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Model;
using Tenfold.Reports.Groups;
using Tenfold.Reports.Serving;
using Tenfold.Reports.Studies;

namespace Tenfold.App.Reporting;

/// <summary>Loads what a report shows, and renders the report.</summary>
/// <param name="services">The services of this home.</param>
public sealed class ReportRenderer(Services services)
{
    /// <inheritdoc cref="RenderAsync(IReadOnlyList{string}, string?, LocationStatistic, CancellationToken)"/>
    public Task<Outcome<string>> RenderAsync(IReadOnlyList<string> ids, string? metric, CancellationToken cancellationToken) =>
        RenderAsync(ids, metric, LocationStatistic.Mean, cancellationToken);

    /// <summary>Renders the report of a deployed model, of a study, or of groups.</summary>
    /// <param name="ids">A model's name; or prefixes of ids: of one study, or of groups with the baseline first.</param>
    /// <param name="metric">The metric by which groups are compared, as the user wrote it; null for the one that they agree on.</param>
    /// <param name="statistic">By which statistic groups are compared; the mean for a model or a study.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The HTML page; or a refusal: a prefix matches nothing, or a study is named beside something else.</returns>
    public async Task<Outcome<string>> RenderAsync(
        IReadOnlyList<string> ids, string? metric, LocationStatistic statistic, CancellationToken cancellationToken)
    {
        var isMean = statistic == LocationStatistic.Mean;
        // A deployed model has a name of its own, which is no prefix of an id that was meant.
        if (ids is [var model] && (await services.Versions.ListVersionsAsync(model, cancellationToken)).Count > 0)
        {
            if (!isMean) return Refusal.BadInput($"{model} is a deployed model: leave out --statistic");
            return metric is null ? ServingHtmlReport.Render(await new ServingReport(services).LoadAsync(model, cancellationToken))
                : Refusal.BadInput($"{model} is a deployed model, whose experiment names its metric: leave out --metric");
        }

        foreach (var prefix in ids)
        {
            if (!(await services.Ids.ResolveAsync(prefix, cancellationToken)).Succeeded(out var id, out var unknown)) return unknown;
            if (await services.Studies.FindStudyAsync(id, cancellationToken) is not { } study) continue;
            if (ids.Count > 1)
                return Refusal.BadInput($"{study.Id} is a study, which has a report of its own: tenfold report {study.Id}");
            if (metric is not null)
            {
                return Refusal.BadInput(
                    $"{study.Id} optimises {string.Join(" and ", study.Spec.Metrics.Select(one => one.Name))}: leave out --metric");
            }

            if (!isMean) return Refusal.BadInput($"{study.Id} is a study, whose report shows means: leave out --statistic");
            return await RenderStudyAsync(study, cancellationToken);
        }

        if (!(await new GroupLoader(services).LoadAsync(ids, cancellationToken)).Succeeded(out var groups, out var refusal)) return refusal;
        if (!MetricChoice.TryChoose([.. groups.Select(group => group.Group)], metric, out var chosen, out refusal)) return refusal;
        var options = new ComparisonOptions { Statistic = statistic };
        if (GroupLoader.FaultOf(groups, options) is { } fault) return fault;
        return await RenderGroupsAsync(groups, chosen, options, cancellationToken);
    }

    // A verdict in a report is a look at the groups, like one of tenfold compare.
    private async Task<Outcome<string>> RenderGroupsAsync(
        IReadOnlyList<GroupRuns> groups, MetricSpec? metric, ComparisonOptions options, CancellationToken cancellationToken)
    {
        var loader = new GroupLoader(services);
        var histories = metric is null ? [] : await loader.HistoriesAsync(groups, metric, cancellationToken);
        if (GroupLoader.FaultOf(histories, groups, options) is { } planned) return planned;
        var model = ReportModel.From(groups, metric, services.Time.GetUtcNow(), options, histories: histories);
        if (metric is not null)
        {
            await loader.RecordAsync(groups, metric, model.Comparisons, histories, cancellationToken);
            model = model with { Looks = [.. await loader.HistoriesAsync(groups, metric, cancellationToken)] };
        }

        var made = await services.Comparisons.CountComparisonsAsync(groups[0].Group.Spec.Project, cancellationToken);
        return HtmlReport.Render(model with { MadeInProject = made });
    }

    private async Task<string> RenderStudyAsync(StudyRecord study, CancellationToken cancellationToken)
    {
        var trials = await services.Studies.ListTrialsAsync(study.Id, cancellationToken);
        var confirmed = new List<ConfirmedTrial>();
        var fresh = new OrderedDictionary<int, IReadOnlyList<RunWithMetrics>>();
        foreach (var group in await services.Studies.ListConfirmationsAsync(study.Id, cancellationToken))
        {
            var runs = await services.Ledger.ListRunsAsync(group.Id, cancellationToken);
            var number = RunNames.TrialOf(group.Id)!.Value;
            fresh[number] = runs;
            if (number == ConfirmationPlan.Baseline) continue;
            confirmed.Add(new ConfirmedTrial(number, new GroupRuns(group, ConfirmationPlan.ChoosingRuns(study.Spec, runs))));
        }

        var ofTrials = await services.Studies.ListStudyRunsAsync(study.Id, cancellationToken);
        var space = study.Spec.ReadSpace();
        var surrogate = study.Spec.HasFront ? null : Surrogate.Fit(space, new StudyHistory(study.Spec, space).WithForecasts(trials));
        return StudyHtmlReport.Render(StudyReportModel.From(new StudyReportInput
        {
            Study = study,
            Trials = trials,
            Rungs = await services.Studies.ListRungsAsync(study.Id, cancellationToken),
            Spans = [.. ofTrials.Where(run => run.StartedAt is not null).Select(SpanOf)],
            LinesUnread = TrialWarnings.LinesUnread(trials, ofTrials),
            Confirmed = study.Spec.HasFront ? [] : confirmed,
            ConfirmedFront = study.Spec.HasFront && confirmed.Count > 0 ? FrontConfirmation.Of(study.Spec, trials, fresh) : null,
            Measured = confirmed.Count == 0 || study.Spec.HasFront ? null : ConfirmationResult.Of(study.Spec, trials, fresh).Measured,
            Model = surrogate is null ? null : new StudyModel(point => surrogate.Mean(point), point => surrogate.Predict(point)),
            Now = services.Time.GetUtcNow(),
        }));
    }

    private static TrialSpan SpanOf(RunRecord run) => new(
        RunNames.TrialOf(run.Group)!.Value, run.StartedAt!.Value, run.EndedAt,
        IsConfirmation: RunNames.IsConfirmation(run.Group));
}
