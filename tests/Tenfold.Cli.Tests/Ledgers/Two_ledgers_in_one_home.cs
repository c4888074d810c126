using Microsoft.Data.Sqlite;

namespace Tenfold.Cli.Tests.Ledgers;

/// <summary>
/// The laptop's own ledger in the home, and a ledger elsewhere that TENFOLD_LEDGER names. The runs of both execute in the same home.
/// </summary>
public sealed class Two_ledgers_in_one_home
{
    private const string CheckpointScript = "echo 1 > $TENFOLD_CHECKPOINT_DIR/n\n";

    [Fact]
    public async Task Garbage_collection_spares_the_other_ledgers_files()
    {
        await using var place = new Sandbox();
        // The laptop's ledger has a failed run and a running one, and its files are old.
        place.Toy($"{CheckpointScript}exit 1\n");
        (await place.Run("fit")).With(ExitCodes.RunFailed);
        place.Write("train.sh", $"{CheckpointScript}while [ ! -e {place.Outside}/go ]; do sleep 0.05; done\n{Sandbox.SeedScript}");
        (await place.Run("fit", "--detach")).With(0);
        await place.RunsUntil(runs => runs.Any(run => run.State() == "running"));
        // The first versions did not register their ledger with the store.
        Directory.Delete(Path.Combine(place.Home, "store", "ledgers"), recursive: true);
        MakeOld(place);

        place.Variables["TENFOLD_LEDGER"] = Path.Combine(place.Outside, "team.db");
        place.Write("train.sh", Sandbox.SeedScript);
        await place.Fit();
        MakeOld(place);
        var files = Files(place);
        (await place.Run("gc", "--apply", "--json", "--keep", "1h")).With(0).Json.GetArrayLength().ShouldBe(0);
        Files(place).ShouldBe(files);
        place.Variables.Remove("TENFOLD_LEDGER");
        File.WriteAllText(Path.Combine(place.Outside, "go"), "");
        (await place.RunsUntilAllEnded()).Select(run => run.State()).ShouldBe(["succeeded", "failed"]);
    }

    [Fact]
    public async Task An_imported_ledger_leaves_garbage_collection_to_the_other()
    {
        await using var place = new Sandbox();
        place.Toy($"{CheckpointScript}exit 1\n");
        (await place.Run("fit")).With(ExitCodes.RunFailed);
        (await place.Run("gc")).With(0);
        place.Variables["TENFOLD_LEDGER"] = Path.Combine(place.Outside, "team.db");
        (await place.Run("ledger", "import")).With(0);
        (await place.Run("gc")).With(0);
        place.Variables.Remove("TENFOLD_LEDGER");
        (await place.Run("gc", "--apply")).With(ExitCodes.BadInput).Saying("team.db", "TENFOLD_LEDGER");
        (await place.Run("runs")).With(0);
    }

    [Fact]
    public async Task Another_machine_reports_where_the_files_are()
    {
        await using var place = new Sandbox();
        place.Toy();
        place.Variables["TENFOLD_LEDGER"] = Path.Combine(place.Outside, "team.db");
        var run = (await place.Fit()).Runs()[0].Id();
        (await place.Run("logs", run)).With(0);
        // As another machine sees the group: recorded elsewhere, and with a home of its own under the same path.
        using (var ledger = new SqliteConnection($"Data Source={place.Variables["TENFOLD_LEDGER"]};Pooling=false"))
        {
            ledger.Open();
            using var update = ledger.CreateCommand();
            update.CommandText = "UPDATE groups SET host = 'node7'";
            update.ExecuteNonQuery().ShouldBe(1);
        }

        Directory.Move(Path.Combine(place.Home, "store"), Path.Combine(place.Outside, "elsewhere"));
        foreach (var hasStore in new[] { false, true })
        {
            if (hasStore) Directory.CreateDirectory(Path.Combine(place.Home, "store"));
            foreach (var command in new[] { "logs", "fetch" })
                (await place.Run(command, run)).With(ExitCodes.NotFound).Saying(Path.Combine(place.Home, "store"), "node7", "store");
            (await place.Run("show", run)).With(0).Saying(Path.Combine(place.Home, "store"), "node7").Out.ShouldContain("succeeded");
        }
    }

    [Fact]
    public async Task Another_home_reports_which_machine_controls_a_run()
    {
        await using var place = new Sandbox();
        place.Toy("exit 1\n", $"store: {place.Outside}/store");
        place.Variables["TENFOLD_LEDGER"] = Path.Combine(place.Outside, "team.db");
        var run = (await place.Fit(ExitCodes.RunFailed)).Runs()[0].Id();
        await place.AgentExits();
        place.Variables["TENFOLD_HOME"] = Path.Combine(place.Root, "other");
        var there = $"{Environment.MachineName}:{place.Home}";
        (await place.Run("show", run)).With(0).Out.ShouldContain($"checkpoints  {there}/local/checkpoints/{run}");
        (await place.Run("retry", "--detach", run)).With(0).Saying($"recorded, but not submitted from here: {there} controls ");
        (await place.Run("cancel", run)).With(0)
            .Saying($"cancel requested; another controller delivers it: {there} controls ").Error.ShouldNotContain("not delivered yet");
    }

    [Fact]
    public async Task A_ledger_restored_from_a_backup_reports_later_runs_as_orphans()
    {
        await using var place = new Sandbox();
        place.Toy("while :; do sleep 0.05; done\n");
        var group = (await place.Run("fit", "--detach", "--json")).With(0).Json[0].Group();
        await place.RunsUntil(runs => runs.All(run => run.State() == "running"));
        using (var ledger = new SqliteConnection($"Data Source={place.Ledger};Pooling=false"))
        {
            ledger.Open();
            using var forget = ledger.CreateCommand();
            forget.CommandText = "DELETE FROM events; DELETE FROM metrics; DELETE FROM attempts; DELETE FROM runs; DELETE FROM groups";
            forget.ExecuteNonQuery();
        }

        var orphan = (await place.Json("gc", "--json")).EnumerateArray().ShouldHaveSingleItem();
        (orphan.Text("kind"), orphan.Text("name")).ShouldBe(("orphan", $"{group}-1-1"));
        (await place.Run("gc", "--apply")).With(0).Saying("asked 1 orphan to stop");
        await place.AgentExits();
    }

    private static void MakeOld(Sandbox place)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(place.Home, "store"), "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    }

    // All files but the heartbeat of the running agent.
    private static string[] Files(Sandbox place) =>
    [
        .. new[] { "store", "local/checkpoints" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(place.Home, folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetFileName(file) != "heartbeat" && !file.Contains("/.tmp/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];
}
