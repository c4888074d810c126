namespace Tenfold.Cli.Tests.Statistics;

public sealed class Groups_grow
{
    // Half of the spread belongs to the seed; the other half differs between the groups.
    private const string Script =
        """
        accuracy=$(awk "BEGIN { printf \"%.9f\", $TENFOLD_SEED % 97 / 1000 + $TENFOLD_PARAM_LIFT * (1 + $TENFOLD_SEED % 3 / 7) }")
        echo "{\"metric\":\"accuracy\",\"value\":$accuracy}"

        """;

    private const string Lift = "  params: { lift: 0.5 }";

    [Fact]
    public async Task A_plan_runs_repeats_until_a_difference_is_shown()
    {
        await using var place = new Sandbox().Toy(Script, Lift);
        var (baseline, candidate) = (await place.Fit("--repeat", "2"), await place.Fit("--repeat", "2", "-p", "lift=0.6"));
        (string One, string Other) groups = (baseline.Group(), candidate.Group());
        var compared = (await place.Run("compare", "--json", groups.One, groups.Other, "--until-shown", "--max", "20")).With(0)
            .Saying("going on to 5 of each").Json.At("comparisons.0");
        (compared.Text("verdict"), compared.Number("plan.max"), compared.Number("plan.alpha")).ShouldBe(("better", 20, 0.05));
        compared.Number("level").ShouldBeLessThan(0.05);
        var pairs = compared.Number("pairs");
        pairs.ShouldBeInRange(5, 19);
        (await place.Run("compare", groups.One, groups.Other)).With(0).Out.ShouldContain("of a plan of at most 20 repeats");
        (await place.Run("compare", groups.One, groups.Other, "--until-shown", "--max", "30")).With(ExitCodes.BadInput).Saying("--max 20");
        (await place.Run("compare", groups.One, groups.Other, "--until-shown")).With(ExitCodes.BadInput).Saying("go together");
        (await place.Run("compare", groups.One, groups.Other, "--until-shown", "--max", "20", "--statistic", "trimmed"))
            .With(ExitCodes.BadInput).Saying("--until-shown compares means");
    }

    [Fact]
    public async Task A_group_gets_more_repeats_that_are_compared_alone()
    {
        await using var place = new Sandbox().Toy(Script, Lift);
        var (baseline, candidate) = (await place.Fit("--repeat", "3"), await place.Fit("--repeat", "3", "-p", "lift=0.5001"));
        (string One, string Other) groups = (baseline.Group(), candidate.Group());
        (await place.Run("compare", groups.One, groups.Other)).With(0);
        foreach (var group in new[] { groups.One, groups.Other })
        {
            var told = (await place.Run("fit", "--more", "2", group, "--json")).With(0).Saying("2 more runs, 5 in all");
            var ended = told.Error.Split('\n').Where(line => line.Contains("  succeeded")).Select(line => line.Split("  ")[..2]).ToList();
            ended.Select(line => line[0]).ShouldBe(["1/2", "2/2"]);
            // The others ended long ago.
            ended.Select(line => line[1]).Order().ShouldBe([$"{group}-4", $"{group}-5"]);
            var more = told.Json;
            more[0].Runs().Count.ShouldBe(5);
            more[0].Number("group.repeat").ShouldBe(5);
        }

        var fresh = (await place.Json("compare", "--json", groups.One, groups.Other)).At("comparisons.0");
        fresh.Number("pairs").ShouldBe(2);
        fresh.At("noteCodes").EnumerateArray().Select(code => code.GetString()).ShouldContain("fresh-only");
        string[][] wrong =
        [
            ["--more", "2"], ["--more", "2", groups.One, "--repeat", "3"], ["--more", "2", groups.One, "-p", "lift=1"],
            ["--more", "2", groups.One, "--dry-run"], ["--more", "0", groups.One],
        ];
        foreach (var arguments in wrong) (await place.Run(["fit", .. arguments])).With(ExitCodes.BadInput).Saying("--more");
        (await place.Json("show", "--json", groups.One))[0].Runs().Count.ShouldBe(5);
    }
}
