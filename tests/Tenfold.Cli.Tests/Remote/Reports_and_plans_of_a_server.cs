using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.Remote;

public sealed partial class Reports_and_plans_of_a_server
{
    private const string Script =
        """
        accuracy=$(awk "BEGIN { printf \"%.9f\", $TENFOLD_SEED % 97 / 1000 + $TENFOLD_PARAM_LIFT * (1 + $TENFOLD_SEED % 3 / 7) }")
        echo "{\"metric\":\"accuracy\",\"value\":$accuracy}"

        """;

    private const string Lift = "  params: { lift: 0.5 }";

    [Fact]
    public async Task A_report_is_the_one_that_is_written_on_the_servers_machine()
    {
        await using var place = new Sandbox().Toy(
            more: "  params: { x: 0.5 }\nsweep: { parameters: { x: { min: 0.0, max: 1.0 } }, method: sobol, trials: 3 }");
        var (one, other) = ((await place.Fit("--repeat", "3")).Group(), (await place.Fit("--repeat", "3", "--seed", "7")).Group());
        (await place.Run("sweep")).With(0);
        var study = (await place.Json("study", "list", "--json"))[0].Id();
        string[][] reports = [[one], [study], [one, other], [one, other, "--statistic", "median"]];
        var there = new List<string>();
        await using (var server = await StartedServer.StartAsync(place, "read"))
        {
            foreach (var ids in reports) there.Add(await WriteAsync(place, ids));
            place.Write("mine.html", "mine");
            (await place.Run("report", one, "-o", "mine.html")).With(ExitCodes.Exists).Saying("is not a Tenfold report");
            (await place.Run("report", "zzzz")).With(3).Saying("zzzz");
            (await place.Run("report", study, "--metric", "x")).With(2).Saying("leave out --metric");
            (await place.Run("report", one, "--on", "aws")).With(2).Saying("leave out --on");
        }

        // A report that compares is a look: the repeats that come after it are compared alone, and its own are not counted again.
        var looks = (await place.Json("compare", one, other, "--json")).At("comparisons.0.looks");
        looks.GetArrayLength().ShouldBe(1);
        looks[0].Number("pairs").ShouldBe(3);
        foreach (var (ids, html) in reports.Zip(there)) Timeless(await WriteAsync(place, ids)).ShouldBe(Timeless(html));
    }

