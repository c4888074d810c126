using System.Text.Json;

namespace Tenfold.Cli.Tests.Sweeps;

public sealed class A_loop_of_ones_own
{
    [Fact]
    public async Task A_trial_whose_worker_is_silent_is_asked_again_and_may_still_tell()
    {
        await using var place = new Sandbox().Sweep();
        var study = await Create(place);
        (await place.Run("study", "ask", study, "--lease", "2h")).With(0);
        var silent = (await place.Run("study", "ask", study, "--lease", "1s", "--json")).With(0).Json;
        (silent.Number("leaseSeconds"), silent.Number("number")).ShouldBe((1, 2));
        var again = await Until.Found(
            async () =>
            {
                var asked = (await place.Run("study", "ask", study, "--json")).With(0).Json;
                return asked.At("again").ValueKind == JsonValueKind.Null ? null : asked.GetRawText();
            },
            () => "the point of the silent worker is asked again");
        var repeated = JsonElement.Parse(again);
        repeated.Number("again").ShouldBe(2);
        repeated.Settings().ShouldBe(silent.Settings());
        (await place.Run("study", "touch", study, "2")).With(ExitCodes.BadInput).Saying("its lease has ended", "still welcome");
        (await place.Run("study", "tell", study, "2", "0.25")).With(0);
        var trials = (await place.Json("show", "--json", study)).Trials();
        (trials[0].State(), trials[1].State(), trials[1].Number("value")).ShouldBe(("running", "completed", 0.25));
    }

    [Fact]
    public async Task A_lease_is_renewed_or_explained()
    {
        await using var place = new Sandbox().Sweep();
        var study = await Create(place);
        (await place.Run("study", "ask", study)).With(0);
        (await place.Run("study", "touch", study, "1")).With(ExitCodes.BadInput).Saying("no lease", "--lease 2h");
        (await place.Run("study", "touch", study, "1", "--lease", "2h")).With(0);
        (await place.Run("study", "touch", study, "1")).With(0);
        (await place.Run("study", "touch", study, "2")).With(ExitCodes.NotFound).Saying("no trial 2");
        (await place.Run("study", "ask", study, "--lease", "soon")).With(ExitCodes.BadInput).Saying("--lease must be", "soon");
        (await place.Json("show", "--json", study)).Trials().ShouldHaveSingleItem().Number("leaseSeconds").ShouldBe(7200);
        (await place.Run("study", "tell", study, "1", "0.5")).With(0);
        (await place.Run("study", "touch", study, "1")).With(ExitCodes.BadInput).Saying("has ended already", "completed");
    }

    [Fact]
    public async Task A_result_can_be_corrected_and_both_stay()
    {
        await using var place = new Sandbox().Sweep();
        var study = await Create(place);
        (await place.Run("study", "ask", study)).With(0);
        (await place.Run("study", "tell", study, "1", "0.3")).With(0);
        (await place.Run("study", "tell", study, "1", "0.4")).With(0).Saying("nothing was changed", "--correct");
        (await place.Run("study", "tell", study, "1", "0.4", "--correct")).With(0).Saying("was completed, 0.3 before");
        (await place.Run("study", "tell", study, "1", "0.4", "--correct")).With(0).Saying("nothing was changed");
        var trial = (await place.Json("show", "--json", study)).Trials().ShouldHaveSingleItem();
        trial.Number("value").ShouldBe(0.4);
        trial.At("replaced")[0].At("values")[0].GetDouble().ShouldBe(0.3);
        (await place.Json("study", "best", "--json", study)).Number("value").ShouldBe(0.4);
    }

    [Fact]
    public async Task A_trial_that_falls_behind_is_to_be_pruned()
    {
        await using var place = new Sandbox().Sweep(sweep: "method: sobol, prune: { rule: median, first: 1, max_steps: 9 }");
        var study = await Create(place);
        for (var number = 1; number <= 6; number++) (await place.Run("study", "ask", study, "--lease", "2h")).With(0);
        for (var number = 1; number <= 5; number++)
            (await Report(place, study, number, 1, $"0.9{number}")).Out.ShouldBe("continue\n");
        var advice = (await place.Run("study", "report", study, "6", "1", "0.1", "--json")).With(0).Json;
        (advice.At("prune").GetBoolean(), advice.Text("whyCode")).ShouldBe((true, "pruned-by-median"));
        (await place.Run("study", "should-prune", study, "6")).With(0).Saying("worse than the median of 5 others").Out.ShouldBe("prune\n");
        (await place.Run("study", "should-prune", study, "1")).With(0).Out.ShouldBe("continue\n");
        (await place.Run("study", "tell", study, "6", "--pruned")).With(0);
        (await Report(place, study, 6, 2, "0.99", ExitCodes.BadInput)).Saying("has ended already", "pruned");
        var trials = (await place.Json("show", "--json", study)).Trials();
        (trials[5].State(), trials[5].Text("whyCode")).ShouldBe(("pruned", "pruned-by-median"));
        (await place.Run("study", "tell", study, "1", "--pruned")).With(0);
        (await place.Json("show", "--json", study)).Trials()[0].Text("whyCode").ShouldBe("pruned-by-worker");
    }

    [Fact]
    public async Task A_reported_value_must_make_sense()
    {
        await using var place = new Sandbox().Sweep();
        var study = await Create(place);
        (await place.Run("study", "ask", study)).With(0);
        (await Report(place, study, 1, 3, "good", ExitCodes.BadInput)).Saying("'good' is not a number");
        (await Report(place, study, 1, -1, "0.5", ExitCodes.BadInput)).Saying("step", "at least 0");
        (await Report(place, study, 2, 1, "0.5", ExitCodes.NotFound)).Saying("no trial 2");
        (await Report(place, study, 1, 3, "nan")).Saying("ends no trial early", "--prune").Out.ShouldBe("continue\n");
    }

    private static async Task<string> Create(Sandbox place) => (await place.Run("study", "create")).With(0).Out.Trim();

    private static async Task<Ended> Report(Sandbox place, string study, int number, long step, string value, int code = 0) =>
        (await place.Run("study", "report", study, $"{number}", $"{step}", value)).With(code);
}
