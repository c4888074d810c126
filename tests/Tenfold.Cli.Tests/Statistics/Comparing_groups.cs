using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.Statistics;

public sealed class Comparing_groups
{
    private const string Shifted =
        """
        accuracy=$(awk "BEGIN { printf \"%.12f\", 0.$TENFOLD_SEED / 100 + $TENFOLD_PARAM_LIFT }")
        echo "{\"metric\":\"accuracy\",\"value\":$accuracy}"

        """;

    private const string Lift = "  params: { lift: 0.5 }";

    [Fact]
    public async Task Groups_with_the_same_seeds_are_compared_in_pairs()
    {
        await using var place = new Sandbox().Toy(Shifted, Lift);
        var (baseline, candidate) = (await place.Fit("--repeat", "6"), await place.Fit("--repeat", "6", "-p", "lift=0.6"));
        var one = (await place.Json("compare", "--json", baseline.Group(), candidate.Group())).At("comparisons.0");
        (one.Text("verdict"), one.Text("method"), one.Number("pairs")).ShouldBe(("better", "paired", 6));
        one.Number("difference").ShouldBe(0.1, 1e-9);
        one.Number("permutationPValue").ShouldBe(2.0 / 64, 1e-12);
        (await place.Run("compare", baseline.Group(), candidate.Group())).With(0).Out.ShouldContain("BETTER: ");
        (await place.Run("compare", candidate.Group(), baseline.Group())).With(0).Out.ShouldContain("WORSE: ");
        await GatesAsync(place, baseline.Group(), candidate.Group());
    }

    // The candidate is better by 0.1 in each of six pairs.
    private static async Task GatesAsync(Sandbox place, string baseline, string candidate)
    {
        (int Code, string Line)[] gates =
        [
            (0, $"{baseline} {candidate} --fail-on worse"), (0, $"{baseline} {candidate} --fail-on not-better"),
            (8, $"{candidate} {baseline} --fail-on worse"), (8, $"{candidate} {baseline} --fail-on not-better"),
            (0, $"{candidate} {baseline} --fail-on maybe-worse --margin 0.2"),
            (8, $"{candidate} {baseline} --fail-on maybe-worse --margin 0.05"),
            (0, $"{candidate} {baseline} --fail-on worse --margin 0.2"), (8, $"{candidate} {baseline} --fail-on worse --margin 0.05"),
            (8, $"{baseline} {candidate} --fail-on not-better --margin 0.2"),
            (0, $"{baseline} {candidate} --fail-on not-better --margin 0.05"),
            (2, $"{candidate} {baseline} --fail-on maybe-worse"), (2, $"{candidate} {baseline} --fail-on better"),
            (2, $"{candidate} {baseline} --margin 0"),
        ];
        foreach (var (code, line) in gates) (await place.Run(["compare", .. line.Split(' ')])).With(code);
        var margin = (await place.Json("compare", "--json", baseline, candidate, "--margin", "0.05")).At("comparisons.0.margin");
        (margin.Text("conclusion"), margin.Number("betterByMorePValue")).ShouldBe(("better by more", 1.0 / 64));
        (await place.Run("compare", baseline, candidate, "--margin", "0.2")).With(0).Out.ShouldContain("MARGIN: The same within ±0.2");
    }

    [Fact]
    public async Task Equal_values_have_no_interval()
    {
        await using var place = new Sandbox().Toy("echo '{\"metric\":\"accuracy\",\"value\":0.95}'\n");
        var group = (await place.Fit("--repeat", "3")).Group();
        (await place.Run("show", group)).With(0).Out.ShouldContain("no interval: all values are equal");
        var statistics = (await place.Json("show", "--json", group)).At("0.statistics");
        (statistics.At("low").ValueKind, statistics.At("high").ValueKind).ShouldBe((JsonValueKind.Null, JsonValueKind.Null));
    }

    [Fact]
    public async Task The_advised_plan_has_all_that_was_asked_for()
    {
        await using var place = new Sandbox().Toy(Shifted, Lift);
        var (baseline, candidate) = (await place.Fit("--repeat", "6"), await place.Fit("--repeat", "6", "--seed", "77"));
        (string Name, string[] Options, string Plan)[] cases =
        [
            ("plain", [], @"[0-9]+\. "),
            ("margin", ["--alpha", "0.01", "--margin", "0.0005"], @"[0-9]+ --alpha 0\.01 --margin 0\.0005\. "),
        ];
        foreach (var (name, options, plan) in cases)
        {
            var told = (await place.Run(["compare", baseline.Group(), candidate.Group(), .. options])).With(0).Out;
            Regex.Replace(told, @"\s+", " ").ShouldMatch(
                $"tenfold compare {baseline.Group()} {candidate.Group()} --until-shown --max {plan}", name);
        }
    }

