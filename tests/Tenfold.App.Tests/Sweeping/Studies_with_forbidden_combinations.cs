using Tenfold.App.Fitting;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Studies;

namespace Tenfold.App.Tests.Sweeping;

public sealed class Studies_with_forbidden_combinations : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task They_are_recorded_shown_and_never_asked()
    {
        var study = await CreateAsync("forbidden: [ { kind: a, size: [2, 3] } ], method: grid");
        StudyView.Of(study).Forbidden!.ShouldHaveSingleItem().GetRawText().ShouldBe("""{"kind":["a"],"size":[2,3]}""");
        var asked = new List<string>();
        var told = new AskAndTell(_workspace.Services);
        while ((await told.AskAsync(study.Id, null, None)).Succeeded(out var trial, out _)) asked.Add(trial.Parameters.GetRawText());
        asked.ShouldBe(
        [
            """{"kind":"a","size":1}""", """{"kind":"b","size":1}""", """{"kind":"b","size":2}""", """{"kind":"b","size":3}""",
        ]);
    }

    [Fact]
    public async Task Starting_points_and_whole_spaces_that_are_forbidden_are_refused()
    {
        Configure("forbidden: [ { kind: a, size: 2 } ], start: [ { kind: a, size: 2 } ]");
        (await PlanAsync()).Refusal().Message.ShouldContain("""start: {"kind":"a","size":2} is a forbidden combination""");
        Configure("forbidden: [ { kind: [a, b] } ]");
        (await PlanAsync()).Refusal().Message.ShouldContain("every point of the space is a forbidden combination");
    }

    [Fact]
    public async Task Earlier_trials_that_are_forbidden_now_are_left_out()
    {
        var study = await CreateAsync("method: grid");
        var told = new AskAndTell(_workspace.Services);
        for (var number = 1; number <= 3; number++)
        {
            (await told.AskAsync(study.Id, null, None)).Value();
            (await told.TellAsync(study.Id, new TrialResult(number, [$"0.{number}"]), None)).Value();
        }

        Configure("forbidden: [ { kind: a, size: [2, 3] } ]");
        (await PlanAsync(study.Id)).Value().Study.Spec.Earlier.ShouldHaveSingleItem().Number.ShouldBe(1);
    }

    private void Configure(string sweep) => _workspace.Write(
        "tenfold.yaml",
        "name: toy\ntrain:\n  command: sh train.sh\n  metric: { name: accuracy, goal: maximize }\n" +
        $"sweep: {{ parameters: {{ kind: {{ values: [a, b] }}, size: {{ values: [1, 2, 3] }} }}, {sweep} }}\n");

    private Task<Outcome<StudyPlan>> PlanAsync(string? from = null) => new StudyPlanner(_workspace.Services)
        .PlanAsync(new SweepRequest { Folder = _workspace.Project, HasWork = false, From = from }, None);

    private async Task<StudyRecord> CreateAsync(string sweep)
    {
        Configure(sweep);
        return (await new Submitter(_workspace.Services).RecordAsync((await PlanAsync()).Value().Study, _ => { }, None)).Value();
    }
}
