using System.Text.Json;

namespace Tenfold.Cli.Tests.Sweeps;

public sealed class A_sweep_runs_to_its_end
{
    // Prints its accuracy at three steps. A trial that is not among the best then waits to be pruned.
    private const string Steps =
        """
        for step in 1 2 3; do echo "{\"metric\":\"accuracy\",\"value\":$TENFOLD_PARAM_X,\"step\":$step}"; done
        case $TENFOLD_PARAM_X in 0.9*) ;; *) sleep 600 ;; esac

        """;

    [Fact]
    public async Task A_sweep_with_start_points_conditions_pruning_and_confirmation_ends()
    {
        await using var place = new Sandbox().Sweep(
            Steps,
            "method: sobol, trials: 6, parallel: 2, prune: { rule: asha, first: 2 }, confirm: { top: 2, repeat: 2 }, " +
            "start: [ { x: 0.95, kind: slow, depth: 3 }, { x: 0.99, kind: fast } ]",
            "x: { min: 0.0, max: 1.0 }, kind: { values: [fast, slow] }, depth: { min: 1, max: 4, when: { kind: slow } }");
        var ended = (await place.Run("sweep", "--json")).With(0)
            .Saying("toy", "6 trials by sobol, 2 at once on local", "1/6", "6/6", "pruned", "confirming");
        var study = ended.Json;
        var trials = study.Trials();
        trials.Count.ShouldBe(6);
        trials.Take(2).Select(Swept.Settings).ShouldBe(["""{"x":0.95,"kind":"slow","depth":3}""", """{"x":0.99,"kind":"fast"}"""]);
        trials.Select(trial => trial.Text("method")).ShouldBe(["start", "start", "sobol", "sobol", "sobol", "sobol"]);
        trials.ShouldAllBe(trial => trial.Settings().Contains("depth") == (trial.Text("parameters.kind") == "slow"));
        var pruned = trials.Where(trial => trial.State() == "pruned").ToList();
        pruned.ShouldNotBeEmpty();
        pruned.ShouldAllBe(trial => trial.Text("why")!.StartsWith("pruned at ") && trial.At("value").ValueKind == JsonValueKind.Null);
        trials.Where(trial => trial.State() == "completed").Count().ShouldBeGreaterThanOrEqualTo(2);

        (study.Text("study.state"), study.Text("study.reason")).ShouldBe(("finished", "trial 2 is confirmed as the best"));
        study.Number("best.0.trial").ShouldBe(2);
        var confirmation = study.At("confirmation");
        (confirmation.Number("winner"), confirmation.Number("bestTrial")).ShouldBe((2, 2));
        (confirmation.Number("bestValue"), confirmation.Number("drop")).ShouldBe((0.99, 0));
        confirmation.At("finalists").EnumerateArray()
            .Select(one => (one.Number("trial"), one.Text("group"), one.Number("runs"), one.Number("n")))
            .ShouldBe([(2, study.Text("study.id") + "-c2", 2, 2), (1, study.Text("study.id") + "-c1", 2, 2)]);
        confirmation.At("finalists.0.values").EnumerateArray().Select(value => value.Number("seed")).ShouldBe(
            confirmation.At("finalists.1.values").EnumerateArray().Select(value => value.Number("seed")), "finalists share their seeds");
        confirmation.At("comparisons").GetArrayLength().ShouldBe(1);

        await IsShown(place, study.Text("study.id")!);
    }

    [Theory]
    [InlineData("random", 3)]
    [InlineData("sobol", 3)]
    [InlineData("thompson", 12)]
    [InlineData("logei", 12)]
    [InlineData("tpe", 3)]
    [InlineData("auto", 12)]
    public async Task A_sweep_with_any_method_ends(string method, int trials)
    {
        await using var place = new Sandbox().Sweep();
        var study = await place.Sweeps("--method", method, "--trials", $"{trials}", "--parallel", "4");
        study.ShouldBeWhole(place, trials);
        study.Text("study.method").ShouldBe(method);
    }

