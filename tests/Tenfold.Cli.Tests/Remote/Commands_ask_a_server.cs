using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.Remote;

public sealed partial class Commands_ask_a_server
{
    [Fact]
    public async Task Commands_print_what_a_server_tells_as_if_it_were_here()
    {
        await using var sandbox = new Sandbox().Toy(
            more: "  params: { split_seed: 1 }\n  vary: { split: split_seed }\n" +
                "resources: { cpus: 1, memory: 1 GB, max_runtime: 1h, retries: 1 }\nsweep: { parameters: { x: { min: 0, max: 1 } } }");
        var group = (await sandbox.Fit("--repeat", "3")).GetProperty("group").GetProperty("id").GetString()!;
        var second = (await sandbox.Fit("--repeat", "3", "--seed", "3", "-p", "split_seed=2")).Group();
        var varied = (await sandbox.Fit("--vary", "seed,split", "--repeat", "3")).Group();
        sandbox.Write("train.sh", "echo failed; exit 3\n");
        var failed = (await sandbox.Fit(1, "--repeat", "2")).Group();
        sandbox.Write("train.sh", Sandbox.SeedScript + "# other\n");
        var other = (await sandbox.Fit("--repeat", "3", "--seed", "7")).Group();
        var secondOther = (await sandbox.Fit("--repeat", "3", "--seed", "11", "-p", "split_seed=2")).Group();
        string[] across = ["compare", group, other, second, secondOther, "--across", "split_seed"];
        var study = (await sandbox.Run("study", "create")).With(0).Out.Trim();
        await sandbox.Run("study", "ask", study);
        (await sandbox.Run("study", "tell", study, "1", "0.5")).With(0);
        string[][] commands =
        [
            ["runs", "--json"], ["runs", group, "--json"], ["runs", "--groups", "--json"], ["show", group, "--json"],
            ["show", $"{group}-2", "--json"], ["logs", $"{group}-1"], ["logs", $"{group}-1", "--json"], ["study", "list", "--json"],
            ["show", group], ["show", $"{group}-2"], ["show", failed], ["show", $"{failed}-1"], ["study", "list"],
            ["compare", group, other], ["compare", group, other, "--margin", "0.5", "--alpha", "0.1"], ["compare", other, group, "--json"],
            ["compare", group, other, "--statistic", "median"],
            across, [.. across, "--json"], [.. across, "--margin", "0.5"], ["study", "best", study], ["study", "best", study, "--json"],
            ["show", varied], ["show", $"{varied}-3"], ["show", varied, "--json"], ["show", $"{varied}-3", "--json"],
        ];
        var here = new List<string>();
        foreach (var command in commands) here.Add(Timeless((await sandbox.Run(command)).With(0).Out));
        var shown = (await sandbox.Run("show", study)).With(0).Out;
        var key = (await sandbox.Run("server", "keys", "add", "ann", "--role", "run")).With(0).Out.Trim();
        var url = $"http://127.0.0.1:{FreePort.Find()}";
        using var server = sandbox.Start("server", "--listen", url);
        (sandbox.Variables["TENFOLD_SERVER"], sandbox.Variables["TENFOLD_API_KEY"]) = (url, key);
        await Until.Found(async () => (await sandbox.Run("runs")).ExitCode == 0 ? "" : null, () => "the server answers");
        foreach (var (command, expected) in commands.Zip(here))
        {
            var there = (await sandbox.Run(command)).With(0);
            Timeless(there.Out).ShouldBe(expected, string.Join(' ', command));
        }

        // A loop of one's own asks where the ledger is.
        Timeless(shown).ShouldBe(
            Timeless((await sandbox.Run("show", study)).With(0).Out).TrimEnd() + $"   tenfold study ask {study}\n");
        (await sandbox.Run("runs", "-n", "100")).With(0).Out.ShouldContain($"{group}-3");
        (await sandbox.Run("cancel", group)).With(0).Saying("nothing to cancel");
        (await sandbox.Run("show", "zzzz", "--json")).With(3).Saying("zzzz");
        (await sandbox.Run("gc")).With(6).Saying("`tenfold gc` works on the home and the ledger of its own machine", "TENFOLD_SERVER");
        (await sandbox.Run([.. across, "--fail-on", "not-better"])).With(8);
        sandbox.Variables["TENFOLD_API_KEY"] = "tfk_wrong";
        (await sandbox.Run("runs")).With(6).Saying("does not know this API key");
        server.Signal(15);
        (await server.EndAsync()).With(0);
    }

    private static string Timeless(string text) => Ago.Replace(text, "now");

    [GeneratedRegex(@"\d+ (s|min) ago")]
    private static partial Regex Ago { get; }
}