    [Fact]
    public async Task A_page_that_is_no_report_is_not_written()
    {
        await using var server = new ScriptedServer((head, stream, cancellationToken) => stream.WriteAsync(
            head.StartsWith("GET ") ? ScriptedServer.Answer("""{"version":"1","role":"read","live":0,"faults":[]}""")
                : ScriptedServer.Answer("<html><script>alert(1)</script></html>", "text/html"), cancellationToken).AsTask());
        await using var place = new Sandbox();
        (place.Variables["TENFOLD_SERVER"], place.Variables["TENFOLD_API_KEY"]) = ($"http://127.0.0.1:{server.Port}", "tfk_x");
        (await place.Run("report", "k7m2xqab", "-o", "r.html")).With(6).Saying("the server told something");
        File.Exists(Path.Combine(place.Project, "r.html")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_plan_goes_on_until_a_difference_is_shown()
    {
        await using var place = new Sandbox().Toy(Script, Lift);
        var (one, other) = ((await place.Fit("--repeat", "2")).Group(), (await place.Fit("--repeat", "2", "-p", "lift=0.6")).Group());
        string[] plan = ["compare", one, other, "--until-shown", "--max", "20"];
        string text, json;
        await using (var server = await StartedServer.StartAsync(place))
        {
            text = (await place.Run(plan)).With(0).Saying("2 repeats: not shown", "going on to 5 of each").Out;
            text.ShouldContain("of a plan of at most 20 repeats");
            json = (await place.Run([.. plan, "--json"])).With(0).Out;
            (await place.Run("compare", one, other)).With(0).Out.ShouldBe(text);
            (await place.Run([.. plan, "--fail-on", "not-better"])).With(0);
            (await place.Run("compare", one, other, "--until-shown", "--max", "30")).With(2).Saying("--max 20");
            (await place.Run("compare", one, "zzzz", "--until-shown", "--max", "30")).With(3).Saying("zzzz");
        }

        (await place.Run(plan)).With(0).Out.ShouldBe(text);
        (await place.Run([.. plan, "--json"])).With(0).Out.ShouldBe(json);
    }

    [Fact]
    public async Task Groups_that_grew_after_a_look_are_compared_as_on_the_servers_machine()
    {
        await using var place = new Sandbox().Toy(Script, Lift);
        var (one, other) = ((await place.Fit("--repeat", "3")).Group(), (await place.Fit("--repeat", "3", "-p", "lift=0.5001")).Group());
        (await place.Run("compare", one, other)).With(0);
        foreach (var group in new[] { one, other }) (await place.Run("fit", "--more", "2", group)).With(0);
        string there;
        await using (var server = await StartedServer.StartAsync(place, "read"))
        {
            there = (await place.Run("compare", one, other)).With(0).Out;
            (await place.Run("compare", one, other, "--until-shown", "--max", "9")).With(6).Saying("role read");
        }

        (await place.Run("compare", one, other)).With(0).Out.ShouldBe(there);
    }

    [Fact]
    public async Task A_plan_that_its_user_leaves_is_gone_on_with()
    {
        await using var place = new Sandbox();
        place.Toy($"[ $TENFOLD_REPEAT -le 2 ] || while [ ! -e {place.Outside}/go ]; do sleep 0.02; done\n{Script}", Lift);
        var (one, other) = ((await place.Fit("--repeat", "2")).Group(), (await place.Fit("--repeat", "2", "-p", "lift=0.6")).Group());
        string[] plan = ["compare", one, other, "--until-shown", "--max", "20"];
        await using var server = await StartedServer.StartAsync(place);
        using (var left = place.Start(plan))
        {
            await place.RunsUntil(runs => runs.Any(run => run.State() == "running"));
            left.Signal(2);
            (await left.EndAsync()).With(ExitCodes.Interrupted).Saying($"go on with the plan: tenfold {string.Join(' ', plan)}");
        }

        await File.WriteAllTextAsync(Path.Combine(place.Outside, "go"), "");
        await server.KillAndStartAsync();
        (await place.Run(plan)).With(0).Out.ShouldContain("of a plan of at most 20 repeats");
        var repeats = (await place.Json("runs", one, "--json")).GetArrayLength();
        repeats.ShouldBe((await place.Json("runs", other, "--json")).GetArrayLength());
        repeats.ShouldBeInRange(5, 20);
    }

    [Fact]
    public async Task Runs_that_are_retried_are_followed()
    {
        await using var place = new Sandbox();
        place.Toy($"[ -e {place.Outside}/go ] || exit 3\n{Sandbox.SeedScript}").Pushed();
        await using var server = await StartedServer.StartAsync(place);
        (await place.Run("fit", "--repeat", "2")).With(1);
        var group = (await place.Json("runs", "--json"))[0].Text("group")!;
        (await place.Run("retry", group)).With(1).Saying("retrying 2 runs").Out.ShouldContain("0 of 2 runs succeeded");
        await File.WriteAllTextAsync(Path.Combine(place.Outside, "go"), "");
        (await place.Run("retry", $"{group}-1", "--json")).With(1).Json[0].Runs().Count(run => run.State() == "succeeded").ShouldBe(1);
        (await place.Run("retry", group)).With(0).Saying($"retrying 1 run: {group}-2", "2/2").Out.ShouldContain("2 of 2 runs succeeded");
        (await place.Run("retry", group)).With(2).Saying("nothing to retry");
    }

    private static async Task<string> WriteAsync(Sandbox place, string[] ids)
    {
        (await place.Run(["report", .. ids, "-o", "r.html", "--overwrite"])).With(0).Saying("wrote ");
        return await File.ReadAllTextAsync(Path.Combine(place.Project, "r.html"));
    }

    private static string Timeless(string html) => Written.Replace(html, "now");

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")]
    private static partial Regex Written { get; }
}
