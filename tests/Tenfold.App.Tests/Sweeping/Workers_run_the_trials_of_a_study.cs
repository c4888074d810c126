using System.Collections.Concurrent;
using Tenfold.App.Fitting;
using Tenfold.App.Sweeping;
using Tenfold.App.Sweeping.Workers;
using Tenfold.Core.Output;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;

namespace Tenfold.App.Tests.Sweeping;

public sealed class Workers_run_the_trials_of_a_study : IDisposable
{
    private const string Optimize = "\n\nimport tenfold_study\ntenfold_study.optimize(objective)\n";
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ConcurrentQueue<StudyRunNews> _news = new();
    private readonly Workspace _workspace = Workspace.InProject();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task An_objective_is_called_once_for_each_trial_by_several_workers()
    {
        var study = await CreateAsync("trials: 12");
        _workspace.Write("objective.py", """
            import os, sys
            def objective(trial):
                x = trial.suggest_float("x", 0.0, 1.0)
                sys.stdin.read()                      # does not take the next trial
                print("x is", x)                      # does not disturb the messages
                with open("ran", "a") as ran:
                    ran.write("%d %s %d\n" % (trial.number, os.environ["TENFOLD_WORKER"], os.getpid()))
                return x
            """ + Optimize);
        (await RunAsync(study, 3)).ShouldBe(new Reason.AllTrialsAsked(12));
        var trials = await TrialsAsync(study);
        trials.ShouldAllBe(trial => trial.State == TrialState.Completed && trial.Value == trial.Parameters.GetProperty("x").GetDouble());
        var ran = File.ReadAllLines($"{_workspace.Project}/ran").Select(line => line.Split(' ')).ToList();
        ran.Select(line => int.Parse(line[0])).Order().ShouldBe(Enumerable.Range(1, 12));
        ran.Select(line => line[2]).Distinct().Count().ShouldBeInRange(1, 3);
        (await _workspace.Services.Studies.FindStudyAsync(study.Id, None))!.State.ShouldBe(StudyState.Finished);
        Text().ShouldContain("x is");
    }

    [Fact]
    public async Task An_exception_fails_its_trial_only_and_a_crash_gets_a_new_worker()
    {
        var study = await CreateAsync("trials: 6");
        _workspace.Write("objective.py", """
            import os, signal, sys
            class TrialPruned(Exception): pass
            def objective(trial):
                if trial.number == 2: raise ValueError("too large")
                if trial.number == 3: os.kill(os.getpid(), signal.SIGKILL)
                if trial.number == 4:
                    sys.stderr.write("no device\n")
                    os._exit(3)
                if trial.number == 5: raise TrialPruned()
                if trial.number == 6: return [0.25, 0.75]
                return 0.1
            """ + Optimize);
        await RunAsync(study, 1);
        var trials = await TrialsAsync(study);
        trials.Select(trial => trial.State).ShouldBe([
            TrialState.Completed, TrialState.Failed, TrialState.Failed, TrialState.Failed, TrialState.Pruned, TrialState.Completed]);
        trials[1].Why.ShouldBe(new Reason.Note("ValueError: too large"));
        trials[2].Why.ShouldBeOfType<Reason.Signalled>().Signal.ShouldBe(9);
        trials[3].Why.ShouldBeOfType<Reason.Exited>().ShouldSatisfyAllConditions(
            why => why.ExitCode.ShouldBe(3), why => why.LastLines!.ShouldContain("no device"));
        trials[5].Values.ShouldBe([0.25, 0.75]);
    }

    [Theory]
    [InlineData("float('nan')", "accuracy is NaN")]
    [InlineData("float('-inf')", "accuracy is infinity")]
    [InlineData("None", "not a number")]
    [InlineData("(1.0, 2.0)", "not a number")]
    [InlineData("trial.suggest_float('y', 0, 1)", "y: { min: 0.0, max: 1.0 }")]
    [InlineData("trial.suggest_float('x', 2.0, 3.0, log=True)", "tenfold.yaml searches x: { min: 0.0, max: 1.0 }, and the script expects")]
    [InlineData("trial.suggest_float('x', 0.5, 1.0, log=True)", "the script expects { min: 0.5, max: 1.0, scale: log }")]
    [InlineData("trial.suggest_int('x', 0, 1)", "the script expects { min: 0, max: 1 }")]
    [InlineData("trial.suggest_float('x', 0.0, 2.0)", "the script expects { min: 0.0, max: 2.0 }")]
    [InlineData("trial.suggest_float('x', 0.0, 1.0, step=0.5)", "the script expects { min: 0.0, max: 1.0, step: 0.5 }")]
    [InlineData("trial.suggest_categorical('x', ['a', 'b'])", "the script expects { values: [\"a\", \"b\"] }")]
    public async Task A_result_without_a_value_fails_the_trial_and_says_why(string value, string why)
    {
        var study = await CreateAsync("trials: 1");
        _workspace.Write("objective.py", $"def objective(trial):\n    return {value}\n" + Optimize);
        await RunAsync(study, 1);
        var trial = (await TrialsAsync(study)).ShouldHaveSingleItem();
        trial.State.ShouldBe(TrialState.Failed);
        ReasonText.Of(trial.Why!).ShouldContain(why);
    }

