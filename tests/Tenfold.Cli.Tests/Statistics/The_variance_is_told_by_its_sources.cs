namespace Tenfold.Cli.Tests.Statistics;

public sealed class The_variance_is_told_by_its_sources
{
    private const string Script =
        """
        accuracy=$(awk "BEGIN { printf \"%.9f\", $TENFOLD_SEED % 97 / 1000 + $TENFOLD_PARAM_SPLIT_SEED % 89 / 100 }")
        echo "{\"metric\":\"accuracy\",\"value\":$accuracy}"

        """;

    private const string Declared =
        "  params: { split_seed: 0, order_seed: 0 }\n  vary: { split: split_seed, order: order_seed }";

    [Fact]
    public async Task A_designed_experiment_runs_and_tells_each_sources_part()
    {
        await using var place = new Sandbox().Toy(Script, Declared);
        var fitted = await place.Run("fit", "--json", "--vary", "seed,split,order,hardware", "--repeat", "4");
        var group = fitted.With(0).Json[0];
        group.Runs().Count.ShouldBe(20);
        group.Runs().Take(5).Select(run => run.Text("drawn")).ShouldBe(["all", "seed", "split", "order", "hardware"]);
        var sources = group.At("variance.sources").EnumerateArray().ToArray();
        sources.Select(source => source.Text("name")).ShouldBe(["seed", "split", "order", "hardware"]);
        sources.Select(source => source.Text("finding")).ShouldBe(["varies", "varies", "no effect", "no effect"]);
        (sources[0].Number("standardDeviation") > 0).ShouldBeTrue();
        sources[1].Text("parameter").ShouldBe("split_seed");
        group.Number("statistics.n").ShouldBe(4);

        var id = group.Text("group.id")!;
        var shown = (await place.Run("show", id)).With(0);
        shown.Out.ShouldContain("4 repeats of 5 runs, which vary seed, split (split_seed), order (order_seed), hardware");
        shown.Out.ShouldContain("the script ignores the parameter order_seed");
        shown.Out.ShouldContain("the script is deterministic");
        (await place.Run("fit", "--like", $"{id}-3", "--json")).With(0).Json[0].At("reproduction").GetProperty("reproduced").GetBoolean()
            .ShouldBeTrue();
        (await place.Run("fit", "--more", "1", id)).With(0).Saying("5 more runs, 25 in all");
        (await place.Run("fit", "--vary", "seed,splat", "--repeat", "4")).With(ExitCodes.BadInput).Saying("Did you mean split?");
    }
}
