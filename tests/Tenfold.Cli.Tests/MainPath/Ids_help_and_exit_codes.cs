using Microsoft.Data.Sqlite;

namespace Tenfold.Cli.Tests.MainPath;

public sealed class Ids_help_and_exit_codes
{
    [Fact]
    public async Task An_id_can_be_shortened_to_a_unique_prefix()
    {
        await using var place = new Sandbox().Toy();
        await place.Fit();
        await place.Fit();
        using (var ledger = new SqliteConnection($"Data Source={place.Ledger};Pooling=False"))
        {
            ledger.Open();
            // Ids are random, so give the groups ids that share a prefix.
            Execute(ledger, "PRAGMA foreign_keys = OFF");
            foreach (var (row, name) in new[] { (1, "kaaaaaaa"), (2, "kaaaaaab") })
            {
                Execute(ledger, $"UPDATE groups SET id = '{name}' WHERE seq = {row}");
                Execute(ledger, $"UPDATE runs SET id = '{name}-1', group_id = '{name}' WHERE seq = {row}");
            }
        }

        (await place.Json("runs", "--json", "kaaaaaaa"))[0].Id().ShouldBe("kaaaaaaa-1");
        (await place.Run("runs", "ka")).With(ExitCodes.NotFound).Saying("'ka' matches 2 ids", "kaaaaaaa", "kaaaaaab");
        (await place.Run("runs", "KAAAAAAB")).With(0);
        (await place.Json("show", "--json", "kaaaaaab-1")).Text("run.id").ShouldBe("kaaaaaab-1");
        (await place.Run("runs", "zz")).With(ExitCodes.NotFound).Saying("begins with 'zz'");
        (await place.Run("runs", "kaaaaaab-1")).With(ExitCodes.NotFound).Saying("its group is kaaaaaab");
        (await place.Run("logs", "")).With(ExitCodes.NotFound).Saying("an id is needed");
    }

    [Fact]
    public async Task A_complete_id_wins_over_longer_ids()
    {
        await using var place = new Sandbox().Toy();
        var fit = await place.Fit("--repeat", "11");
        var first = fit.Runs()[0].Id();
        (await place.Json("show", "--json", first)).Text("run.id").ShouldBe(first);
        (await place.Run("logs", fit.Group())).With(ExitCodes.NotFound).Saying("a group of 11 runs", first);
        (await place.Run("show", fit.Group() + "-")).With(ExitCodes.NotFound).Saying("matches 11 ids", "…");
    }

    [Fact]
    public async Task Help_of_every_command_has_an_example()
    {
        await using var place = new Sandbox();
        var help = (await place.Run("--help")).With(0).Out;
        var commands = help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
            .Where(line => line.Length > 2 && line[2] != ' ').Select(line => line.Trim().Split(' ')[0]).ToList();
        commands.ShouldBe(
            [
                "init", "demo", "fit", "sweep", "study", "runs", "show", "logs", "metrics", "cancel", "retry", "adopt", "compare", "report",
                "fetch", "copy", "cost", "targets", "trust",
                "ssh", "infra", "image", "doctor", "gc", "ledger", "gateway", "requests", "feedback",
                "serve", "deploy", "versions", "traffic", "ab", "revert", "purge", "agent", "completion", "pool", "server", "hooks",
                "schedule", "queue",
            ],
            ignoreOrder: true);
        foreach (var command in commands) (await place.Run(command, "--help")).With(0).Out.ShouldContain($"  tenfold {command}");
        (await place.Run()).With(0).Out.ShouldBe(help);
        Directory.Exists(place.Home).ShouldBeFalse("help needs no home");
    }