    [Fact]
    public async Task A_trial_that_falls_behind_is_pruned()
    {
        var study = await CreateAsync("trials: 6, prune: { rule: median, first: 1, max_steps: 9 }");
        _workspace.Write("objective.py", """
            import tenfold_study
            def objective(trial):
                for step in range(1, 10):
                    trial.report(0.0 if trial.number == 6 else trial.number, step)
                    if trial.should_prune(): raise tenfold_study.TrialPruned()
                return trial.number
            """ + Optimize);
        await RunAsync(study, 1);
        var trials = await TrialsAsync(study);
        trials.Take(5).ShouldAllBe(trial => trial.State == TrialState.Completed);
        trials[5].State.ShouldBe(TrialState.Pruned);
    }

    [Theory]
    [InlineData("""echo '{"trial": 1, "value": }'""", "not JSON")]
    [InlineData("""echo '{"trial": 7, "value": 1}'""", "speaks of another one")]
    [InlineData("""echo '{"trial": 1, "value": "good"}'""", "not a number")]
    [InlineData("""echo '{"trial": 1, "values": [1e308, 1e308]}'""", "too large")]
    [InlineData("""true""", "never printed accuracy")]
    public async Task A_worker_that_makes_no_sense_fails_the_trial_and_never_hangs(string line, string why)
    {
        var study = await CreateAsync("trials: 1");
        _workspace.Write("worker.sh", $"read trial\n{line}\n");
        await RunAsync(study, 1, "sh", "worker.sh");
        var trial = (await TrialsAsync(study)).ShouldHaveSingleItem();
        trial.State.ShouldBe(TrialState.Failed);
        ReasonText.Of(trial.Why!).ShouldContain(why);
    }

    [Fact]
    public async Task A_worker_may_do_one_trial_each_and_its_second_result_changes_nothing()
    {
        var study = await CreateAsync("trials: 4");
        const string once = """
            read line
            number=$(echo "$line" | sed 's/.*"trial":\([0-9]*\).*/\1/')
            echo "{\"trial\": $number, \"value\": 0.$number}"
            echo "{\"trial\": $number, \"value\": 99}"
            """;
        _workspace.Write("worker.sh", once + "\nread line\nnumber2=$(echo \"$line\" | sed 's/.*\"trial\":\\([0-9]*\\).*/\\1/')\n" +
            "echo \"{\\\"trial\\\": $number, \\\"value\\\": 98}\"\necho \"{\\\"trial\\\": $number2, \\\"value\\\": 0.$number2}\"\n");
        await RunAsync(study, 1, "sh", "worker.sh");
        (await TrialsAsync(study)).Select(trial => trial.Value).ShouldBe([0.1, 0.2, 0.3, 0.4]);
        _workspace.Write("worker.sh", once);
        var other = await CreateAsync("trials: 4");
        await RunAsync(other, 1, "sh", "worker.sh");
        (await TrialsAsync(other)).Select(trial => trial.Value).ShouldBe([0.1, 0.2, 0.3, 0.4]);
    }

    [Fact]
    public async Task Lines_may_end_in_carriage_returns_and_have_any_length()
    {
        var study = await CreateAsync("trials: 1");
        _workspace.Write("worker.sh", """
            read trial
            head -c 1000000 /dev/zero | tr '\0' x
            echo
            printf '{"trial": 1, "value": 0.5}\r\n'
            """);
        await RunAsync(study, 1, "sh", "worker.sh");
        (await TrialsAsync(study)).ShouldHaveSingleItem().Value.ShouldBe(0.5);
        _news.OfType<StudyRunNews.Line>().ShouldHaveSingleItem().Text.Length.ShouldBe(UpdateSplitter.MaxBytes);
    }

    [Fact]
    public async Task A_script_that_fails_at_once_stops_the_study_after_five_trials()
    {
        var study = await CreateAsync("trials: 50");
        _workspace.Write("objective.py", "import a_module_that_nobody_has\n");
        var why = (await RunAsync(study, 2)).ShouldBeOfType<Reason.FirstTrialsFailed>();
        why.Trials.ShouldBeInRange(5, 6);
        why.First.ShouldBeOfType<Reason.Exited>().LastLines!.ShouldContain("a_module_that_nobody_has");
    }

