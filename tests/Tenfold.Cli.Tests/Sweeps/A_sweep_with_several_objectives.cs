namespace Tenfold.Cli.Tests.Sweeps;

public sealed class A_sweep_with_several_objectives
{
    // More x is more accurate and slower, and every point is on the front; the kind b is slower for nothing.
    private const string Script =
        """
        slow=$TENFOLD_PARAM_X; case $TENFOLD_PARAM_KIND in b) slow=5 ;; esac
        echo "{\"metric\":\"accuracy\",\"value\":$TENFOLD_PARAM_X}"
        echo "{\"metric\":\"latency_ms\",\"value\":$slow}"

        """;

    [Fact]
    public async Task A_sweep_ends_with_a_front_that_is_shown_and_reported()
    {
        await using var place = new Sandbox().Sweep(
            Script, "method: auto, trials: 14, parallel: 2, objectives: { accuracy: maximize, latency_ms: minimize }",
            "x: { min: 0.0, max: 1.0 }, kind: { values: [a, b] }");
        var study = (await place.Run("sweep", "--json")).With(0).Saying("14/14", "accuracy", "latency_ms").Json;
        var (id, trials) = (study.Text("study.id")!, study.Trials());
        trials.ShouldAllBe(trial => trial.State() == "completed");
        trials.ShouldAllBe(trial => trial.Number("objectives.0.0") == trial.Number("parameters.x"));
        var front = study.At("front").EnumerateArray().Select(number => number.GetInt32()).ToList();
        front.Order().ShouldBe(trials.Where(trial => trial.Text("parameters.kind") == "a"
            || trials.All(other => other.Number("value") <= trial.Number("value"))).Select(trial => (int)trial.Number("number")));
        study.At("best").GetArrayLength().ShouldBe(0);

        (await place.Run("show", id)).With(0).Out.ShouldContain($"{front.Count} of 14 completed trials are on the front");
        (await place.Run("study", "list")).With(0).Out.ShouldContain($"{front.Count} on the front");
        (await place.Run("study", "best", id)).With(2).Saying("has several objectives", $"tenfold show {id}");
        (await place.Run("report", id, "-o", "front.html")).With(0);
        (await File.ReadAllTextAsync(Path.Combine(place.Project, "front.html"))).ShouldContain("The front: accuracy and latency_ms");
        // The trial's runs are an ordinary group, which can be run again.
        (await place.Run("show", $"{id}-t1")).With(0).Out.ShouldContain("ACCURACY");
        (await place.Run("sweep", "--resume", id, "--trials", "16", "--json")).With(0).Json.Trials().Count.ShouldBe(16);
    }

    [Fact]
    public async Task Points_of_the_front_run_again_with_fresh_seeds()
    {
        await using var place = new Sandbox().Sweep(
            Script, "method: sobol, trials: 5, parallel: 2, confirm: { top: 2, repeat: 3 }, "
            + "objectives: { accuracy: maximize, latency_ms: minimize }",
            "x: { min: 0.0, max: 1.0 }, kind: { values: [a, b] }");
        var study = (await place.Run("sweep", "--json")).With(0).Json;
        var id = study.Text("study.id")!;
        study.Text("study.reason")!.ShouldBe("2 of 2 points stay on the front with fresh seeds");
        study.At("confirmation").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        study.At("confirmedFront").GetArrayLength().ShouldBe(2);
        var point = study.At("confirmedFront.0");
        (point.Number("runs"), point.Number("n"), point.At("isOnFront").GetBoolean()).ShouldBe((3, 3, true));
        point.Text("group").ShouldBe($"{id}-c{point.Number("trial")}");
        point.Text("objectives.1.metric").ShouldBe("latency_ms");
        var trial = study.Trials().Single(one => one.Number("number") == point.Number("trial"));
        point.Number("objectives.0.mean").ShouldBe(trial.Number("value"), 1e-9);

        var shown = (await place.Run("show", id)).With(0).Out;
        shown.ShouldContain("run again with fresh seeds");
        shown.ShouldContain("2 of 2 points stay on the front by the means of the fresh runs.");
        (await place.Run("report", id, "-o", "front.html")).With(0);
        (await File.ReadAllTextAsync(Path.Combine(place.Project, "front.html"))).ShouldContain("Confirmed with fresh seeds");
        (await place.Run("study", "list", "--json")).With(0).Json[0].Number("frontSize").ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_trial_that_lacks_an_objective_fails_with_the_reason()
    {
        await using var place = new Sandbox().Sweep(
            sweep: "trials: 2, method: sobol, objectives: { accuracy: maximize, latency_ms: minimize }");
        var study = (await place.Run("sweep", "--json")).With(1).Json;
        study.States().ShouldBe(["failed", "failed"]);
        study.Trials().ShouldAllBe(trial => trial.Text("why")!.Contains("never printed latency_ms"));
        study.At("front").GetArrayLength().ShouldBe(0);
    }
}