    [Fact]
    public async Task The_list_of_commands_has_no_examples()
    {
        await using var place = new Sandbox();
        (await place.Run("--help")).With(0).Out.ShouldNotContain("Example");
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _tenfold tenfold")]
    [InlineData("zsh", "#compdef tenfold")]
    [InlineData("fish", "complete -c tenfold")]
    public async Task Each_shell_gets_its_completion_script(string shell, string part)
    {
        await using var place = new Sandbox();
        (await place.Run("completion", shell)).With(0).Out.ShouldContain(part);
    }

    [Fact]
    public async Task Commands_options_and_ids_are_completed()
    {
        await using var place = new Sandbox().Toy();
        var fit = await place.Fit("--repeat", "2");
        (await Suggested(place, "tenfold comp")).ShouldBe(["compare", "completion"]);
        (await Suggested(place, "tenfold fit --re")).ShouldContain("--repeat");
        (await Suggested(place, "tenfold show "))
            .ShouldBe([fit.Group(), $"{fit.Group()}-1", $"{fit.Group()}-2", "--help", "-h", "--json", "--verbose"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_exit_codes_match_the_documented_table()
    {
        int[] codes =
        [
            ExitCodes.Success, ExitCodes.RunFailed, ExitCodes.BadInput, ExitCodes.NotFound, ExitCodes.Exists, ExitCodes.Damaged,
            ExitCodes.Unavailable, ExitCodes.CannotWrite, ExitCodes.GateFailed, ExitCodes.MachineDone, ExitCodes.Bug,
            ExitCodes.Interrupted,
        ];
        codes.ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70, 130]);
        var table = await File.ReadAllLinesAsync(Path.Combine(Installed.Repository, "docs", "exit-codes.md"));
        table.Where(line => line.Length > 2 && char.IsDigit(line[2])).Select(line => int.Parse(line.Split('|')[1])).ShouldBe(codes);
        await using var place = new Sandbox();
        (await place.Run("show", "nosuch")).With(ExitCodes.NotFound);
        place.Toy(more: "targets:\n  cloud: { kind: kubernetes, region: eu-west-1 }");
        (await place.Run("fit", "--on", "cloud")).With(ExitCodes.BadInput).Saying("kind must be one of local, slurm", "not 'kubernetes'");
        place.Toy(more: "targets:\n  cluster: { kind: slurm }");
        (await place.Run("fit", "--on", "clod")).With(ExitCodes.BadInput).Saying("no such target", "local, cluster");
    }

    [Theory]
    [InlineData("fti", "no command 'fti'; did you mean fit?")]
    [InlineData("fit --repeat x", "--repeat must be a whole number, not 'x'")]
    [InlineData("fit --repeat 0", "--repeat must be a whole number from 1")]
    [InlineData("fit --repeet 3", "`tenfold fit` has no option --repeet; did you mean --repeat?")]
    [InlineData("runs --grups", "`tenfold runs` has no option --grups; did you mean --groups?")]
    [InlineData("fit a.py b.py", "unexpected argument 'b.py'")]
    [InlineData("runs --state sleeping", "--state must be one of queued, running, succeeded, failed, cancelled, not 'sleeping'")]
    [InlineData("show", "`tenfold show` needs <id>")]
    [InlineData("agent", "`tenfold agent` needs a command: serve")]
    [InlineData("compare a b --alpha 2", "--alpha must be a number between 0 and 0.5")]
    [InlineData("compare a", "`tenfold compare` needs")]
    [InlineData("completion tcsh", "tcsh")]
    public async Task A_wrong_command_line_is_explained_in_plain_words(string line, string words)
    {
        await using var place = new Sandbox();
        var ended = (await place.Run(line.Split(' '))).With(ExitCodes.BadInput).Saying(words, "--help");
        ended.Out.ShouldBeEmpty();
        ended.Error.ShouldNotContain("System.");
        Directory.Exists(place.Home).ShouldBeFalse();
    }

    private static async Task<string[]> Suggested(Sandbox place, string line) =>
        (await place.Run($"[suggest:{line.Length}]", line)).With(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static void Execute(SqliteConnection ledger, string sql)
    {
        using var command = ledger.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