    [Fact]
    public async Task A_stopped_study_loses_nothing_and_continues()
    {
        var study = await CreateAsync("trials: 6");
        _workspace.Write("objective.py", """
            import os, time
            def objective(trial):
                if trial.number >= 3 and not os.path.exists("go"):
                    open("waits", "a").write("%d\n" % trial.number)
                    time.sleep(600)
                return 0.5
            """ + Optimize);
        using var stop = new CancellationTokenSource();
        var running = RunAsync(study, 2, stop.Token);
        var waits = $"{_workspace.Project}/waits";
        await Eventually.ShouldBeAsync(() => File.Exists(waits) && File.ReadAllLines(waits).Length == 2, "two trials wait");
        await stop.CancelAsync();
        (await running).ShouldBeNull();
        var trials = await TrialsAsync(study);
        trials.Select(trial => trial.State).ShouldBe([TrialState.Completed, TrialState.Completed, TrialState.Lost, TrialState.Lost]);
        _workspace.Write("go", "");
        (await RunAsync(study, 2)).ShouldBe(new Reason.AllTrialsAsked(6));
        trials = await TrialsAsync(study);
        trials.Count(trial => trial.State == TrialState.Completed).ShouldBe(6);
        trials.Where(trial => trial.Again is not null).Select(trial => trial.Again!.Value).Order().ShouldBe([3, 4]);
    }

    [Fact]
    public async Task The_points_of_a_killed_process_are_run_once_their_leases_end()
    {
        var study = await CreateAsync("trials: 2");
        _workspace.Write("objective.py", "def objective(trial):\n    return 0.5\n" + Optimize);
        (await new AskAndTell(_workspace.Services).AskAsync(study.Id, TimeSpan.FromSeconds(2), None)).Value().Number.ShouldBe(1);
        (await RunAsync(study, 1)).ShouldBe(new Reason.AllTrialsAsked(2));
        var trials = await TrialsAsync(study);
        trials.Select(trial => trial.State).ShouldBe([TrialState.Lost, TrialState.Completed, TrialState.Completed]);
        trials[2].Again.ShouldBe(1);
        _news.OfType<StudyRunNews.Waiting>().ShouldHaveSingleItem().Trials.ShouldBe([1]);
    }

    [Fact]
    public void A_program_that_is_missing_is_refused()
    {
        TrialWorkers.Find(_workspace.Services, ["no-such-program"]).Refusal().Kind.ShouldBe(Core.Outcomes.RefusalKind.Unavailable);
        TrialWorkers.Find(_workspace.Services, ["./no-such-program"]).Refusal().Kind.ShouldBe(Core.Outcomes.RefusalKind.Unavailable);
        TrialWorkers.Find(_workspace.Services, ["sh", "-c", "true"]).Value()[0].ShouldEndWith("/sh");
    }

    private async Task<StudyRecord> CreateAsync(string sweep)
    {
        _workspace.Write("tenfold.yaml",
            "name: toy\ntrain:\n  command: sh train.sh\n  metric: { name: accuracy, goal: maximize }\n" +
            $"sweep: {{ parameters: {{ x: {{ min: 0.0, max: 1.0 }} }}, method: sobol, {sweep} }}\n");
        var plan = (await new StudyPlanner(_workspace.Services)
            .PlanAsync(new SweepRequest { Folder = _workspace.Project, HasWork = false }, None)).Value();
        return (await new Submitter(_workspace.Services).RecordAsync(plan.Study, _ => { }, None)).Value();
    }

    private Task<Reason?> RunAsync(StudyRecord study, int workers, params string[] command) => RunAsync(study, workers, None, command);

    private async Task<Reason?> RunAsync(StudyRecord study, int workers, CancellationToken stop, params string[] command)
    {
        var words = TrialWorkers.Find(_workspace.Services, command.Length > 0 ? command : ["python3", "objective.py"]).Value();
        using var runner = new TrialWorkers(_workspace.Services, study, words, TimeSpan.FromMinutes(1), _news.Enqueue);
        return await runner.RunAsync(workers, stop, None);
    }

    private Task<IReadOnlyList<TrialRecord>> TrialsAsync(StudyRecord study) => _workspace.Services.Studies.ListTrialsAsync(study.Id, None);

    private string Text() => string.Concat(
        _news.OfType<StudyRunNews.Errors>().Select(errors => System.Text.Encoding.UTF8.GetString(errors.Bytes)));
}
