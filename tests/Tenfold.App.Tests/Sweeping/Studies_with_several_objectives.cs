using System.Text.Json;
using Tenfold.App.Fitting;
using Tenfold.App.Reporting;
using Tenfold.App.Sweeping;
using Tenfold.App.Sweeping.Workers;
using Tenfold.App.Views;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;

namespace Tenfold.App.Tests.Sweeping;

public sealed class Studies_with_several_objectives : IDisposable
{
    private const string Two = "objectives: { accuracy: maximize, latency_ms: minimize }";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Workspace _workspace = Workspace.InProject();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Results_are_told_in_the_order_of_the_objectives_and_can_be_corrected()
    {
        var study = await CreateAsync(Two);
        await AskAsync(study, 4);
        (await TellAsync(study, 1, "0.9")).Refusal().Message.ShouldContain("accuracy, latency_ms, so a result needs 2 values");
        (await TellAsync(study, 1, "0.9", "10", "11")).Refusal().Message.ShouldContain("not 3");
        (await TellAsync(study, 1, "0.9", "fast")).Refusal().Message.ShouldContain("is not a number");
        (await TellAsync(study, 1, "0.9", "10")).Value().Trial.Means.ShouldBe([0.9, 10]);
        (await TellAsync(study, 2, "0.8", "5")).Value().Trial.State.ShouldBe(TrialState.Completed);
        (await TellAsync(study, 3, "0.7", "6")).Value().IsNew.ShouldBeTrue();
        var failed = (await TellAsync(study, 4, "0.7", "nan")).Value().Trial;
        failed.State.ShouldBe(TrialState.Failed);
        failed.Why.ShouldBeOfType<Reason.MetricNotFinite>().Metric.ShouldBe("latency_ms");
        (await FrontAsync(study)).ShouldBe([1, 2]);
        var told = new AskAndTell(_workspace.Services);
        var right = new TrialResult(3, ["0.95", "20"], IsCorrection: true);
        (await told.TellAsync(study.Id, right, None)).Value().Trial.Replaced.ShouldHaveSingleItem().Others[0].ShouldBe([6]);
        (await FrontAsync(study)).ShouldBe([3, 1, 2]);
    }

    [Fact]
    public async Task Trials_that_break_a_constraint_are_not_on_the_front()
    {
        var study = await CreateAsync(Two + """, constraints: { latency_ms: "<= 20", size: "<= 3" }""");
        await AskAsync(study, 3);
        (await TellAsync(study, 1, "0.9", "10")).Refusal().Message.ShouldContain("--metric size=VALUE", Case.Sensitive);
        (await TellAsync(study, 1, ("latency_ms", "1"), "0.9", "10")).Refusal().Message.ShouldContain("records no latency_ms");
        (await TellAsync(study, 1, ("size", "2"), "0.9", "10")).Value().Trial.State.ShouldBe(TrialState.Completed);
        (await TellAsync(study, 2, ("size", "2"), "0.99", "21")).Value().Trial.State.ShouldBe(TrialState.Infeasible);
        (await TellAsync(study, 3, ("size", "4"), "0.99", "1")).Value().Trial.State.ShouldBe(TrialState.Infeasible);
        (await FrontAsync(study)).ShouldBe([1]);
    }

    [Fact]
    public async Task Workers_return_a_value_for_each_objective()
    {
        var study = await CreateAsync(Two + ", trials: 4");
        _workspace.Write("objective.py", """
            import tenfold_study
            def objective(trial):
                if trial.number == 1: return 0.9, 10
                if trial.number == 2: return {"latency_ms": 5, "accuracy": 0.8}
                if trial.number == 3: return 0.7
                return 0.9, float("inf")
            tenfold_study.optimize(objective)
            """);
        var words = TrialWorkers.Find(_workspace.Services, ["python3", "objective.py"]).Value();
        using var runner = new TrialWorkers(_workspace.Services, study, words, TimeSpan.FromMinutes(1), _ => { });
        await runner.RunAsync(1, None, None);
        var trials = await _workspace.Services.Studies.ListTrialsAsync(study.Id, None);
        trials.Select(trial => string.Join(' ', trial.Means)).ShouldBe(["0.9 10", "0.8 5", "", ""]);
        ReasonText.Of(trials[2].Why!).ShouldContain("needs a value for each of accuracy, latency_ms");
        trials[3].Why.ShouldBe(new Reason.MetricNotFinite("latency_ms", double.PositiveInfinity));
    }

