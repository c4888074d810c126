using Tenfold.App.Fitting;
using Tenfold.App.Sweeping;
using Tenfold.App.Sweeping.Workers;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;

namespace Tenfold.App.Tests.Sweeping;

public sealed class Told_trials_keep_constraints : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Workspace _workspace = Workspace.InProject();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_result_names_what_the_study_limits()
    {
        var study = await CreateAsync("""constraints: { latency_ms: "<= 20" }""");
        var told = new AskAndTell(_workspace.Services);
        for (var i = 0; i < 3; i++) (await told.AskAsync(study.Id, null, None)).Value();
        (await TellAsync(1)).Refusal().Message.ShouldContain("--metric latency_ms=VALUE");
        (await TellAsync(1, ("latency_ms", "fast"))).Refusal().Message.ShouldContain("is not a number");
        (await TellAsync(1, ("latency_ms", "20"), ("size", "3"))).Refusal().Message.ShouldContain("records no size");
        (await TellAsync(1, ("latency_ms", "20"))).Value().Trial.State.ShouldBe(TrialState.Completed);
        var broken = (await TellAsync(2, ("latency_ms", "20.5"))).Value().Trial;
        (broken.State, broken.Value).ShouldBe((TrialState.Infeasible, 0.5));
        broken.Why.ShouldBe(new Reason.ConstraintBroken("latency_ms", 20.5, 20, IsUpper: true));
        (await TellAsync(3, ("latency_ms", "nan"))).Value().Trial.State.ShouldBe(TrialState.Failed);
        var result = await StudyResult.LoadAsync(_workspace.Services, study.Id, None);
        result.Leaders.ShouldHaveSingleItem().Trial.Number.ShouldBe(1);

        Task<Outcome<ToldTrial>> TellAsync(int trial, params (string Name, string Value)[] metrics) => told.TellAsync(
            study.Id,
            new TrialResult(trial, ["0.5"]) { Metrics = metrics.ToDictionary(metric => metric.Name, metric => metric.Value) }, None);
    }

    [Fact]
    public async Task A_worker_measures_what_the_study_limits()
    {
        var study = await CreateAsync("""constraints: { latency_ms: "<= 20", recall: ">= 0.5" }, trials: 4""");
        _workspace.Write("objective.py", """
            import tenfold_study
            def objective(trial):
                if trial.number < 4: trial.measure("latency_ms", 10.0 * trial.number)
                trial.measure("recall", 0.5)
                return 0.9
            tenfold_study.optimize(objective)
            """);
        var words = TrialWorkers.Find(_workspace.Services, ["python3", "objective.py"]).Value();
        using var runner = new TrialWorkers(_workspace.Services, study, words, TimeSpan.FromMinutes(1), _ => { });
        await runner.RunAsync(1, None, None);
        var trials = await _workspace.Services.Studies.ListTrialsAsync(study.Id, None);
        trials.Select(trial => trial.State)
            .ShouldBe([TrialState.Completed, TrialState.Completed, TrialState.Infeasible, TrialState.Failed]);
        ReasonText.Of(trials[2].Why!).ShouldBe("latency_ms is 30, and must be at most 20");
        ReasonText.Of(trials[3].Why!).ShouldContain("so a result needs this metric too");
    }

    [Fact]
    public async Task Earlier_studies_had_the_same_constraints()
    {
        var study = await CreateAsync("trials: 2");
        var told = new AskAndTell(_workspace.Services);
        (await told.AskAsync(study.Id, null, None)).Value();
        (await told.TellAsync(study.Id, new TrialResult(1, ["0.5"]), None)).Value();
        Configure("""constraints: { latency_ms: "<= 20" }""");
        (await PlanAsync(study.Id)).Refusal().Message.ShouldContain("did not have the constraint latency_ms <= 20");
        Configure("""constraints: { accuracy: "<= 20" }""");
        (await PlanAsync(null)).Refusal().Message.ShouldContain("accuracy is the metric that decides");
        Configure("""constraints: { latency_ms: "below 20" }""");
        (await PlanAsync(null)).Refusal().Message.ShouldContain("it begins with <= or >=");
    }

    private void Configure(string sweep) => _workspace.Write(
        "tenfold.yaml",
        "name: toy\ntrain:\n  command: sh train.sh\n  metric: { name: accuracy, goal: maximize }\n" +
        $"sweep: {{ parameters: {{ x: {{ min: 0.0, max: 1.0 }} }}, method: sobol, {sweep} }}\n");

    private Task<Outcome<StudyPlan>> PlanAsync(string? from) => new StudyPlanner(_workspace.Services)
        .PlanAsync(new SweepRequest { Folder = _workspace.Project, HasWork = false, From = from }, None);

    private async Task<StudyRecord> CreateAsync(string sweep)
    {
        Configure(sweep);
        var plan = (await PlanAsync(null)).Value();
        return (await new Submitter(_workspace.Services).RecordAsync(plan.Study, _ => { }, None)).Value();
    }
}