    [Fact]
    public async Task A_grid_covers_every_point()
    {
        await using var place = new Sandbox().Sweep(
            parameters: "x: { min: 0.0, max: 1.0, step: 0.5 }, kind: { values: [a, b] }", sweep: "method: grid, parallel: 3");
        var study = await place.Sweeps();
        study.ShouldBeWhole(place, 6);
        study.Trials().Select(Swept.Settings).Order().ShouldBe(
            [
                """{"x":0.0,"kind":"a"}""", """{"x":0.0,"kind":"b"}""", """{"x":0.5,"kind":"a"}""",
                """{"x":0.5,"kind":"b"}""", """{"x":1.0,"kind":"a"}""", """{"x":1.0,"kind":"b"}""",
            ]);
        study.Text("study.reason").ShouldBe("every point of the space has been asked");
    }

    [Fact]
    public async Task A_sweep_with_repeats_runs_in_synchronous_batches()
    {
        await using var place = new Sandbox().Sweep(Sandbox.SeedScript);
        var study = await place.Sweeps("--repeat", "2", "--trials", "3", "--parallel", "2", "--synchronous", "--seed", "5");
        study.Trials().ShouldAllBe(trial => trial.At("values").GetArrayLength() == 2);
        study.Trials().ShouldAllBe(trial => Math.Abs(trial.Number("value") - MeanOf(trial)) < 1e-12);
        (study.Number("study.seed"), study.At("study.synchronous").GetBoolean(), study.Number("study.repeat")).ShouldBe((5, true, 2));
        var ends = study.Trials().Select(trial => trial.At("endedAt").GetDateTimeOffset()).ToList();
        study.Trials()[2].At("askedAt").GetDateTimeOffset()
            .ShouldBeGreaterThanOrEqualTo(ends[0] > ends[1] ? ends[0] : ends[1], "the third begins the next batch");
    }

    [Fact]
    public async Task A_sweep_with_a_fixed_parameter_learns_from_an_earlier_study()
    {
        await using var place = new Sandbox().Sweep(parameters: "x: { min: 0.0, max: 1.0 }, kind: { values: [a, b] }");
        var first = await place.Sweeps("--trials", "4", "--parallel", "4");
        var earlier = first.Trials().Where(trial => trial.Text("parameters.kind") == "a").ToList();
        earlier.Count.ShouldBe(2);
        var second = await place.Sweeps("--from", first.Text("study.id")![..6], "-p", "kind=a", "--trials", "3", "--parallel", "1");
        second.Text("study.from").ShouldBe(first.Text("study.id"));
        second.Trials().ShouldAllBe(trial => trial.Text("parameters.kind") == "a");
        // The trials with `b` were a different experiment.
        second.Trials().Take(2).Select(Swept.Settings)
            .ShouldBe(earlier.OrderByDescending(trial => trial.Number("value")).Select(Swept.Settings));
        second.Trials().Select(trial => trial.Text("method")).ShouldBe(["start", "start", "sobol"]);
        second.Text("trials.0.reason")!.ShouldContain($"of {first.Text("study.id")}, one of its best");
    }

    [Fact]
    public async Task A_finished_sweep_gets_more_trials()
    {
        await using var place = new Sandbox().Sweep();
        var first = await place.Sweeps("--trials", "3", "--parallel", "3");
        var study = first.Text("study.id")!;
        var more = (await place.Run("sweep", "--json", "--resume", study, "--trials", "5")).With(0).Json;
        more.ShouldBeWhole(place, 5);
        more.Trials().Take(3).Select(Swept.Settings).ShouldBe(first.Trials().Select(Swept.Settings));
        (await place.Run("sweep", "--resume", study, "--trials", "5")).With(ExitCodes.BadInput).Saying("has tried 5 points already");
    }

    [Fact]
    public async Task A_sweep_that_has_confirmed_its_best_gets_no_more_trials()
    {
        await using var place = new Sandbox().Sweep(sweep: "method: sobol, trials: 2, confirm: { top: 1, repeat: 2 }");
        var study = (await place.Sweeps()).Text("study.id")!;
        (await place.Run("sweep", "--resume", study, "--trials", "9")).With(ExitCodes.BadInput)
            .Saying("has confirmed its best trials", $"tenfold sweep --from {study} --trials 9");
        (await place.Json("show", "--json", study)).Text("study.state").ShouldBe("finished");
    }