    [Fact]
    public async Task Settings_that_need_one_metric_are_refused()
    {
        Configure(Two);
        (await PlanAsync(request => request with { Metric = "accuracy:maximize" })).Refusal().Message
            .ShouldContain("--metric names one metric, and sweep.objectives in tenfold.yaml names several");
        (await PlanAsync(request => request with { Prune = PruningRule.Asha })).Refusal().Message
            .ShouldContain("prune compares trials by one metric");
        (await PlanAsync(request => request with { From = "optuna.db" })).Refusal().Message.ShouldContain("read with one objective only");
        (await PlanAsync()).Value().Study.Spec.Metrics.Select(metric => metric.Name).ShouldBe(["accuracy", "latency_ms"]);
    }

    [Fact]
    public async Task It_learns_from_a_study_of_the_same_objectives_only()
    {
        var (first, one) = (await CreateAsync(Two), await CreateAsync("trials: 3"));
        await AskAsync(first, 1);
        await AskAsync(one, 1);
        (await TellAsync(first, 1, "0.9", "10")).Value();
        (await TellAsync(one, 1, "0.9")).Value();
        Configure(Two);
        (await PlanAsync(request => request with { From = one.Id })).Refusal().Message
            .ShouldContain("only from a study of toy by accuracy (maximize) and latency_ms (minimize)");
        var earlier = (await PlanAsync(request => request with { From = first.Id })).Value().Study.Spec.Earlier.ShouldHaveSingleItem();
        earlier.Others.ShouldHaveSingleItem().ShouldBe([10]);
    }

    [Fact]
    public async Task Its_JSON_and_its_report_have_the_front_and_no_best_trial()
    {
        var study = await CreateAsync(Two);
        await AskAsync(study, 3);
        await TellAsync(study, 1, "0.9", "10");
        await TellAsync(study, 2, "0.8", "5");
        await TellAsync(study, 3, "0.7", "6");
        var result = await StudyResult.LoadAsync(_workspace.Services, study.Id, None);
        (result.Best, result.Leaders.Count, result.HasCompleted).ShouldBe((null, 0, true));
        var json = JsonSerializer.SerializeToElement(StudyResultView.Of(result), ViewJson.Default.StudyResultView);
        json.GetProperty("front").EnumerateArray().Select(number => number.GetInt32()).ShouldBe([1, 2]);
        json.GetProperty("best").GetArrayLength().ShouldBe(0);
        json.GetProperty("study").GetProperty("objectives")[1].GetProperty("goal").GetString().ShouldBe("minimize");
        json.GetProperty("trials")[2].GetProperty("objectives").EnumerateArray().Select(values => values[0].GetDouble()).ShouldBe([0.7, 6]);
        var listed = (await new StudyLister(_workspace.Services).ListAsync(5, None)).ShouldHaveSingleItem();
        (listed.Front, listed.Best).ShouldBe((2, null));
        var page = (await new ReportRenderer(_workspace.Services).RenderAsync([study.Id], null, None)).Value();
        page.ShouldContain("2 of 3 completed trials are on the front");
        page.ShouldContain("trial 2: accuracy 0.8, latency_ms 5");
        page.ShouldNotContain("Best by");
    }

    private void Configure(string sweep) => _workspace.Write(
        "tenfold.yaml",
        "name: toy\ntrain:\n  command: sh train.sh\n  metric: { name: accuracy, goal: maximize }\n" +
        $"sweep: {{ parameters: {{ x: {{ min: 0.0, max: 1.0 }} }}, method: sobol, {sweep} }}\n");

    private Task<Outcome<StudyPlan>> PlanAsync(Func<SweepRequest, SweepRequest>? change = null)
    {
        var request = new SweepRequest { Folder = _workspace.Project, HasWork = false };
        return new StudyPlanner(_workspace.Services).PlanAsync(change is null ? request : change(request), None);
    }

    private async Task<StudyRecord> CreateAsync(string sweep)
    {
        Configure(sweep);
        return (await new Submitter(_workspace.Services).RecordAsync((await PlanAsync()).Value().Study, _ => { }, None)).Value();
    }

    private async Task AskAsync(StudyRecord study, int count)
    {
        for (var i = 0; i < count; i++) (await new AskAndTell(_workspace.Services).AskAsync(study.Id, null, None)).Value();
    }

    private Task<Outcome<ToldTrial>> TellAsync(StudyRecord study, int trial, params string[] values) =>
        new AskAndTell(_workspace.Services).TellAsync(study.Id, new TrialResult(trial, values), None);

    private Task<Outcome<ToldTrial>> TellAsync(StudyRecord study, int trial, (string Name, string Value) metric, params string[] values) =>
        new AskAndTell(_workspace.Services).TellAsync(
            study.Id, new TrialResult(trial, values) { Metrics = new Dictionary<string, string> { [metric.Name] = metric.Value } }, None);

    private async Task<IEnumerable<int>> FrontAsync(StudyRecord study) =>
        (await StudyResult.LoadAsync(_workspace.Services, study.Id, None)).Front.Select(trial => trial.Number);
}
