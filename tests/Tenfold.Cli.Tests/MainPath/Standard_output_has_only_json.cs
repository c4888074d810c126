using System.Text.Json;

namespace Tenfold.Cli.Tests.MainPath;

public sealed class Standard_output_has_only_json
{
    private static readonly string[] OfRun =
    [
        "id", "group", "repeat", "seed", "state", "reason", "reasonCode", "reasonFact", "warnings", "createdAt", "startedAt", "endedAt",
        "durationSeconds", "attempts", "project", "target", "metric", "value", "metrics",
    ];

    private static readonly string[] OfGroup =
    [
        "id", "project", "target", "root", "createdAt", "host", "version", "baseSeed", "repeat", "like", "gitCommit", "gitBranch",
        "gitDirty", "snapshot", "command", "script", "environment", "parameters", "data", "metric", "goal", "variables",
        "resources", "earlyStopping", "testFraction", "targetKind", "targetPlace", "store", "usdPerHour", "maxUsd",
    ];

    private static readonly string[] OfStatistics =
    [
        "metric", "goal", "n", "mean", "standardDeviation", "confidence", "low", "high", "median", "min", "max", "values", "notes",
        "noteCodes", "skewed",
    ];

    private static readonly string[] OfAttempt =
    [
        "id", "number", "state", "reason", "reasonCode", "reasonFact", "warnings", "startedAt", "endedAt", "exitCode", "signal", "host",
        "peakMemoryBytes", "cpuSeconds", "job",
    ];

    private static readonly string[] OfComparison =
    [
        "baseline", "candidate", "metric", "goal", "verdict", "method", "pairs", "difference", "low", "high", "alpha", "level", "pValue",
        "adjustedPValue", "permutationPValue", "permutationIsExact", "tStatistic", "degreesOfFreedom", "smallestDetectable",
        "moreRepeats", "moreRepeatsLow", "moreRepeatsHigh", "chanceToWin", "chanceToWinLow", "chanceToWinHigh", "margin", "notes",
        "noteCodes", "statistic", "candidateLocation", "baselineLocation",
    ];

    [Fact]
    public async Task Every_listing_has_the_documented_fields()
    {
        await using var place = new Sandbox().Toy(Sandbox.SeedScript + "echo made > $TENFOLD_MODEL_DIR/m\n");
        var fitted = (await place.Run("fit", "--json", "--repeat", "3")).With(0).Saying("3/3");
        fitted.Json.GetArrayLength().ShouldBe(1);
        var fit = fitted.Json[0];
        Fields(fit, "group", "runs", "statistics");
        Fields(fit.At("group"), OfGroup);
        Fields(fit.At("statistics"), OfStatistics);
        Fields(fit.At("statistics.values.0"), "seed", "value");
        foreach (var one in fit.Runs()) Fields(one, OfRun);
        Fields(fit.At("runs.0.metrics.0"), "name", "count", "nonFinite", "first", "last", "lastStep", "min", "max", "pattern",
            "resumes");

        var (group, run) = (fit.Group(), fit.Runs()[0].Id());
        Fields((await place.Json("runs", "--json"))[0], OfRun);
        Fields((await place.Json("runs", "--json", group))[0], OfRun);
        Fields((await place.Json("runs", "--json", "--groups"))[0], "group", "runs", "statistics");
        Fields((await place.Json("show", "--json", group))[0], "group", "runs", "statistics");

        var shown = await place.Json("show", "--json", run);
        Fields(
            shown, "group", "run", "attempts", "events", "files", "environment", "checkpoints", "missingFilesReason");
        Fields(shown.At("attempts.0"), OfAttempt);
        Fields(shown.At("events.0"), "at", "subject", "kind", "detail", "reasonCode", "reasonFact");
        Fields(shown.At("files.0"), "path", "sizeBytes", "sha256");

        var line = JsonDocument.Parse((await place.Run("logs", "--json", run)).With(0).Out).RootElement;
        Fields(line, "at", "source", "text", "continues");

        var other = await place.Fit("--repeat", "3");
        var compared = await place.Json("compare", "--json", group, other.Group());
        Fields(compared, "groups", "comparisons", "comparisonsOfProject");
        Fields(compared.At("comparisons.0"), OfComparison);

        Fields(await place.Json("fetch", "--json", run, "out"), "attempt", "fetched", "kept");
        Fields(await place.Json("copy", "--json", $"{run}:model/m", "m"), "attempt", "fetched", "kept");
        var local = (await place.Json("targets", "--json"))[0];
        Fields(local, "name", "kind", "state", "cores", "liveLogs", "stop", "resume", "gpus", "note", "usable");
        var devices = Directory.EnumerateFiles("/dev").Where(file => file.StartsWith("/dev/nvidia", StringComparison.Ordinal));
        local.At("gpus").GetBoolean().ShouldBe(devices.Any(file => char.IsDigit(file[^1])));
        Fields((await place.Json("doctor", "--json"))[0], "what", "state", "detail", "mend");
        Fields(await place.Json("cancel", "--json", group), "runs");
    }

    [Fact]
    public async Task Fit_prints_the_statistics_of_its_values()
    {
        await using var place = new Sandbox().Toy();
        var fit = await place.Fit("--repeat", "6");
        var values = fit.Runs().Select(run => run.Number("value")).ToList();
        values.ShouldBe(fit.Runs().Select(run => double.Parse("0." + run.At("seed"))));
        var statistics = fit.At("statistics");
        statistics.Number("n").ShouldBe(6);
        statistics.Number("mean").ShouldBe(values.Average(), 1e-12);
        statistics.Number("standardDeviation").ShouldBe(Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / 5), 1e-12);
        // Student's t with 5 degrees of freedom: 0.975 quantile 2.570581835636314 (SciPy). The values have a long tail above, so the upper
        // end is Hall's (tests/reference/statistics.py).
        statistics.Number("low")
            .ShouldBe(values.Average() - (2.570581835636314 * statistics.Number("standardDeviation") / Math.Sqrt(6)), 1e-9);
        statistics.Number("high").ShouldBe(1.1120082645103244, 1e-9);
        statistics.At("skewed").GetBoolean().ShouldBeTrue();
        statistics.Number("min").ShouldBe(values.Min());
        statistics.Number("max").ShouldBe(values.Max());
        statistics.Texts("notes").ShouldHaveSingleItem().ShouldStartWith("The 6 values look skewed.");
    }

    [Fact]
    public async Task An_empty_ledger_gives_an_empty_list()
    {
        await using var place = new Sandbox();
        (await place.Run("runs", "--json")).With(0).Out.ShouldBe("[]\n");
        (await place.Run("runs", "--json", "--groups")).With(0).Out.ShouldBe("[]\n");
        (await place.Run("runs")).With(0).Saying("no runs yet").Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_error_leaves_standard_output_empty()
    {
        await using var place = new Sandbox();
        (await place.Run("fit", "--json")).With(ExitCodes.BadInput).Saying("tenfold.yaml").Out.ShouldBeEmpty();
        (await place.Run("show", "--json", "nosuch")).With(ExitCodes.NotFound).Saying("tenfold runs").Out.ShouldBeEmpty();
    }

    private static void Fields(JsonElement element, params string[] names)
    {
        element.EnumerateObject().Select(field => field.Name).Order().ShouldBe(names.Order(), element.ToString());
        var described = File.ReadAllText(Path.Combine(Installed.Repository, "docs", "json.md"));
        foreach (var name in names) described.ShouldContain($"`{name}`", Case.Sensitive, $"docs/json.md describes {name}");
    }
}