    [Fact]
    public async Task A_metric_to_minimize_reverses_the_verdict()
    {
        await using var place = new Sandbox().Toy(Shifted, Lift);
        var (baseline, candidate) = (await place.Fit("--repeat", "6"), await place.Fit("--repeat", "6", "-p", "lift=0.6"));
        (await place.Json("compare", "--json", baseline.Group(), candidate.Group(), "--metric", "accuracy:minimize"))
            .Text("comparisons.0.verdict").ShouldBe("worse");
    }

    [Fact]
    public async Task Groups_with_different_seeds_are_compared_unpaired()
    {
        await using var place = new Sandbox().Toy(Shifted, Lift);
        var (baseline, candidate) = (await place.Fit("--repeat", "5"), await place.Fit("--repeat", "5", "--seed", "99"));
        var compared = (await place.Json("compare", "--json", baseline.Group(), candidate.Group())).At("comparisons.0");
        compared.Text("method").ShouldBe("welch");
        compared.Number("pairs").ShouldBe(0);
        (await place.Run("compare", baseline.Group(), candidate.Group())).With(0).Out.ShouldContain("unpaired (Welch)");
    }

    [Fact]
    public async Task Differences_in_code_and_data_are_noted()
    {
        await using var place = new Sandbox();
        var data = Path.Combine(place.Outside, "data");
        await File.WriteAllTextAsync(data, "one");
        place.Toy(more: $"  data: {{ train: {data} }}");
        var baseline = await place.Fit("--repeat", "2");
        await File.WriteAllTextAsync(data, "two!");
        place.Write("train.sh", Sandbox.SeedScript + "# other\n");
        var candidate = await place.Fit("--repeat", "2");
        var text = (await place.Run("compare", baseline.Group(), candidate.Group())).With(0).Out;
        text.ShouldContain("note: The code differs in train.sh: snapshot");
        text.ShouldContain("note: The data differs: channel 'train'");
        var codes = (await place.Json("compare", "--json", baseline.Group(), candidate.Group())).Texts("comparisons.0.noteCodes");
        codes.Where(code => code.EndsWith("-differs", StringComparison.Ordinal)).ShouldBe(["code-differs", "data-differs"]);
    }

    [Fact]
    public async Task Few_and_failed_repeats_are_noted()
    {
        await using var place = new Sandbox().Toy(
            $"[ $TENFOLD_REPEAT = 2 ] && [ $TENFOLD_PARAM_LIFT = fails ] && exit 3\n{Sandbox.SeedScript}", "  params: { lift: works }");
        var baseline = await place.Fit("--repeat", "4");
        baseline.Texts("statistics.notes").Single().ShouldContain("Only 4 values");
        var failing = (await place.Run("fit", "--repeat", "4", "-p", "lift=fails")).With(ExitCodes.RunFailed);
        failing.Out.ShouldContain("note: 1 of 4 runs failed. ");
        failing.Out.ShouldContain("failed: exit code 3");
        var candidate = (await place.Json("runs", "--json"))[0].Text("group")!;
        var notes = (await place.Json("compare", "--json", baseline.Group(), candidate)).Texts("comparisons.0.notes");
        notes.ShouldContain(note => note.Contains("1 of the candidate's 4 repeats and 0 of the baseline's 4 gave no value"));
        notes.ShouldContain(note => note.Contains("Only 3 pairs: with fewer than 5"));
        (await place.Json("compare", "--json", baseline.Group(), candidate)).Number("comparisons.0.pairs").ShouldBe(3);
    }

    [Theory]
    [InlineData("NaN", "NaN")]
    [InlineData("Infinity", "infinity")]
    [InlineData("-Infinity", "-infinity")]
    public async Task A_metric_that_is_not_finite_is_stored_but_not_counted(string printed, string said)
    {
        await using var place = new Sandbox().Toy(
            $"[ $TENFOLD_REPEAT = 1 ] && echo '{{\"metric\":\"accuracy\",\"value\":{printed}}}' || {Sandbox.SeedScript}");
        var fit = await place.Fit(ExitCodes.RunFailed, "--repeat", "3");
        fit.Number("statistics.n").ShouldBe(2);
        fit.Text("runs.0.value").ShouldBe(printed);
        fit.Number("runs.0.metrics.0.nonFinite").ShouldBe(1);
        fit.At("statistics.values.0.value").ValueKind.ShouldBe(JsonValueKind.Null);
        fit.Texts("statistics.notes").ShouldContain(note => note.Contains($"accuracy ended as {said} in {fit.Runs()[0].Id()}"));
        (await place.Run("runs")).With(0);
        (await place.Run("show", fit.Runs()[0].Id())).With(0);
    }

