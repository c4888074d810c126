using System.Text.Json;

namespace Tenfold.Cli.Tests.Sweeps;

public sealed class Asking_and_telling
{
    [Fact]
    public async Task A_shell_script_can_run_the_trials()
    {
        await using var place = new Sandbox().Sweep(sweep: "method: thompson, trials: 12");
        var loop = Path.Combine(place.Outside, "loop.sh");
        await File.WriteAllTextAsync(
            loop,
            """
            set -eu
            tenfold=$1
            study=$($tenfold study create 2> /dev/null)
            while asked=$($tenfold study ask $study 2> /dev/null); do
                number=${asked%% *}
                x=$(echo "$asked" | sed 's/.*"x":\([0-9.eE+-]*\).*/\1/')
                $tenfold study tell $study $number $x
            done
            echo "$study $($tenfold study best $study 2> /dev/null)"
            """);
        var output = Shell.Run("env", ["-C", place.Project, $"TENFOLD_HOME={place.Home}", "sh", loop, Installed.Program]);
        var study = output.Split(' ')[0];
        var shown = await place.Json("show", "--json", study);
        shown.Trials().Count.ShouldBe(12);
        shown.Trials().ShouldAllBe(trial => trial.State() == "completed" && trial.At("group").ValueKind == JsonValueKind.Null);
        shown.Trials().ShouldAllBe(trial => trial.Number("value") == trial.Number("parameters.x"));
        output.Trim().ShouldBe($"{study} {shown.Trials().MaxBy(trial => trial.Number("value")).Settings()}");
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Start_points_are_given_exactly_as_written()
    {
        await using var place = new Sandbox().Sweep(
            parameters: "x: { min: 1e-4, max: 1e-1, scale: log }, n: { min: 1, max: 9 }",
            sweep: "start: [ { x: 0.01, n: 3 }, { x: 0.02 } ], method: sobol");
        var study = await Create(place);
        (await place.Run("study", "ask", study)).With(0).Out.ShouldBe("""1 {"x":0.01,"n":3}""" + "\n");
        (await place.Run("study", "ask", study)).With(0).Out.ShouldBe("""2 {"x":0.02,"n":5}""" + "\n");
    }

    [Fact]
    public async Task Concurrent_asks_get_different_trials()
    {
        await using var place = new Sandbox().Sweep();
        var study = await Create(place);
        var asking = Enumerable.Range(0, 6).Select(_ => place.Start("study", "ask", "--json", study)).ToList();
        var trials = new List<JsonElement>();
        foreach (var command in asking)
        {
            trials.Add((await command.EndAsync()).With(0).Json);
            command.Dispose();
        }

        trials.Select(trial => (int)trial.Number("number")).Order().ShouldBe([1, 2, 3, 4, 5, 6]);
        trials.Select(Swept.Settings).ShouldBeUnique();
    }

    [Fact]
    public async Task Tells_that_are_late_repeated_or_out_of_order_are_harmless()
    {
        await using var place = new Sandbox().Sweep();
        var study = await Create(place);
        for (var i = 0; i < 3; i++) await Ask(place, study);
        (await place.Json("study", "tell", "--json", study, "3", "0.3")).At("isNew").GetBoolean().ShouldBeTrue();
        (await place.Run("study", "tell", study, "1", "0.1", "0.3")).With(0);
        var again = (await place.Run("study", "tell", "--json", study, "3", "0.9")).With(0)
            .Saying("trial 3 has a result already (completed, 0.3)", "nothing was changed").Json;
        (again.At("isNew").GetBoolean(), again.Number("value")).ShouldBe((false, 0.3));
        (await place.Run("study", "tell", study, "4", "0.9")).With(ExitCodes.NotFound).Saying("no trial 4");
        (await place.Run("study", "tell", study, "0", "0.9")).With(ExitCodes.NotFound).Saying("no trial 0");
        (await place.Run("study", "tell", study, "2", "-0.5")).With(0);
        var shown = await place.Json("show", "--json", study);
        shown.States().ShouldBe(["completed", "completed", "completed"]);
        shown.Trials().Select(trial => trial.Number("value")).ShouldBe([0.2, -0.5, 0.3]);
    }

    [Fact]
    public async Task Failed_trials_are_recorded_and_lost_trials_are_asked_again()
    {
        await using var place = new Sandbox().Sweep();
        var study = await Create(place);
        for (var i = 0; i < 5; i++) await Ask(place, study);
        (await place.Run("study", "tell", study, "1", "--failed", "out of memory")).With(0);
        (await place.Run("study", "tell", study, "2", "nan")).With(0);
        (await place.Run("study", "tell", study, "3", "inf")).With(0);
        (await place.Run("study", "tell", study, "4", "--lost")).With(0);
        (await place.Run("study", "tell", study, "5")).With(ExitCodes.BadInput).Saying("--failed", "--lost");
        (await place.Run("study", "tell", study, "5", "0.5", "--lost")).With(ExitCodes.BadInput).Saying("one of these");
        (await place.Run("study", "tell", study, "5", "good")).With(ExitCodes.BadInput).Saying("'good' is not a number");
        var again = await Ask(place, study);
        (again.Number("number"), again.Number("again"), again.Text("method")).ShouldBe((6, 4, "again"));
        var shown = await place.Json("show", "--json", study);
        again.Settings().ShouldBe(shown.Trials()[3].Settings());
        shown.States().ShouldBe(["failed", "failed", "failed", "lost", "running", "running"]);
        shown.Trials().Take(3).Select(trial => trial.Text("why"))
            .ShouldBe(["out of memory", "accuracy is NaN", "accuracy is infinity"]);
        (await place.Run("study", "best", study)).With(ExitCodes.NotFound).Saying("no completed trial");
    }

    [Fact]
    public async Task A_completed_or_cancelled_study_gives_no_more_trials()
    {
        await using var place = new Sandbox().Sweep();
        var study = await Create(place, "--trials", "1");
        await Ask(place, study);
        (await place.Run("study", "ask", study)).With(ExitCodes.NotFound)
            .Saying("all 1 trials have been asked", "study best").Out.ShouldBeEmpty();
        (await place.Run("sweep", "--resume", study, "--trials", "2")).With(0).Saying("2 points in all", "study ask");
        (await Ask(place, study)).Number("number").ShouldBe(2);
        (await place.Run("study", "ask", study)).With(ExitCodes.NotFound).Saying("all 2 trials have been asked");
        var other = await Create(place);
        await Ask(place, other);
        (await place.Run("cancel", other)).With(0);
        (await place.Run("sweep", "--resume", other, "--trials", "99")).With(ExitCodes.BadInput).Saying("was cancelled");
        (await place.Run("study", "ask", other)).With(ExitCodes.BadInput).Saying("is cancelled");
        (await place.Run("study", "tell", other, "1", "0.5")).With(0);
        (await place.Json("study", "best", "--json", other)).Number("value").ShouldBe(0.5);
    }

    [Fact]
    public async Task Trials_of_a_sweep_can_be_neither_asked_nor_told()
    {
        await using var place = new Sandbox().Sweep();
        var study = (await place.Sweeps("--trials", "1")).Text("study.id")!;
        (await place.Run("study", "ask", study)).With(ExitCodes.BadInput).Saying("runs its trials itself", "study create");
        (await place.Run("study", "tell", study, "1", "0.5")).With(ExitCodes.BadInput).Saying("runs its trials itself");
        var own = await Create(place);
        (await place.Run("sweep", "--resume", own)).With(ExitCodes.BadInput).Saying("you run its trials yourself");
    }

    private static async Task<string> Create(Sandbox place, params string[] arguments) =>
        (await place.Run(["study", "create", .. arguments])).With(0).Out.Trim();

    private static Task<JsonElement> Ask(Sandbox place, string study) => place.Json("study", "ask", "--json", study);
}
