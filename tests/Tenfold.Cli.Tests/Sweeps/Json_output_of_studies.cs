using System.Text.Json;

namespace Tenfold.Cli.Tests.Sweeps;

public sealed class Json_output_of_studies
{
    private static readonly string[] OfStudy =
    [
        "id", "project", "state", "reason", "reasonCode", "target", "root", "createdAt", "endedAt", "host", "version", "metric", "goal",
        "method", "seed", "trials", "parallel", "synchronous", "repeat", "space", "prune", "budget", "confirm", "from", "snapshot",
        "gitCommit", "gitBranch", "gitDirty",
    ];

    private static readonly string[] OfTrial =
    [
        "study", "number", "group", "state", "parameters", "value", "values", "method", "reason", "reasonCode", "why", "whyCode",
        "seed", "again", "askedAt", "endedAt",
    ];

    [Fact]
    public async Task Every_part_has_the_documented_fields()
    {
        await using var place = new Sandbox().Sweep(
            sweep: "method: sobol, trials: 2, parallel: 2, prune: median, budget: { time: 10m }, confirm: { top: 2, repeat: 2 }");
        var swept = (await place.Run("sweep", "--json")).With(0).Saying("2/2").Json;
        Fields(swept, "study", "trials", "best", "confirmation");
        Fields(swept.At("study"), [.. OfStudy, "baseline"]);
        Fields(swept.At("study.prune"), "rule", "first", "factor");
        Fields(swept.At("study.budget"), "seconds", "usd");
        Fields(swept.At("study.confirm"), "top", "repeat");
        foreach (var trial in swept.Trials()) Fields(trial, OfTrial);
        Fields(swept.At("best.0"), "trial", "parameters", "expected", "standardDeviation", "value");
        Fields(swept.At("confirmation"), "winner", "bestValue", "bestTrial", "drop", "finalists", "comparisons");
        Fields(swept.At("confirmation.finalists.0"), "trial", "group", "runs", "n", "mean", "low", "high", "values");
        Fields(swept.At("confirmation.finalists.0.values.0"), "seed", "value");
        Fields(swept.At("confirmation.comparisons.0"), "trial", "verdict", "difference", "low", "high", "pValue", "adjustedPValue");

        var id = swept.Text("study.id")!;
        Fields(await place.Json("show", "--json", id), "study", "trials", "best", "confirmation");
        Fields((await place.Json("study", "list", "--json"))[0], [.. OfStudy, "baseline", "best", "confirmed", "trialStates"]);
        Fields(await place.Json("study", "best", "--json", id), "trial", "parameters", "expected", "standardDeviation", "value");
        Fields(await place.Json("sweep", "--dry-run", "--json"), [.. OfStudy, "baseline"]);

        var created = await place.Json("study", "create", "--json");
        Fields(created, OfStudy);
        Fields(await place.Json("study", "ask", "--json", created.Id(), "--lease", "2h"), [.. OfTrial, "leaseSeconds"]);
        Fields(await place.Json("study", "report", "--json", created.Id(), "1", "1", "0.5"), "study", "trial", "prune", "why", "whyCode");
        Fields(await place.Json("study", "tell", "--json", created.Id(), "1", "0.5"), "study", "trial", "state", "value", "isNew");
        Fields(await place.Json("cancel", "--json", created.Id()), "runs");
    }

    [Fact]
    public async Task No_studies_give_an_empty_list()
    {
        await using var place = new Sandbox();
        (await place.Run("study", "list", "--json")).With(0).Out.ShouldBe("[]\n");
        (await place.Run("study", "list")).With(0).Saying("no studies yet").Out.ShouldBeEmpty();
    }

    private static void Fields(JsonElement element, params string[] names)
    {
        element.EnumerateObject().Select(field => field.Name).Order().ShouldBe(names.Order(), element.ToString());
        var described = File.ReadAllText(Path.Combine(Installed.Repository, "docs", "json.md"));
        described = described[described.IndexOf("## Studies", StringComparison.Ordinal)..];
        foreach (var name in names) described.ShouldContain($"`{name}`", Case.Sensitive, $"docs/json.md describes {name}");
    }
}
