
namespace Tenfold.Cli.Tests.Remote;

public sealed class Commands_ask_a_server
{
    [Fact]
    public async Task Commands_print_what_a_server_tells_as_if_it_were_here()
    {
        await using var sandbox = new Sandbox().Toy();
        var group = (await sandbox.Fit("--repeat", "3")).GetProperty("group").GetProperty("id").GetString()!;
        string[][] commands =
        [
            ["runs", "--json"], ["runs", group, "--json"], ["runs", "--groups", "--json"], ["show", group, "--json"],
            ["show", $"{group}-2", "--json"], ["logs", $"{group}-1"], ["logs", $"{group}-1", "--json"], ["study", "list", "--json"],
        ];
        var here = new List<string>();
        foreach (var command in commands) here.Add((await sandbox.Run(command)).With(0).Out);
        var key = (await sandbox.Run("server", "keys", "add", "ann", "--role", "run")).With(0).Out.Trim();
        var url = $"http://127.0.0.1:{FreePort.Find()}";
        using var server = sandbox.Start("server", "--listen", url);
        (sandbox.Variables["TENFOLD_SERVER"], sandbox.Variables["TENFOLD_API_KEY"]) = (url, key);
        await Until.Found(async () => (await sandbox.Run("runs")).ExitCode == 0 ? "" : null, () => "the server answers");
        foreach (var (command, expected) in commands.Zip(here))
        {
            var there = (await sandbox.Run(command)).With(0);
            there.Out.ShouldBe(expected, string.Join(' ', command));
        }

        (await sandbox.Run("runs")).With(0).Out.ShouldContain($"{group}-3");
        (await sandbox.Run("cancel", group)).With(0).Saying("nothing to cancel");
        (await sandbox.Run("show", "zzzz", "--json")).With(3).Saying("zzzz");
        (await sandbox.Run("fit")).With(6).Saying("TENFOLD_SERVER");
        sandbox.Variables["TENFOLD_API_KEY"] = "tfk_wrong";
        (await sandbox.Run("runs")).With(6).Saying("does not know this API key");
        server.Signal(15);
        (await server.EndAsync()).With(0);
    }
}