    [Fact]
    public async Task A_metric_that_never_appears_is_noted_with_those_that_did()
    {
        await using var place = new Sandbox().Toy("echo '{\"metric\":\"acuracy\",\"value\":1}'\n");
        var fit = await place.Fit(ExitCodes.RunFailed, "--repeat", "2");
        fit.Number("statistics.n").ShouldBe(0);
        var note = fit.Texts("statistics.notes").Single();
        note.ShouldContain("accuracy never appeared");
        note.ShouldContain("acuracy");
        var compared = (await place.Run("compare", fit.Group(), (await place.Fit(ExitCodes.RunFailed)).Group()))
            .With(ExitCodes.RunFailed).Out;
        compared.ShouldContain("NOT TESTED");
        compared.ShouldContain("no value");
    }

    [Fact]
    public async Task A_constant_metric_has_no_spread_and_a_hint_about_the_seed()
    {
        await using var place = new Sandbox().Toy("echo '{\"metric\":\"accuracy\",\"value\":0.75}'\n");
        var (one, other) = (await place.Fit("--repeat", "5"), await place.Fit("--repeat", "5"));
        one.Number("statistics.standardDeviation").ShouldBe(0);
        one.Texts("statistics.notes").ShouldContain(note => note.Contains("does the script use its seed"));
        // Ten runs that ignore their seed are one observation.
        var compared = (await place.Run("compare", "--json", one.Group(), other.Group())).With(ExitCodes.RunFailed)
            .Json.At("comparisons.0");
        (compared.Text("verdict"), compared.Number("difference")).ShouldBe(("not tested", 0));
        (await place.Run("compare", one.Group(), other.Group())).With(ExitCodes.RunFailed).Out.ShouldContain("NOT TESTED");
    }

    [Fact]
    public async Task Groups_with_different_goals_are_compared_only_by_a_named_metric()
    {
        await using var place = new Sandbox().Toy();
        var (up, down) = (await place.Fit("--repeat", "2"), await place.Fit("--repeat", "2", "--metric", "accuracy:minimize"));
        (await place.Run("compare", up.Group(), down.Group())).With(ExitCodes.BadInput)
            .Saying("accuracy (maximize)", "accuracy (minimize)", "--metric accuracy:maximize");
        (await place.Run("compare", up.Group(), down.Group(), "--metric", "accuracy:maximize")).With(0)
            .Out.ShouldContain("note: The groups name different metrics: accuracy (maximize) against accuracy (minimize).");
        (await place.Run("report", up.Group(), down.Group())).With(ExitCodes.BadInput)
            .Saying("accuracy (maximize)", "accuracy (minimize)", "--metric accuracy:maximize");
        (await place.Run("report", up.Group(), down.Group(), "--metric", "accuracy:maximize")).With(0);
        (await place.Run("compare", up.Group(), up.Group())).With(ExitCodes.BadInput).Saying("named twice");
        (await place.Run("compare", up.Group(), down.Runs()[0].Id())).With(ExitCodes.NotFound).Saying("is a run, not a group");
    }

    [Fact]
    public async Task Several_comparisons_with_one_baseline_are_Holm_corrected()
    {
        await using var place = new Sandbox().Toy(Shifted, Lift);
        var groups = new List<string>();
        foreach (var (seed, lift) in new[] { ("0", "0.5"), ("1", "0.5"), ("2", "0.505"), ("3", "0.6") })
            groups.Add((await place.Fit("--repeat", "5", "--seed", seed, "-p", $"lift={lift}")).Group());
        var comparisons = (await place.Json(["compare", "--json", .. groups])).At("comparisons").EnumerateArray().ToList();
        comparisons.Count.ShouldBe(3);
        var ordered = comparisons.OrderBy(one => one.Number("pValue")).ToList();
        var running = 0.0;
        for (var i = 0; i < ordered.Count; i++)
        {
            running = Math.Max(running, Math.Min(1, ordered[i].Number("pValue") * (ordered.Count - i)));
            ordered[i].Number("adjustedPValue").ShouldBe(running, 1e-12);
        }

        (await place.Run(["compare", .. groups])).With(0).Out.ShouldContain("Holm-corrected over 3 comparisons");
    }
}
