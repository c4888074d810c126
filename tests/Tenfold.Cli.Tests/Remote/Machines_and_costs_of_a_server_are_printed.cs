using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.Remote;

public sealed partial class Machines_and_costs_of_a_server_are_printed
{
    private const string Pattern = @"read=acc: ([-+.\w]+)";

    [Fact]
    public async Task Answers_are_printed_as_on_the_servers_machine()
    {
        await using var place = new Sandbox();
        place.Toy(
            $"echo \"acc: 0.$TENFOLD_SEED\"\n{Sandbox.SeedScript}",
            $"store: {place.Outside}/store\n"
            + "targets: { lab: { kind: pool }, moon: { kind: slurm, partition: gpu, rest: \"http://127.0.0.1:1\" } }\n"
            + "on: { schedule: { cron: \"0 3 * * 1\", zone: Europe/Berlin, target: lab } }").Pushed();
        using var agent = place.Start("agent", "serve", "--pool", "lab", "--store", $"{place.Outside}/store");
        var group = (await place.Fit("--on", "lab", "--repeat", "3")).Group();
        await using var server = await StartedServer.StartAsync(place, "admin");
        await PostHookAsync(place);
        var found = await Until.Found(
            async () => await place.Run("schedule") is { Out: { Length: > 0 } text } ? text : null, () => "the server reads the schedule");
        found.ShouldContain("0 3 * * 1");
        string[][] commands =
        [
            ["schedule"], ["schedule", "--json"], ["hooks", "list"], ["hooks", "list", "--json", "--limit", "5"], ["targets"],
            ["targets", "--json"], ["cost"], ["cost", "--by", "target", "--since", "7d"], ["cost", "--json"], ["pool", "status", "lab"],
            ["pool", "status", "lab", "--json"], ["pool", "status", "lab", "--store", $"{place.Outside}/store"],
            ["metrics", group, "--pattern", Pattern, "--dry-run"], ["metrics", group, "--pattern", Pattern],
            ["metrics", group, "--pattern", Pattern, "--json"],
        ];
        foreach (var command in commands)
        {
            var there = (await place.Run(command)).With(0);
            var here = (await HereAsync(place, command)).With(0);
            there.Out.ShouldNotBeEmpty(there.ToString());
            Timeless(there.Out).ShouldBe(Timeless(here.Out), string.Join(' ', command));
            Timeless(there.Error).ShouldBe(Timeless(here.Error), string.Join(' ', command));
        }

        (await place.Run("targets")).With(0).Saying("moon: ").Out.ShouldContain("lab");
        (await place.Run("hooks", "list")).With(0).Out.ShouldContain("acme/toy  ping");
        (await place.Run("hooks", "redeliver", "github-d1")).With(0).Saying("github-d1 waits again");
        (await place.Run("pool", "status", "lab", "--store", "/elsewhere")).With(3).Saying("/elsewhere", $"{place.Outside}/store");
        (await place.Run("pool", "status", "a/b")).With(2).Saying("no name of a pool");
        (await place.Run("metrics", group, "--pattern", "accuracy=acc: (.*)")).With(2).Saying("recorded accuracy while it ran");
        (await place.Run("metrics", group, "--pattern", "no value")).With(2).Saying("is not name=regex");
        (await place.Run("cost", "--since", "soon")).With(2).Saying("--since must be");
        place.Write("train.sh", "exit 1\n");
        (await place.Run("targets")).With(2).Saying("not committed");
        (await place.RunIn(place.Outside, "targets")).With(0).Out.ShouldContain("local");
    }

    [Fact]
    public async Task A_key_that_may_only_read_changes_nothing()
    {
        await using var place = new Sandbox().Toy().Pushed();
        var group = (await place.Fit("--repeat", "2")).Group();
        await using var server = await StartedServer.StartAsync(place, "read");
        (await place.Run("cost")).With(0);
        (await place.Run("schedule")).With(0).Saying("nothing is scheduled");
        (await place.Run("metrics", group, "--pattern", Pattern)).With(6).Saying("role read");
        (await place.Run("targets")).With(6).Saying("role read");
        (await place.Run("hooks", "list")).With(6).Saying("role read");
    }

    // The same command with the ledger of the server's home.
    private static async Task<Ended> HereAsync(Sandbox place, string[] command)
    {
        var url = place.Variables["TENFOLD_SERVER"];
        place.Variables.Remove("TENFOLD_SERVER");
        try
        {
            return await place.Run(command);
        }
        finally
        {
            place.Variables["TENFOLD_SERVER"] = url;
        }
    }

    private static async Task PostHookAsync(Sandbox place)
    {
        var body = """{"zen":"x","repository":{"full_name":"acme/toy"}}"""u8.ToArray();
        using var client = new HttpClient();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        content.Headers.Add("X-GitHub-Event", "ping");
        content.Headers.Add("X-GitHub-Delivery", "d1");
        content.Headers.Add(
            "X-Hub-Signature-256", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("x"), body))}");
        using var answer = await client.PostAsync(new Uri($"{place.Variables["TENFOLD_SERVER"]}/hooks"), content);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private static string Timeless(string text) =>
        // The width of a column follows from its times.
        text.Contains("  SEEN", StringComparison.Ordinal) ? Gaps.Replace(Moving.Replace(text, "now"), "  ") : Moving.Replace(text, "now");

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gaps { get; }

    // Times since something, and the beginning of a period that ends now.
    [GeneratedRegex("""\d+(\.\d+)? (ms|s|min) ago|just now|(?<="silentSeconds": )[\d.]+|(?<="since": ")[^"]+""")]
    private static partial Regex Moving { get; }
}
