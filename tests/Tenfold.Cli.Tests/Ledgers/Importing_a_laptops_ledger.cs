using System.Text.Json;

namespace Tenfold.Cli.Tests.Ledgers;

public sealed class Importing_a_laptops_ledger
{
    [Fact]
    public async Task Running_runs_continue_in_the_new_ledger()
    {
        await using var place = new Sandbox();
        place.Toy(
            $"""
            echo ran >> {place.Outside}/ran
            while [ ! -e {place.Outside}/go ]; do sleep 0.05; done
            mkdir -p $TENFOLD_MODEL_DIR
            echo kept > $TENFOLD_MODEL_DIR/m
            {Sandbox.SeedScript}
            """);
        (await place.Run("fit", "--detach", "--repeat", "2")).With(0);
        await place.RunsUntil(runs => runs.All(run => run.At("state").ToString() == "running"));
        place.Variables["TENFOLD_LEDGER"] = Path.Combine(place.Outside, "team.db");
        var imported = await place.Json("ledger", "import", "--json");
        Fields(imported, "from", "into", "studies", "groups", "runs", "live", "attempts", "present", "versionsLeft");
        (imported.Number("groups"), imported.Number("runs"), imported.Number("live")).ShouldBe((1, 2, 2));
        (await place.Json("ledger", "import", "--json")).Number("present").ShouldBe(1);
        // Commands on the old ledger may still show the runs.
        place.Variables.Remove("TENFOLD_LEDGER");
        (await place.Run("runs")).With(0);
        File.WriteAllText(Path.Combine(place.Outside, "go"), "");
        await place.RunsUntil(runs => runs.All(run => run.At("state").ToString() == "succeeded"));
        place.Variables["TENFOLD_LEDGER"] = Path.Combine(place.Outside, "team.db");
        var runs = await place.RunsUntil(runs => runs.All(run => run.At("state").ToString() == "succeeded"));
        runs.Count.ShouldBe(2);
        File.ReadAllLines(Path.Combine(place.Outside, "ran")).Length.ShouldBe(2);
        var shown = await place.Json("show", "--json", runs[0].At("id").ToString());
        shown.At("files.0").At("path").ToString().ShouldContain("m");
        var ledger = await place.Json("ledger", "show", "--json");
        Fields(ledger, "kind", "place", "version", "newestVersion", "id", "studies", "groups", "runs", "live", "attempts", "events");
        (ledger.At("kind").ToString(), ledger.At("place").ToString(), ledger.Number("runs"), ledger.Number("live")).ShouldBe(
            ("sqlite", Path.Combine(place.Outside, "team.db"), 2, 0));
        (await place.Run("ledger", "migrate")).With(0).Saying("nothing to do");
    }

    [Fact]
    public async Task Unusable_ledgers_are_refused()
    {
        await using var place = new Sandbox();
        (await place.Run("ledger", "import")).With(ExitCodes.BadInput).Saying("TENFOLD_LEDGER");
        place.Variables["TENFOLD_LEDGER"] = Path.Combine(place.Outside, "team.db");
        (await place.Run("ledger", "import", "nowhere.db")).With(ExitCodes.BadInput).Saying("nowhere.db");
        place.Variables["TENFOLD_LEDGER"] = "postgres://ann:secret@127.0.0.1:1/team";
        var refused = (await place.Run("doctor")).With(ExitCodes.RunFailed);
        (refused.Out + refused.Error).ShouldContain("postgresql://ann@127.0.0.1:1/team");
        (refused.Out + refused.Error).ShouldNotContain("secret");
        (await place.Run("runs")).With(ExitCodes.CannotWrite).Saying("can't be reached");
        place.Variables["TENFOLD_LEDGER"] = "postgres://ann:sec/ret@h/team";
        (await place.Run("runs")).With(ExitCodes.CannotWrite).Saying("%2F");
    }

    [Fact]
    public async Task Runs_do_not_see_the_address_of_the_ledger()
    {
        await using var place = new Sandbox();
        place.Toy($"env > {place.Outside}/env\n{Sandbox.SeedScript}");
        place.Variables["TENFOLD_LEDGER"] = Path.Combine(place.Outside, "team.db");
        await place.Fit();
        File.ReadAllText(Path.Combine(place.Outside, "env")).ShouldNotContain("TENFOLD_LEDGER");
    }

    private static void Fields(JsonElement element, params string[] names)
    {
        element.EnumerateObject().Select(field => field.Name).Order().ShouldBe(names.Order(), element.ToString());
        var described = File.ReadAllText(Path.Combine(Installed.Repository, "docs", "json.md"));
        foreach (var name in names) described.ShouldContain($"`{name}`", Case.Sensitive, $"docs/json.md describes {name}");
    }
}
