using System.Text.Json;

namespace Tenfold.Cli.Tests.Sweeps;

public sealed class Running_an_objective
{
    private const string Objective =
        """
        import os, sys, time
        import tenfold_study

        def objective(trial):
            x = trial.suggest_float("x", 0.0, 1.0)
            with open("ran", "a") as ran:
                ran.write("%d %s\n" % (trial.number, os.environ["TENFOLD_STUDY"]))
            while trial.number > 2 and len(sys.argv) > 1 and not os.path.exists(sys.argv[1]):
                time.sleep(0.05)
            return x

        tenfold_study.optimize(objective)

        """;

    [Fact]
    public async Task A_python_script_without_packages_runs_the_trials()
    {
        await using var place = new Sandbox().Sweep(sweep: "method: sobol, trials: 5");
        place.Write("objective.py", Objective);
        var ended = await place.Run("study", "run", "--json", "--parallel", "2", "--", "python3", "objective.py");
        var shown = ended.With(0).Saying("t5: accuracy 0.", "best").Json;
        shown.Trials().Count.ShouldBe(5);
        shown.Trials().ShouldAllBe(trial => trial.State() == "completed" && trial.Number("value") == trial.Number("parameters.x"));
        shown.Text("study.state").ShouldBe("finished");
        var study = shown.Text("study.id")!;
        (await place.Run("study", "run", "--resume", study, "--", "python3", "objective.py")).With(ExitCodes.BadInput)
            .Saying("is finished", "--trials N");
        (await place.Run("study", "run", "--resume", study, "--trials", "7", "--", "python3", "objective.py")).With(0)
            .Out.ShouldContain("7 trials: 7 completed");
        var ran = File.ReadAllLines(Path.Combine(place.Project, "ran"));
        ran.ShouldBe(Enumerable.Range(1, 7).Select(i => $"{i} {study}"), ignoreOrder: true);
    }

    [Theory]
    [InlineData(OwnProcesses.SigInt)]
    [InlineData(OwnProcesses.SigKill)]
    public async Task An_interrupted_study_is_continued_and_no_trial_is_told_twice(int signal)
    {
        await using var place = new Sandbox().Sweep(sweep: "method: sobol, trials: 6");
        place.Write("objective.py", Objective);
        var ran = Path.Combine(place.Project, "ran");
        using (var running = place.Start(
            "study", "run", "--parallel", "2", "--lease", "5s", "--", "python3", "objective.py", "go"))
        {
            await Until.True(() => File.Exists(ran) && File.ReadAllLines(ran).Length == 4, "two trials wait");
            running.Signal(signal);
            var ended = await running.EndAsync();
            if (signal == OwnProcesses.SigInt) ended.With(ExitCodes.Interrupted).Saying("to go on: tenfold study run --resume");
        }

        place.Write("go", "");
        var study = (await place.Json("study", "list", "--json"))[0].Id();
        var shown = (await place.Run("study", "run", "--json", "--resume", study, "--", "python3", "objective.py", "go")).With(0).Json;
        shown.Trials().Count(trial => trial.State() == "completed").ShouldBe(6);
        shown.Trials().Where(trial => trial.State() != "completed").Select(trial => (trial.Number("number"), trial.State()))
            .ShouldBe([(3, "lost"), (4, "lost")]);
        shown.Trials().Select(trial => trial.At("again")).Where(again => again.ValueKind == JsonValueKind.Number)
            .Select(again => again.GetInt32()).Order().ShouldBe([3, 4]);
    }

    [Fact]
    public async Task A_script_that_fails_at_once_stops_the_study()
    {
        await using var place = new Sandbox().Sweep(sweep: "method: sobol, trials: 50, parallel: 2");
        place.Write("objective.py", "import a_module_that_nobody_has\n");
        var ended = (await place.Run("study", "run", "--", "python3", "objective.py")).With(ExitCodes.RunFailed)
            .Saying("a_module_that_nobody_has", "all failed alike", "--resume");
        ended.Out.ShouldContain("failed");
        (await place.Run("study", "run", "--", "no-such-program")).With(ExitCodes.Unavailable)
            .Saying("there is no program no-such-program");
        (await place.Run("study", "run", "--lease", "1s", "--", "true")).With(ExitCodes.BadInput).Saying("--lease must be at least 3s");
        (await place.Run("study", "run")).With(ExitCodes.BadInput);
        (await place.Run("study", "run", "--resume", "kaaaaaaa", "--method", "tpe", "--", "true")).With(ExitCodes.BadInput)
            .Saying("leave out --method");
    }
}