    [Fact]
    public async Task A_parameter_that_one_study_did_not_search_had_the_projects_value()
    {
        await using var place = new Sandbox();
        Search("x: { min: 0.0, max: 1.0 }");
        var first = await place.Sweeps("--trials", "3", "--parallel", "3");
        Search("x: { min: 0.0, max: 1.0 }, y: { min: 0.0, max: 1.0 }");
        var second = await place.Sweeps("--from", first.Text("study.id")!, "--trials", "5", "--parallel", "1");
        second.Trials().Take(3).ShouldAllBe(trial => trial.Number("parameters.y") == 0.25 && trial.Text("method") == "start");
        second.Trials().Take(3).Select(trial => trial.Number("parameters.x"))
            .ShouldBe(first.Trials().Select(trial => trial.Number("parameters.x")).OrderDescending());
        second.Trials().Skip(3).ShouldAllBe(trial => trial.Number("parameters.y") != 0.25);
        // Trials with another y than the project's were other experiments for a study that doesn't search y.
        Search("x: { min: 0.0, max: 1.0 }");
        var third = await place.Sweeps("--from", second.Text("study.id")!, "--trials", "4", "--parallel", "1");
        third.Trials().Select(trial => trial.Text("method")).ShouldBe(["start", "start", "start", "sobol"]);
        third.Trials().ShouldAllBe(trial => trial.At("parameters").EnumerateObject().All(one => one.Name == "x"));

        void Search(string parameters) =>
            place.Toy(place.Script(), $"  params: {{ x: 0.5, y: 0.25 }}\nsweep: {{ parameters: {{ {parameters} }}, method: sobol }}");
    }

    [Fact]
    public async Task A_sweep_ends_when_its_time_budget_is_used_up()
    {
        await using var place = new Sandbox();
        place.Sweep($"echo x >> {place.Outside}/ran\nsleep 600\n", "trials: 50, parallel: 2, method: random");
        var study = (await place.Run("sweep", "--json", "--time", "2s")).With(ExitCodes.RunFailed).Json;
        study.Text("study.reason").ShouldBe("the budget of 2 s is used up");
        study.States().ShouldBe(["cancelled", "cancelled"]);
        study.Text("trials.0.why").ShouldBe("the budget of 2 s is used up");
        place.Processes().ShouldNotContain(process => process.Command.StartsWith("sleep 600", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_be_searched_and_records_nothing()
    {
        await using var place =
            new Sandbox().Sweep(sweep: "method: random, trials: 7, confirm: { top: 2, repeat: 3 }, start: [ { x: 0.25 } ]");
        (await place.Run("sweep", "--dry-run")).With(0).Out.ShouldSatisfyAllConditions(
            text => text.ShouldContain("searched by  random"), text => text.ShouldContain("7 trials"),
            text => text.ShouldContain("x: 0 to 1"), text => text.ShouldContain("x=0.25"),
            text => text.ShouldContain("nothing was recorded"));
        (await place.Json("sweep", "--dry-run", "--json")).Number("trials").ShouldBe(7);
        (await place.Json("study", "list", "--json")).GetArrayLength().ShouldBe(0);
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
    }

    private static double MeanOf(JsonElement trial) => trial.At("values").EnumerateArray().Average(value => value.GetDouble());

    // Every command takes the ids of a study, its trials and their runs.
    private static async Task IsShown(Sandbox place, string study)
    {
        var shown = (await place.Run("show", study)).With(0).Out;
        string[] parts =
            ["searched by", "confirmed by", "pruned by", "t1", "t6", "DEPTH", "run again with fresh seeds", "t2 is the winner"];
        foreach (var part in parts) shown.ShouldContain(part);
        (await place.Json("show", "--json", study[..7])).Trials().Count.ShouldBe(6);
        (await place.Json("show", "--json", $"{study}-t1")).Text("0.runs.0.state").ShouldBe("succeeded");
        (await place.Json("show", "--json", $"{study}-t1-1")).Text("run.id").ShouldBe($"{study}-t1-1");
        (await place.Run("show", $"{study}-t1")).With(0).Out.ShouldContain("depth");
        (await place.Json("runs", "--json", "--limit", "50")).GetArrayLength().ShouldBe(10);
        (await place.Json("runs", "--json", "--groups")).GetArrayLength().ShouldBe(0, "trials are not listed among the groups");
        (await place.Run("study", "best", study)).With(0).Saying("trial 2", "confirmed with fresh seeds").Out.ShouldBe(
            """{"x":0.99,"kind":"fast"}""" + "\n");
        (await place.Json("study", "best", "--json", study)).Number("trial").ShouldBe(2);
        (await place.Run("study", "list")).With(0).Out.ShouldContain(study);
        (await place.Run("logs", $"{study}-t2")).With(0).Out.ShouldContain("0.99");
    }
}
